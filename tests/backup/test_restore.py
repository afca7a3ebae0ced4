"""A backup comes back whole or not at all, and each refusal is one clear line."""

from __future__ import annotations

import json
import re
import sqlite3
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from itsmcomply.backup.archive import digest_of
from itsmcomply.backup.rules import manifest_text, read_manifest
from tests.backup.conftest import newest, run, run_apart

KEPT = sorted((Path(__file__).parent / "kept").glob("*.tar.gz"))
"""A backup of one of everything for each schema that was released, kept for ever (docs/backup.md says how)."""


def resealed(folder: Path) -> None:
    """Write the manifest anew, as somebody does who knows how."""
    manifest = folder / "manifest-sha256.txt"
    manifest.write_text(manifest_text({name: digest_of(folder / name) for name in read_manifest(manifest.read_text())}))


def refused(answer: Result, reason: str) -> None:
    assert answer.exit_code == 2, answer.output
    lines = [line for line in answer.stderr.splitlines() if line not in {"Files", "Trail"}]  # bars of progress
    assert len(lines) == 1, lines
    assert re.search(reason, lines[0]), lines[0]


def nothing_is_left(folder: Path) -> None:
    assert [path.name for path in folder.iterdir() if "back" in path.name and path.name != "backups"] == []


def test_with_its_secret_an_installation_is_as_it_was(backups: Path, instance: Path, tmp_path: Path) -> None:
    answer = run("restore", backups, "--into", tmp_path / "back")

    assert answer.exit_code == 0, answer.output
    for name in ("secret/secret_key", "settings.toml"):
        assert (tmp_path / "back" / name).read_bytes() == (instance / name).read_bytes()
        assert (tmp_path / "back" / name).stat().st_mode & 0o777 == 0o600
    assert run("verify", instance=tmp_path / "back").exit_code == 0


def test_without_its_secret_it_gets_a_new_one_and_keeps_the_heads(instance: Path, tmp_path: Path) -> None:
    run("backup", "--to", tmp_path / "b", instance=instance)

    answer = run("restore", tmp_path / "b", "--into", tmp_path / "back")

    assert "It has a new secret." in answer.stdout
    assert (tmp_path / "back" / "secret" / "secret_key").read_text() != (instance / "secret" / "secret_key").read_text()
    against = tmp_path / "back" / "heads-before-restore.log"
    assert run("verify", "--against", against, instance=tmp_path / "back").exit_code == 0


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.name)
def test_a_backup_of_every_release_comes_back_sound(kept: Path, tmp_path: Path) -> None:
    with tarfile.open(kept) as archive:
        archive.extractall(tmp_path / "backups", filter="data")

    answer = run("restore", tmp_path / "backups", "--into", tmp_path / "back")

    assert answer.exit_code == 0, answer.output
    assert run("verify", instance=tmp_path / "back").exit_code == 0


def test_the_next_backup_of_a_restored_installation_is_its_own(backups: Path, tmp_path: Path) -> None:
    run("restore", backups, "--into", tmp_path / "back")

    assert run("backup", "--to", backups, instance=tmp_path / "back").exit_code == 0


def change(name: str) -> Callable[[Path], None]:
    def changed(folder: Path) -> None:
        path = next(folder.glob(name))
        path.chmod(0o600)
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)

    return changed


def cut_off(name: str) -> Callable[[Path], None]:
    def cut(folder: Path) -> None:
        path = folder / name
        path.write_bytes(path.read_bytes()[:-40])

    return cut


def lose(name: str) -> Callable[[Path], None]:
    return lambda folder: next(folder.glob(name)).unlink()


def names_less(folder: Path) -> None:
    manifest = folder / "manifest-sha256.txt"
    manifest.write_text("".join(manifest.read_text().splitlines(keepends=True)[1:]))


def leads_elsewhere(folder: Path) -> None:
    manifest = folder / "manifest-sha256.txt"
    manifest.write_text(manifest.read_text().replace("settings.toml", "../../settings.toml"))


