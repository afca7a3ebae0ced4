"""What a backup holds, and what keeps one from being made."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from itsmcomply.backup.archive import open_backup
from itsmcomply.schema import head_revision
from tests.backup.conftest import furnished, newest, run, run_apart


def stored(instance: Path) -> Path:
    return next(path for path in sorted((instance / "store").rglob("*")) if len(path.name) == 64)


def last_entry(instance: Path) -> dict[str, object]:
    engine = create_engine(f"sqlite:///{instance / 'itsmcomply.sqlite3'}")
    with engine.connect() as connection:
        line = connection.execute(text("SELECT line FROM activity_entry ORDER BY seq DESC LIMIT 1")).scalar_one()
    engine.dispose()
    return dict(json.loads(line))


def test_a_backup_is_checked_with_coreutils_and_named_in_the_trail(instance: Path, tmp_path: Path) -> None:
    made = run("backup", "--to", tmp_path / "b", instance=instance)

    folder = newest(tmp_path / "b")
    checked = ["sha256sum", "--check", "--strict", "--quiet", "manifest-sha256.txt"]
    subprocess.run(checked, cwd=folder, check=True)
    digest = hashlib.sha256((folder / "manifest-sha256.txt").read_bytes()).hexdigest()
    assert made.stdout.splitlines()[0] == f"{digest}  {folder}"
    entry = last_entry(instance)
    assert entry["action"] == "backup.made"
    assert entry["after"] == {
        "manifest": digest,
        "files": 2,
        "size": open_backup(folder).facts.size,
        "schema": head_revision(),
    }
    assert folder.stat().st_mode & 0o777 == 0o700


def test_stored_files_are_copied_once(instance: Path, backups: Path) -> None:
    before = {path: path.stat().st_ino for path in (backups / "files").rglob("*") if path.is_file()}

    made = run("backup", "--to", backups, instance=instance)

    assert "2 files, 0 of them new" in made.stdout
    assert {path: path.stat().st_ino for path in (backups / "files").rglob("*") if path.is_file()} == before


def test_a_copy_that_went_bad_is_copied_again(instance: Path, backups: Path) -> None:
    copy = backups / "files" / stored(instance).relative_to(instance / "store")
    copy.chmod(0o600)
    copy.write_text("something else")

    assert "1 of them new" in run("backup", "--to", backups, instance=instance).stdout
    assert copy.read_bytes() == stored(instance).read_bytes()


def test_the_secret_stays_out_unless_asked_for(made_once: Path, instance: Path, tmp_path: Path) -> None:
    secret = (instance / "secret" / "secret_key").read_bytes()
    assert run("backup", "--to", tmp_path / "b", instance=instance).exit_code == 0

    assert not any(secret in path.read_bytes() for path in (tmp_path / "b").rglob("*") if path.is_file())
    kept = newest(made_once / "backups") / "secret" / "secret_key"
    assert kept.read_bytes() == secret
    assert kept.stat().st_mode & 0o777 == 0o600


def test_what_is_damaged_already_is_told_and_keeps_nobody_from_a_backup(instance: Path, tmp_path: Path) -> None:
    stored(instance).unlink()

    made = run("backup", "--to", tmp_path / "b", instance=instance)
    back = run("restore", tmp_path / "b", "--into", tmp_path / "back")

    for answer in (made, back):
        assert answer.exit_code == 1, answer.output
        assert re.search(r"blob [0-9a-f]{64}: missing; managed-services EV-000\d version 1", answer.stdout)
        assert "Problems that were there when it was made: 1." in answer.stdout


def test_a_folder_is_for_backups_of_one_installation(backups: Path, tmp_path: Path) -> None:
    furnished(tmp_path / "other")

    made = run("backup", "--to", backups, instance=tmp_path / "other")

    assert made.exit_code == 2
    assert "of another trail" in made.stderr


@pytest.mark.parametrize(
    ("folder", "reason"),
    [("notes", "holds other things than backups"), ("notes/note.txt/x", "cannot be read or written")],
)
def test_a_place_that_cannot_take_one_is_refused(instance: Path, tmp_path: Path, folder: str, reason: str) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "note.txt").write_text("x")

    made = run("backup", "--to", tmp_path / folder, instance=instance)

    assert made.exit_code == 2
    assert reason in made.stderr
    assert "Traceback" not in made.stderr


def test_a_kill_leaves_no_backup_or_a_whole_one(instance: Path, backups: Path, tmp_path: Path) -> None:
    """After the copy of the database, after the second file, before the manifest stands."""
    whole = open_backup(backups).digest
    stray = (stored(instance), backups / "files" / stored(instance).relative_to(instance / "store"))
    stray[1].unlink()

    for step in ("b1", "b2:2", "b3"):
        killed = run_apart("--instance", instance, "backup", "--to", backups, ITSMCOMPLY_FAILPOINT=step)
        assert killed.returncode == -9, killed.stderr
        assert len([path for path in backups.iterdir() if path.name != "files"]) == 2
        assert open_backup(backups).digest == whole

    assert run("backup", "--to", backups, instance=instance).exit_code == 0
    assert len(list(backups.glob("*/manifest-sha256.txt*"))) == 2
    assert len([path for path in backups.iterdir() if path.name != "files"]) == 2
    assert run("restore", backups, "--into", tmp_path / "back").exit_code == 0
