from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text

from itsmcomply.app import create_app
from itsmcomply.cli import main
from itsmcomply.db import db, end_read, transaction, write_connection
from itsmcomply.readiness.access import derivation_of
from itsmcomply.readiness.operations import keep_days
from itsmcomply.settings import load_settings


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Path:
    """An installation with one person, one system and one piece of evidence, made from the shell."""
    path = tmp_path / "instance"
    monkeypatch.setenv("ITSMCOMPLY_INSTANCE", str(path))
    monkeypatch.setenv("DATABASE_URL", database_url)
    (tmp_path / "Scope statement.txt").write_text("What the SMS covers.")
    _run("init")
    _run("user", "add", "admin@example.org", "--name", "Administrator", "--admin")
    _run("system", "add", "ms", "--name", "Managed services", "--as", "admin@example.org")
    owner = ("user", "add", "owner@example.org", "--name", "SMS manager", "--system", "ms", "--role", "sms_manager")
    _run(*owner, "--as", "admin@example.org")
    added = _run(
        "evidence", "add", str(tmp_path / "Scope statement.txt"), "--system", "ms", "--as", "owner@example.org"
    )
    assert added.exit_code == 0, added.stderr
    return path


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def _verify(*arguments: str) -> dict[str, Any]:
    return dict(json.loads(_run("verify", "--json", *arguments).stdout))


def _change(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with write_connection(engine) as connection:
        for statement in statements:
            connection.execute(text(statement))
        connection.commit()
    engine.dispose()


def _without_guards(url: str) -> list[str]:
    if url.startswith("postgresql"):
        return ["ALTER TABLE activity_entry DISABLE TRIGGER ALL"]
    return ["DROP TRIGGER activity_entry_no_update", "DROP TRIGGER activity_entry_no_delete"]


def test_a_sound_installation_verifies(instance: Path) -> None:
    answer = _run("verify")

    assert answer.exit_code == 0, answer.stdout
    assert "Nothing is wrong." in answer.stdout
    assert (instance / "heads.log").stat().st_mode & 0o777 == 0o600


def test_a_changed_file_is_named_with_the_evidence_that_rests_on_it(instance: Path) -> None:
    blob = next(p for p in (instance / "store").rglob("*") if p.is_file() and len(p.name) == 64)
    blob.chmod(0o600)
    blob.write_text("something else")

    answer = _run("verify")

    assert answer.exit_code == 1
    assert "altered; ms EV-0001 version 1" in answer.stdout


def test_a_row_changed_behind_our_back_is_named(instance: Path, database_url: str) -> None:
    _change(database_url, "UPDATE evidence_item SET title = 'Another title'")

    assert any("evidence_item 1: differs" in problem for problem in _verify()["problems"])


def test_a_value_that_cannot_be_read_is_named_and_stops_nothing(instance: Path, database_url: str) -> None:
    _change(database_url, "UPDATE system_entry SET kind = 'nonsense'", "UPDATE evidence_version SET kind = 'nonsense'")

    problems = _verify()["problems"]

    assert any("system_entry 1: holds a value that cannot be read" in problem for problem in problems)
    assert any("evidence_version 1: holds a value that cannot be read" in problem for problem in problems)
    assert any("figures cannot be derived" in problem for problem in problems)


def test_a_tail_cut_off_with_its_head_is_seen_by_the_heads_kept_outside(instance: Path, database_url: str) -> None:
    assert _verify()["problems"] == []
    _change(
        database_url,
        *_without_guards(database_url),
        "DELETE FROM activity_entry WHERE seq = (SELECT max(seq) FROM activity_entry)",
        "UPDATE activity_head SET seq = (SELECT max(seq) FROM activity_entry), "
        "line_hash = (SELECT line_hash FROM activity_entry ORDER BY seq DESC LIMIT 1)",
    )

    assert any("no longer holds this entry" in problem for problem in _verify()["problems"])


def test_a_head_from_elsewhere_is_compared_too(instance: Path, tmp_path: Path) -> None:
    _verify()
    kept = tmp_path / "kept.log"
    kept.write_text((instance / "heads.log").read_text())
    assert _verify("--against", str(kept))["problems"] == []

    kept.write_text(f"2 {'0' * 64} 2026-01-01T00:00:00+00:00 x\n")
    assert _verify("--against", str(kept))["problem_count"] == 1


def test_a_forged_head_is_told_from_our_own(instance: Path) -> None:
    _verify()
    line = (instance / "heads.log").read_text().split()
    (instance / "heads.log").write_text(" ".join([*line[:3], "0" * 64]) + "\n")

    assert any("not written by this installation" in problem for problem in _verify()["problems"])


def test_a_file_that_is_no_list_of_heads_is_refused(instance: Path, tmp_path: Path) -> None:
    (tmp_path / "x.log").write_text("hello\n")

    answer = _run("verify", "--against", str(tmp_path / "x.log"))

    assert answer.exit_code == 1
    assert "line 1" in answer.stderr


def test_kept_figures_that_somebody_changed_are_named(instance: Path, database_url: str) -> None:
    app = create_app(load_settings(instance))
    with app.app_context():
        today = datetime.now(UTC).date()
        snapshot = derivation_of(app).snapshot(db.session(), 1, today)
        end_read()
        with transaction() as session:
            keep_days(session, 1, [snapshot.result(today - timedelta(days=1))])
        db.engine.dispose()
    assert _verify()["problems"] == []

    _change(database_url, "UPDATE readiness_day SET level = 5")

    assert any("are not what its evidence gives" in problem for problem in _verify()["problems"])
