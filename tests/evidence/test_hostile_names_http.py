"""C2: hostile file names through upload, register, item page, download header and CSV; kept exactly or refused."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import select

from itsmcomply.db import db
from itsmcomply.evidence.models import EvidenceVersion
from itsmcomply.evidence.names import problem_of_file_name
from itsmcomply.settings import Settings
from tests.cast import Cast
from tests.evidence.browser import Browser
from tests.evidence.hostile_names import every_name

NAMES = every_name()
BATCH = 50
PATH_OF_A_BLOB = re.compile(r"(tmp|quarantine|[0-9a-f]{2}(/[0-9a-f]{2}(/[0-9a-f]{64})?)?)")


def batches() -> list[list[str]]:
    return [NAMES[start : start + BATCH] for start in range(0, len(NAMES), BATCH)]


@pytest.mark.parametrize("names", batches(), ids=lambda names: f"{len(names)} names")
def test_names_come_back_exactly_or_are_refused(cast: Cast, app: Flask, settings: Settings, names: list[str]) -> None:
    owner = Browser(cast, "process_owner")
    kept = []
    for number, name in enumerate(names):
        answer = owner.put(name, f"content {number}".encode())
        if problem_of_file_name(name) is not None:
            assert answer.status_code in {400, 422}
            continue
        assert (answer.status_code, answer.get_json()["name"]) == (201, name)
        assert owner.file_tokens([answer.get_json()["token"]]).status_code == 302
        kept.append(name)

    with app.app_context():
        assert db.session().scalars(select(EvidenceVersion.file_name).order_by(EvidenceVersion.id)).all() == kept
    for number, name in enumerate(kept, start=1):
        assert_harmless_header(owner, number, name)
    assert_listed(owner, kept)
    assert_only_digests_on_disk(settings.store_dir)


def assert_harmless_header(owner: Browser, number: int, name: str) -> None:
    """RFC 6266: one line, a plain name for old clients, the exact one for the others."""
    with owner.get(f"/evidence/{number}/versions/1/file") as answer:
        header = answer.headers["Content-Disposition"]
    found = re.fullmatch(r"attachment; filename=\"([A-Za-z0-9._-]{1,100})\"; filename\*=UTF-8''(\S+)", header)
    assert found is not None
    assert unquote(found[2]) == name


def assert_listed(owner: Browser, kept: list[str]) -> None:
    """Every page of the register answers, and the export holds each name, marked where a spreadsheet would run it."""
    assert owner.get("/evidence").status_code == 200
    assert owner.get("/my-work").status_code == 200
    rows = list(
        csv.reader(io.StringIO(owner.get("/evidence.csv?dir=up").get_data(as_text=True).removeprefix("\ufeff")))
    )
    names = [row[3] for row in rows[1:]]
    assert [name.removeprefix("'") if name not in kept else name for name in names] == kept
    assert not [name for name in names if name.lstrip()[:1] in {"=", "+", "-", "@", "|"}]


def assert_only_digests_on_disk(folder: Path) -> None:
    assert all(PATH_OF_A_BLOB.fullmatch(str(path.relative_to(folder))) for path in folder.rglob("*"))
