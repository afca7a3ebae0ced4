# ruff: noqa: DTZ001 - tools write moments without a zone
"""What is understood of the export of each tool."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from itsmcomply.audits.tickets.layouts import parse_mapping
from itsmcomply.audits.tickets.model import DateOrder, Kind, Options, Reading, Refused
from itsmcomply.audits.tickets.reading import read_file
from tests.audits.tickets.exports import GLPI, JIRA, OWN, OWN_MAPPING, SERVICENOW, text_file, workbook


def read(path: Path, **options: object) -> Reading:
    return read_file(path, Options(**options))  # type: ignore[arg-type]


def test_an_event_log_of_servicenow_is_folded_to_the_last_state_by_time_of_update(tmp_path: Path) -> None:
    reading = read(text_file(tmp_path, SERVICENOW))

    first = reading.tickets[0]
    assert (reading.layout, reading.rows, len(reading.tickets), reading.folded) == ("servicenow", 5, 3, 2)
    assert (first.number, first.state, first.rows, first.row) == ("INC001", "Closed", 3, 3)
    assert first.resolved_at == datetime(2016, 2, 2, 11, 29)
    assert (first.ci, first.problem, first.reassigned, first.sla_met) == (None, None, 1, True)


def test_a_workbook_is_understood_as_its_text_is(tmp_path: Path) -> None:
    text = read(text_file(tmp_path, SERVICENOW))

    book = read(workbook(tmp_path))

    assert [t.number for t in book.tickets] == [t.number for t in text.tickets]
    assert [t.closed_at for t in book.tickets] == [t.closed_at for t in text.tickets]


def test_jira_kinds_links_and_approvals_are_found_and_other_types_skipped_with_the_reason(tmp_path: Path) -> None:
    reading = read(text_file(tmp_path, JIRA))

    kinds = [ticket.kind for ticket in reading.tickets]
    assert kinds == [Kind.INCIDENT, Kind.CHANGE, Kind.PROBLEM]
    assert reading.tickets[0].problem == "ITSM-3"
    assert reading.tickets[0].opened_at == datetime(2016, 2, 29, 1, 16)
    assert reading.tickets[1].approval == "Declined"
    assert [(p.row, p.reason) for p in reading.skipped] == [(5, "type Epic is no incident, problem, change or request")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1"])
def test_glpi_is_read_in_each_encoding_with_numbers_without_spaces(tmp_path: Path, encoding: str) -> None:
    reading = read(text_file(tmp_path, GLPI, encoding))

    assert [t.number for t in reading.tickets] == ["1024", "1025"]
    assert reading.tickets[0].summary == "Écran noir"
    assert reading.tickets[1].group is None


def test_latin_1_with_bytes_that_windows_leaves_open_is_read(tmp_path: Path) -> None:
    path = text_file(tmp_path, GLPI, "latin-1")
    path.write_bytes(path.read_bytes().replace(b"Imprimante", b"Imprim\x81\xe9"))

    assert read(path).encoding == "latin-1"


def test_a_mapping_reads_any_other_table_and_says_that_days_and_months_cannot_be_told_apart(tmp_path: Path) -> None:
    reading = read(text_file(tmp_path, OWN), mapping=parse_mapping(OWN_MAPPING))

    assert reading.delimiter == "|"
    assert reading.tickets[0].opened_at == datetime(2026, 4, 3)
    assert not reading.dates["opened_at"].certain
    assert any("either way" in note for note in reading.notes)


def test_somebody_can_say_that_months_come_first(tmp_path: Path) -> None:
    reading = read(text_file(tmp_path, OWN), mapping=parse_mapping(OWN_MAPPING), dates=DateOrder.MONTH_FIRST)

    assert reading.tickets[0].opened_at == datetime(2026, 3, 4)


def test_one_column_that_decides_settles_the_others(tmp_path: Path) -> None:
    reading = read(text_file(tmp_path, OWN.replace("05/04/2026", "25/04/2026")), mapping=parse_mapping(OWN_MAPPING))

    assert reading.dates["opened_at"].order is DateOrder.DAY_FIRST
    assert reading.dates["opened_at"].certain


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("number: [a, b]", "one line per field"),
        ("nummer: A", "unknown fields: nummer"),
        ("number: A\nnumber: B", "no proper YAML"),
        ("{", "no proper YAML"),
    ],
)
def test_a_mapping_that_is_none_is_refused_in_words(text: str, message: str) -> None:
    with pytest.raises(Refused, match=message):
        parse_mapping(text)


def test_a_heading_nobody_knows_is_refused_with_its_columns(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"Ticket no\., Logged, Done, Team"):
        read(text_file(tmp_path, OWN))


def test_the_same_heading_twice_is_refused_with_both_places(tmp_path: Path) -> None:
    doubled = SERVICENOW.replace("active,", "priority,", 1)

    with pytest.raises(Refused, match="columns 3 and 12 are both called priority"):
        read(text_file(tmp_path, doubled))