def of_another_program(folder: Path) -> None:
    (folder / "backup.json").write_text('{"format": "another"}')
    resealed(folder)


def of_a_newer_release(folder: Path) -> None:
    facts = json.loads((folder / "backup.json").read_text()) | {"schema": "9999"}
    (folder / "backup.json").write_text(json.dumps(facts))
    resealed(folder)


def of_a_newer_release_unsaid(folder: Path) -> None:
    alter(folder, "UPDATE alembic_version SET version_num = '9999'")


def edited_and_resealed(folder: Path) -> None:
    alter(folder, "UPDATE evidence_item SET title = 'Another title' WHERE id = 1")


def alter(folder: Path, statement: str) -> None:
    with sqlite3.connect(folder / "itsmcomply.sqlite3") as connection:
        connection.execute(statement)
    connection.close()
    resealed(folder)


def of_another_secret(folder: Path) -> None:
    (folder / "secret" / "secret_key").write_text("k" * 64)
    resealed(folder)


def no_database(folder: Path) -> None:
    (folder / "itsmcomply.sqlite3").write_bytes(b"no database" * 100)
    resealed(folder)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (change("itsmcomply.sqlite3"), "itsmcomply.sqlite3 is not what the backup held"),
        (change("../files/*/*/*"), "[0-9a-f]{64} is not what the backup held"),
        (change("backup.json"), "backup.json is not what the backup held"),
        (change("secret/secret_key"), "secret_key is not what the backup held"),
        (cut_off("itsmcomply.sqlite3"), "itsmcomply.sqlite3 is not what the backup held"),
        (cut_off("manifest-sha256.txt"), "manifest-sha256.txt, line 7, was cut off"),
        (names_less, "names fewer files than the backup held"),
        (leads_elsewhere, "line 7, was cut off or changed"),
        (lose("../files/*/*/*"), "[0-9a-f]{64} is missing"),
        (lose("itsmcomply.sqlite3"), "itsmcomply.sqlite3 is missing"),
        (lose("backup.json"), "not a backup of this program"),
        (lose("manifest-sha256.txt"), "holds no whole backup"),
        (of_another_program, "not of a backup that this program can read"),
        (of_a_newer_release, "at schema 9999.*Install a newer release"),
        (of_a_newer_release_unsaid, "9999.*Install a newer release"),
        (edited_and_resealed, "does not come back sound, 1 problems: evidence_item 1: differs"),
        (of_another_secret, "not written by this installation"),
        (no_database, "could not be migrated: file is not a database"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_spoilt_backup_is_refused(backups: Path, tmp_path: Path, spoil: Callable[[Path], None], reason: str) -> None:
    spoil(newest(backups))

    refused(run("restore", backups, "--into", tmp_path / "back"), reason)
    nothing_is_left(tmp_path)


def test_a_folder_that_holds_something_is_refused(backups: Path, instance: Path) -> None:
    before = (instance / "itsmcomply.sqlite3").read_bytes()

    refused(run("restore", backups, "--into", instance), "is not empty")
    assert (instance / "itsmcomply.sqlite3").read_bytes() == before


def test_a_folder_without_a_backup_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        refused(run("restore", folder, "--into", tmp_path / "back"), "holds no whole backup")


def test_another_database_program_is_refused(backups: Path, tmp_path: Path) -> None:
    answer = run("restore", backups, "--into", tmp_path / "back", url="postgresql://nobody@/nothing")

    refused(answer, "The backup is of sqlite.*unset DATABASE_URL")


def test_a_kill_leaves_no_installation_or_a_whole_one(backups: Path, tmp_path: Path) -> None:
    """After the files, after the database, before the folder takes its place."""
    for step in ("r1", "r2", "r3"):
        killed = run_apart("restore", backups, "--into", tmp_path / "back", ITSMCOMPLY_FAILPOINT=step)
        assert killed.returncode == -9, killed.stderr
        assert not (tmp_path / "back").exists()

    assert run("restore", backups, "--into", tmp_path / "back").exit_code == 0
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert run("verify", instance=tmp_path / "back").exit_code == 0
