"""Every word of a file that is ours can be translated: files in a made-up language show no English but the catalogue's.

The language puts each message in brackets. Left alone: what people wrote (here one sign), the catalogue's own texts,
keys, figures and names of formats.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from itsmcomply.language import written_in
from itsmcomply.readiness.results import RuleKey
from tests.reports.readback import paragraphs, report, table_rows, workbook
from tests.reports.sample import catalogue, empty, make, model

SIGN = "§"
NAMES = re.compile(
    r"ISO/IEC [\d:-]+|SHA-256|[A-Z]{2}-[\d-]+(/\d+)?( v\d+)?|\b[0-9a-f]{64}\b|INC\d+"
    r"|sha256-rank-1|Europe/Amsterdam|UTC|^[a-z_]+, [\d.]+$"
)
KEYS = {*catalogue().artefacts, *catalogue().processes, *catalogue().groups, *RuleKey}


class Brackets:
    """A language in which every message is itself in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"


def strings(value: object) -> Iterator[str]:
    """Every text inside a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from (*strings(key), *strings(each))
    elif isinstance(value, (list, tuple, set, frozenset)):
        for each in value:
            yield from strings(each)
    elif is_dataclass(value) and not isinstance(value, type):
        yield from strings(asdict(value))
    elif hasattr(value, "model_dump"):
        yield from strings(value.model_dump())


@pytest.fixture(scope="module")
def ours() -> re.Pattern[str]:
    """The texts of the catalogue and the maturity model, longest first; not its single words, which are keys."""
    found = {s for s in (*strings(catalogue()), *strings(model())) if " " in s or s[:1].isupper()}
    return re.compile("|".join(re.escape(s) for s in sorted(found, key=len, reverse=True)))


def left_over(texts: Iterator[str], known: re.Pattern[str]) -> set[str]:
    """What stands outside brackets and is no text of the catalogue."""
    found = set()
    for text in texts:
        rest = "" if text in KEYS else text
        while rest != (less := re.sub("⟦[^⟦⟧]*⟧", "", rest)):
            rest = less
        rest = known.sub("", NAMES.sub("", rest))
        if re.search("[A-Za-z]{3}", rest):
            found.add(rest)
    return found


def test_the_report_shows_nothing_that_cannot_be_translated(ours: re.Pattern[str], tmp_path: Path) -> None:
    with written_in(Brackets()):
        texts = paragraphs(report(make(SIGN)[0], tmp_path))

    assert sorted(left_over(iter(texts), ours)) == []


def test_the_workbook_shows_nothing_that_cannot_be_translated(ours: re.Pattern[str], tmp_path: Path) -> None:
    with written_in(Brackets()):
        book: Any = load_workbook(workbook(*make(SIGN), tmp_path))
    cells = (str(c.value) for sheet in book.worksheets for row in sheet.iter_rows() for c in row if c.value)

    assert sorted(left_over((*cells, *book.sheetnames).__iter__(), ours)) == []


def test_tables_and_links_hold_in_another_language(tmp_path: Path) -> None:
    with written_in(Brackets()):
        book: Any = load_workbook(workbook(*make(), tmp_path))
    links = [c.hyperlink for sheet in book.worksheets for row in sheet.iter_rows() for c in row if c.hyperlink]

    assert {link.location.split("!")[0].strip("'") for link in links} <= set(book.sheetnames)
    rows = table_rows(book["⟦Findings⟧"], "Findings")
    assert rows[0]["⟦Finding⟧"] == "NC-2026-01"
    assert json.dumps([sheet.title for sheet in book.worksheets]) == json.dumps(book.sheetnames)


def test_an_empty_system_is_told_in_the_language_too(ours: re.Pattern[str], tmp_path: Path) -> None:
    with written_in(Brackets()):
        pack, _ = empty()
        texts = paragraphs(report(pack, tmp_path))

    assert left_over((t for t in texts if t != "Empty"), ours) == set()
