"""The real workbook, opened again and compared with the read model, sheet by sheet."""

from __future__ import annotations

import time
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from openpyxl import load_workbook

from itsmcomply.reports import words
from itsmcomply.reports.model import Mode, Pack
from itsmcomply.reports.to_xlsx import write_workbook
from itsmcomply.reports.xlsx.cover import CONTENTS
from itsmcomply.reports.xlsx.frame import Book, band_text
from itsmcomply.reports.xlsx.style import LOOKS
from tests.reports.readback import LONG as TOO_LONG
from tests.reports.readback import (
    batches,
    cell_kinds,
    corpus,
    external_targets,
    single_table,
    table_rows,
    texts,
    workbook,
    xml_parts,
)
from tests.reports.sample import DAY, ListRegister, empty, make

FORMULAS = [*corpus("formula.txt"), *TOO_LONG]
SHEETS = ["Cover", *(name for name, _ in CONTENTS)]


Made = tuple[Pack, ListRegister, Path, Any]  # the last is the workbook; its published types leave much out


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    pack, register = make()
    path = workbook(pack, register, tmp_path_factory.mktemp("workbook"))
    return pack, register, path, load_workbook(path)


def test_the_sheets_stand_in_reading_order(made: Made) -> None:
    assert made[3].sheetnames == SHEETS


def test_the_cover_names_day_disclaimer_and_all_digests(made: Made) -> None:
    pack, _, _, book = made
    cover = texts(book, "Cover")

    assert words.disclaimer(DAY) in cover
    for named in (pack.result.catalogue, pack.result.policy, pack.result.model):
        assert named.digest in cover
    assert pack.activity.head_hash in cover
    assert any(cell.value == datetime(2026, 11, 24) for row in book["Cover"].iter_rows() for cell in row)  # noqa: DTZ001


def test_the_matrix_has_one_row_per_requirement_with_what_the_pack_says(made: Made) -> None:
    pack, _, path, _ = made

    rows = single_table(path, "Clause matrix")

    assert len(rows) == len(pack.requirements) == 248
    for row, wanted in zip(rows, pack.requirements, strict=True):
        assert row["Clause"] == wanted.clause
        assert row["Requirement"] == wanted.id
        assert row["What is required"] == wanted.text
        assert row["Coverage"] == pytest.approx(float(wanted.coverage))
        assert row["Band"] == band_text(wanted.band)
        assert row["Owner"] == (wanted.owner or "no owner")
        assert row["Controls"] == (", ".join(wanted.controls) or "none")
        named = [ref.key for line in wanted.lines for ref in line.evidence]
        assert all(key in str(row["Evidence"]) for key in named)
        assert len(set(named)) <= 20
        assert all(line.name in str(row["Why"]) for line in wanted.lines)
        assert str(row["Gaps"] or "") == "\n".join(wanted.gaps)


def test_the_artefacts_are_those_of_the_pack(made: Made) -> None:
    pack, _, path, _ = made

    rows = single_table(path, "Artefacts")

    assert [(r["Key"], r["Artefact"], r["Items"]) for r in rows] == [(a.key, a.name, a.items) for a in pack.artefacts]
    assert all(str(r["State"]).startswith(words.STATES[a.state]) for r, a in zip(rows, pack.artefacts, strict=True))
    assert [r["Coverage"] for r in rows] == pytest.approx([float(a.coverage) for a in pack.artefacts])


def test_the_register_has_one_row_per_version_with_exact_values(made: Made) -> None:
    _, register, path, _ = made

    rows = single_table(path, "Evidence register")

    assert len(rows) == register.total
    for row, wanted in zip(rows, register.held, strict=True):
        assert (row["Evidence"], row["Version"], row["Title"]) == (wanted.key, wanted.version, wanted.title)
        assert row["State"] == words.REGISTER_STATES[wanted.state]
        assert row["SHA-256"] == wanted.sha256
        assert row["Bytes"] == wanted.size
        assert row["File name, address or statement"] == wanted.source
        assert row["In effect from"] == as_moment(wanted.effective_on)
        assert row["Received"] == wanted.received_at
        assert row["Reviewed by"] == wanted.reviewer
        assert row["Confidentiality"] == wanted.confidentiality


def as_moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - cells hold no zone


def test_controls_processes_gaps_and_activity_are_those_of_the_pack(made: Made) -> None:
    pack, _, path, _ = made

    controls = single_table(path, "Controls")
    processes = single_table(path, "Processes")
    gaps = single_table(path, "Gaps")
    activity = single_table(path, "Activity")

    assert [(r["Control"], r["Title"]) for r in controls] == [(c.ref, c.title) for c in pack.controls]
    assert [r["Number of requirements"] for r in controls] == [len(c.requirements) for c in pack.controls]
    assert [(r["Process"], r["Level"]) for r in processes] == [(p.name, p.level) for p in pack.processes]
    assert [r["Why this level"] for r in processes] == [p.because for p in pack.processes]
    assert [(r["What"], r["Missing"], r["Cure"]) for r in gaps] == [(g.subject, g.missing, g.cure) for g in pack.gaps]
    assert [r["Who acts"] for r in gaps] == [g.owner or "no owner" for g in pack.gaps]
    assert [(r["Action"], r["Entries"]) for r in activity] == [(a.action, a.count) for a in pack.activity.rows]


def test_readiness_holds_rules_clauses_and_every_blocker(made: Made) -> None:
    pack, _, _, book = made
    sheet = book["Readiness"]

    rules = table_rows(sheet, "GateRules")
    clauses = table_rows(sheet, "ClauseCoverage")
    blockers = table_rows(sheet, "Blockers")

    wanted = [(words.RULES[r.key], r.met, r.total) for gate in pack.result.gates for r in gate.rules]
    assert [(r["Rule"], r["Met"], r["Of"]) for r in rules] == wanted
    assert [r["Clause"] for r in clauses] == list(pack.result.clauses)
    assert [r["Key"] for r in blockers] == [b.key for g in pack.result.gates for r in g.rules for b in r.blockers]


