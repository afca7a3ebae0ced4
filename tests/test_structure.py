"""Rules of the house that a reader would otherwise have to remember."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from itsmcomply.db import Base, db
from itsmcomply.errors import StartRefused
from itsmcomply.web.guards import access_of, refuse_silent_routes

ROOT = Path(__file__).parent.parent
SOURCES = [p for p in (ROOT / "itsmcomply").rglob("*.py") if "_data" not in p.parts]
TEMPLATES = list((ROOT / "templates").rglob("*.html"))


def test_only_db_commits() -> None:
    committing = {p.name for p in SOURCES if re.search(r"\.commit\(", p.read_text())}

    assert committing <= {"db.py"}


def test_models_share_one_metadata() -> None:
    assert db.metadata is Base.metadata


def test_every_route_declares_its_access(app: Flask) -> None:
    assert [r.rule for r in app.url_map.iter_rules() if access_of(app, r.endpoint) is None] == []


def test_an_application_with_a_silent_route_does_not_start(app: Flask) -> None:
    app._got_first_request = False
    app.add_url_rule("/silent", "silent", lambda: "x")

    with pytest.raises(StartRefused, match="silent"):
        refuse_silent_routes(app)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_templates_hold_nothing_inline(template: Path) -> None:
    text = template.read_text()

    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=\s*[\"']|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


def test_nothing_is_loaded_from_elsewhere() -> None:
    for path in [
        *TEMPLATES,
        *(ROOT / "itsmcomply" / "static").glob("*.css"),
        *(ROOT / "itsmcomply" / "static" / "js").glob("*.js"),
    ]:
        assert not re.search(r"(src|href)=[\"']https?://|url\(\s*[\"']?https?:|@import", path.read_text()), path
