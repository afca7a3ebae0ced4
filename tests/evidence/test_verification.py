from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from itsmcomply.db import db, end_read, transaction
from itsmcomply.evidence.models import Blob
from itsmcomply.evidence.store import BlobState, LocalStore
from itsmcomply.evidence.verification import StoreReport, verify_store


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store", free_space_floor=0)


def _keep(app: Flask, store: LocalStore, content: bytes, *, blocked: bool = False) -> str:
    stored = store.put(io.BytesIO(content), limit=1000, name="a.txt")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    with app.app_context(), transaction() as session:
        blob = Blob(sha256=stored.sha256, size=stored.size, detected_type="text/plain", stored_at=now)
        blob.blocked_at = now if blocked else None
        session.add(blob)
    return stored.sha256


def _verify(app: Flask, store: LocalStore) -> StoreReport:
    with app.app_context():
        report = verify_store(db.session(), store)
        end_read()
    return report


def _path(tmp_path: Path, sha256: str) -> Path:
    return tmp_path / "store" / sha256[:2] / sha256[2:4] / sha256


def test_a_sound_store_has_no_problems(app: Flask, store: LocalStore) -> None:
    _keep(app, store, b"one")

    assert _verify(app, store) == StoreReport(checked=1, blocked=0, problems=(), orphans=())


@pytest.mark.parametrize("damage", ["flip", "truncate", "extend", "empty"])
def test_every_damage_is_named(app: Flask, store: LocalStore, tmp_path: Path, damage: str) -> None:
    sha256 = _keep(app, store, b"content of some length")
    path = _path(tmp_path, sha256)
    path.chmod(0o640)
    content = path.read_bytes()
    damaged = {
        "flip": bytes([content[0] ^ 1]) + content[1:],
        "truncate": content[:-1],
        "extend": content + b"x",
        "empty": b"",
    }
    path.write_bytes(damaged[damage])

    found = _verify(app, store).problems

    assert [(p.sha256, p.state) for p in found] == [(sha256, BlobState.ALTERED)]


def test_missing_bytes_are_named(app: Flask, store: LocalStore, tmp_path: Path) -> None:
    sha256 = _keep(app, store, b"one")
    _path(tmp_path, sha256).unlink()

    assert [p.state for p in _verify(app, store).problems] == [BlobState.MISSING]


def test_bytes_without_a_row_are_orphans_and_no_problem(app: Flask, store: LocalStore) -> None:
    stored = store.put(io.BytesIO(b"never filed"), limit=100, name="a")

    report = _verify(app, store)

    assert (report.orphans, report.problems) == ((stored.sha256,), ())


def test_blocked_bytes_are_not_missed(app: Flask, store: LocalStore, tmp_path: Path) -> None:
    sha256 = _keep(app, store, b"one", blocked=True)
    _path(tmp_path, sha256).unlink()

    report = _verify(app, store)

    assert (report.blocked, report.problems) == (1, ())