def test_readiness_has_native_charts_whose_axes_show(made: Made) -> None:
    charts = [text for name, text in xml_parts(made[2]) if name.startswith("xl/charts/")]

    assert len(charts) == 3
    assert all(text.count('<delete val="0"') == 2 for text in charts)


def test_every_table_name_is_unique_and_no_sheet_filters_beside_its_table(made: Made) -> None:
    names = [name for sheet in made[3].worksheets for name in sheet.tables]

    assert len(names) == len(set(names)) == 23
    assert all(sheet.auto_filter.ref is None for sheet in made[3].worksheets)


@pytest.mark.parametrize("sheet", SHEETS[2:])
def test_data_sheets_are_frozen_and_print_in_landscape_with_titles_and_page_numbers(made: Made, sheet: str) -> None:
    found = made[3][sheet]

    assert found.freeze_panes is not None
    assert found.page_setup.orientation == "landscape"
    assert found.page_setup.fitToHeight == 0
    assert found.sheet_properties.pageSetUpPr.fitToPage
    assert found.print_title_rows == "$4:$4"
    assert found.oddFooter.right.text == "Page &P of &N"
    assert found.oddFooter.left.text == words.disclaimer(DAY)


def test_links_lead_to_cells_of_this_workbook_and_never_outside(made: Made) -> None:
    links = [c.hyperlink for sheet in made[3].worksheets for row in sheet.iter_rows() for c in row if c.hyperlink]
    on_register = [c for row in made[3]["Evidence register"].iter_rows() for c in row if c.hyperlink]

    assert len(links) > 60
    assert all(link.location and link.location.split("!")[0].strip("'") in SHEETS for link in links)
    assert external_targets(made[2]) == []
    assert len(on_register) == 1


def test_no_column_is_too_narrow_for_its_dates(made: Made) -> None:
    sheet = made[3]["Evidence register"]

    assert all(sheet.column_dimensions[letter].width >= 13 for letter in "KLMNO")


def test_the_same_pack_gives_the_same_bytes_later(made: Made, tmp_path: Path) -> None:
    time.sleep(2.1)  # zip members hold times in steps of two seconds

    again = workbook(*make(), tmp_path)

    assert again.read_bytes() == made[2].read_bytes()


def test_demonstration_is_printed_on_every_sheet(tmp_path: Path) -> None:
    book: Any = load_workbook(workbook(*make(mode=Mode.DEMONSTRATION), tmp_path))

    assert all(sheet.oddHeader.center.text == "DEMONSTRATION" for sheet in book.worksheets)
    assert words.MODES[Mode.DEMONSTRATION] in texts(book, "Cover")


def test_an_empty_system_gives_a_workbook_without_broken_tables(tmp_path: Path) -> None:
    path = workbook(*empty(), tmp_path)

    book = load_workbook(path)
    assert "Nothing is filed." in texts(book, "Evidence register")
    assert book["Evidence register"].tables == {}
    assert len(single_table(path, "Clause matrix")) == 248


@pytest.mark.parametrize("texts", batches(FORMULAS), ids=lambda texts: f"from {ascii(texts[0])[:20]}")
def test_no_text_of_people_becomes_a_formula_or_an_error(texts: list[str], tmp_path: Path) -> None:
    path = workbook(*make(*texts), tmp_path)

    assert cell_kinds(path) <= {"inlineStr", "n"}
    assert all(fromstring(text) is not None for _, text in xml_parts(path))


@pytest.mark.parametrize("look", sorted(LOOKS))
def test_no_look_of_a_cell_lets_a_text_be_a_formula(look: str) -> None:
    book = Book(make()[0])

    for text in FORMULAS:
        cell = book.text(text, look)
        assert cell is None or cell.data_type in {"s", "n"}
        assert cell is None or cell.value is None or cell.data_type == "s"


def test_texts_stay_what_they_are_where_a_cell_can_hold_them(tmp_path: Path) -> None:
    register = ListRegister()
    plain = [t for t in corpus("formula.txt") if t.isprintable()]
    pack, filled = make()
    register.held = [filled.held[0]._replace(title=text, key=f"EV-{n:04d}") for n, text in enumerate(plain, 1)]

    rows = single_table(workbook(pack, register, tmp_path), "Evidence register")

    assert [row["Title"] for row in rows] == plain


def test_a_text_that_begins_like_a_formula_keeps_the_quote_prefix(tmp_path: Path) -> None:
    sheet = load_workbook(workbook(*make("=1+1"), tmp_path))["Evidence register"]

    assert sheet["D5"].value == "=1+1"
    assert sheet["D5"].data_type == "s"
    assert sheet["D5"].quotePrefix


def test_too_long_a_text_is_cut_with_a_visible_mark(tmp_path: Path) -> None:
    rows = single_table(workbook(*make("x" * 40_000), tmp_path), "Evidence register")

    assert str(rows[0]["Title"]).endswith("cut here; the full text is in the record")
    assert len(str(rows[0]["Title"])) == 32_767


def test_what_progress_raises_ends_the_export(tmp_path: Path) -> None:
    class Cancelled(Exception):
        pass

    seen: list[tuple[int, int]] = []

    def watch(done: int, total: int) -> None:
        seen.append((done, total))
        if done >= 500:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_workbook(*make(), tmp_path / "x.xlsx", watch)

    assert seen == [(500, make()[1].total)]
