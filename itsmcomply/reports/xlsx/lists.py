"""Sheets that are one table each: clause matrix, artefacts, controls, processes, gaps, activity."""

from __future__ import annotations

from openpyxl.cell.cell import Cell

from itsmcomply.reports import words
from itsmcomply.reports.model import ExpectationLine, RequirementRow
from itsmcomply.reports.xlsx.frame import A3, TABLE_TOP, Book, Column, band_text, colour_bands, colour_words
from itsmcomply.wording import N_, say

MATRIX = (
    Column("Clause", 9),
    Column("Requirement", 12),
    Column("What is required", 46),
    Column("Process", 24),
    Column("Owner", 22),
    Column("Coverage", 10, "share"),
    Column("Band", 18),
    Column("Why", 58),
    Column("Evidence", 34),
    Column("Gaps", 46),
    Column("Controls", 16),
    Column("Limited by", 16),
)
ARTEFACTS = (
    Column("Artefact", 40),
    Column("Key", 14),
    Column("Type", 12),
    Column("State", 13),
    Column("Coverage", 10, "share"),
    Column("Detail", 44),
    Column("Counts until", 13),
    Column("Items", 8, "number"),
    Column("Basis", 23),
    Column("Demanded by", 10),
    Column("Facet", 12),
    Column("Renewed", 16),
    Column("One for each", 16),
    Column("Process", 26),
    Column("Owner", 22),
    Column("Used by", 34),
)
CONTROLS = (
    Column("Control", 12),
    Column("Title", 38),
    Column("What it does", 56),
    Column("Process", 26),
    Column("Owner", 22),
    Column("Kind", 12),
    Column("Frequency", 13),
    Column("Status", 12),
    Column("Requirements", 34),
    Column("Number of requirements", 13, "number"),
    Column("Test", 46),
)
PROCESSES = (
    Column("Process", 32),
    Column("Group", 32),
    Column("Owner", 22),
    Column("Level", 8, "number"),
    Column("Level name", 14),
    Column("Index", 8, "tenth"),
    Column("Coverage", 10, "share"),
    Column("Band", 18),
    Column("Documented", 12, "share"),
    Column("Operated", 10, "share"),
    Column("Measured", 10, "share"),
    Column("Improved", 10, "share"),
    Column("Mandated documents", 12, "share"),
    Column("Why this level", 44),
    Column("What the next level needs", 64),
)
GAPS = (
    Column("No.", 6, "number"),
    Column("What", 40),
    Column("Missing", 56),
    Column("Keeps shut", 24),
    Column("Who acts", 24),
    Column("Cure", 46),
    Column("Requirements", 36),
    Column("Weight", 9, "tenth"),
)
ACTIVITY = (Column("Month", 14), Column("Action", 40), Column("Entries", 12, "number"))

_STATE_TONES = {
    "F": ("Current", "Covers"),
    "P": ("Lapsed", "In review"),
    "N": ("Missing", "Rejected"),
}


def write_matrix(book: Book) -> dict[str, int]:
    """Write the clause matrix; gives the row of the first requirement of each clause."""
    sentence = N_(
        "One row per requirement of ISO/IEC 20000-1:2018, in our own words. Coverage is derived from evidence."
    )
    sheet = book.table_sheet("Clause matrix", sentence, MATRIX, paper=A3, frozen=2)
    rows: dict[str, int] = {}
    for place, row in enumerate(book.pack.requirements, TABLE_TOP + 1):
        rows.setdefault(row.clause, place)
        sheet.append(
            [
                book.text(row.clause, "strong"),
                book.text(row.id, "strong"),
                book.text(row.text, "wrap"),
                book.text(row.process_name, "wrap"),
                book.text(row.owner or N_("no owner"), "wrap"),
                book.share(row.coverage),
                book.text(band_text(row.band), "strong"),
                book.text("\n".join(why(line) for line in row.lines), "wrap"),
                book.text(evidence(row), "wrap"),
                book.text("\n".join(row.gaps), "wrap"),
                book.text(words.joined(row.controls, 30) or N_("none"), "wrap"),
                _limit(book, row),
            ]
        )
    last = TABLE_TOP + len(book.pack.requirements)
    book.table(sheet, "ClauseMatrix", MATRIX, first_row=TABLE_TOP, rows=len(book.pack.requirements))
    colour_bands(sheet, "G", TABLE_TOP + 1, last)
    colour_words(sheet, "K", TABLE_TOP + 1, last, {"P": ("none",)})
    colour_words(sheet, "E", TABLE_TOP + 1, last, {"P": ("no owner",)})
    return rows


def _limit(book: Book, row: RequirementRow) -> Cell | None:
    """What caps the coverage, leading to the first finding that does."""
    findings = book.pack.result.requirements[row.id].capped_by
    return book.lead("Findings", findings[0], row.capped) if findings else book.text(row.capped, "wrap")


def why(line: ExpectationLine) -> str:
    """How one artefact answers: "Incident records (demanded, weight 3): current, 12 of 12 months covered"."""
    text = N_("%(name)s (%(role)s, weight %(weight)s): %(state)s")
    state = words.STATES[line.state].lower()
    said = say(text, name=line.name, role=line.role, weight=line.weight, state=state)
    return f"{said}, {line.detail}" if line.detail else said


def evidence(row: RequirementRow) -> str:
    """Keys of the items that answer, at most twenty, and how many more the register holds."""
    keys = [ref.key for line in row.lines for ref in line.evidence]
    more = sum(line.more for line in row.lines)
    named = ", ".join(dict.fromkeys(keys))
    return say(N_("%(named)s and %(more)s more"), named=named, more=more) if more else named


def write_artefacts(book: Book) -> None:
    sentence = N_("What the standard and good practice expect to find, each kept once and counted wherever it serves.")
    sheet = book.table_sheet("Artefacts", sentence, ARTEFACTS, paper=A3)
    rows = book.pack.artefacts
    for row in rows:
        state = words.STATES[row.state] + (N_(", due") if row.renewal_due else "")
        sheet.append(
            [
                book.text(row.name, "strong"),
                book.text(row.key),
                book.text(row.kind),
                book.text(state, "strong"),
                book.share(row.coverage),
                book.text(row.detail, "wrap"),
                book.day(row.lapses_on),
                book.number(row.items),
                book.text(row.basis),
                book.text(row.mandated_by),
                book.text(row.facet),
                book.text(row.recurs),
                book.text(row.counted_per),
                book.text(row.process_name, "wrap"),
                book.text(row.owner or N_("no owner"), "wrap"),
                book.text(words.joined(row.used_by, 40), "wrap"),
            ]
        )
    book.table(sheet, "Artefacts", ARTEFACTS, first_row=TABLE_TOP, rows=len(rows))
    colour_words(sheet, "D", TABLE_TOP + 1, TABLE_TOP + len(rows), dict(_STATE_TONES))
    colour_words(sheet, "O", TABLE_TOP + 1, TABLE_TOP + len(rows), {"P": ("no owner",)})


def write_controls(book: Book) -> None:
    sentence = N_(
        "What the organisation does to meet requirements. The clause matrix shows the same mapping by clause."
    )
    sheet = book.table_sheet("Controls", sentence, CONTROLS, paper=A3)
    rows = book.pack.controls
    for row in rows:
        sheet.append(
            [
                book.text(row.ref, "strong"),
                book.text(row.title, "wrap"),
                book.text(row.description, "wrap"),
                book.text(row.process_name, "wrap"),
                book.text(row.owner or N_("no owner"), "wrap"),
                book.text(row.kind),
                book.text(row.frequency),
                book.text(row.status),
                book.text(words.joined(row.requirements, 60) or N_("none mapped"), "wrap"),
                book.number(len(row.requirements)),
                book.text(row.test, "wrap"),
            ]
        )
    if not rows:
        sheet.append([book.text(N_("No control is recorded."), "note")])
    book.table(sheet, "Controls", CONTROLS, first_row=TABLE_TOP, rows=len(rows))
    last = TABLE_TOP + len(rows)
    colour_words(sheet, "I", TABLE_TOP + 1, last, {"P": ("none mapped",)})
    colour_words(sheet, "E", TABLE_TOP + 1, last, {"P": ("no owner",)})


def write_processes(book: Book) -> None:
    name = book.pack.model.name
    sentence = say(N_("Levels by the model “%(name)s”, derived from facts; nobody types a level in."), name=name)
    sheet = book.table_sheet("Processes", sentence, PROCESSES, paper=A3)
    rows = book.pack.processes
    for row in rows:
        sheet.append(
            [
                book.text(row.name, "strong"),
                book.text(row.group, "wrap"),
                book.text(row.owner or N_("no owner"), "wrap"),
                book.number(row.level),
                book.text(row.level_name),
                book.number(float(row.index), "tenth"),
                book.share(row.coverage),
                book.text(band_text(row.band), "strong"),
                *(book.share(share) for share in row.shares),
                book.text(row.because, "wrap"),
                book.text("\n".join(row.next_steps[:12]), "wrap"),
            ]
        )
    last = TABLE_TOP + len(rows)
    book.table(sheet, "Processes", PROCESSES, first_row=TABLE_TOP, rows=len(rows))
    colour_bands(sheet, "H", TABLE_TOP + 1, last)
    colour_words(sheet, "C", TABLE_TOP + 1, last, {"P": ("no owner",)})


def write_gaps(book: Book) -> None:
    sentence = N_("What is missing, strongest first: what keeps the first gate shut stands on top. Who acts is named.")
    sheet = book.table_sheet("Gaps", sentence, GAPS, paper=A3, frozen=2)
    rows = book.pack.gaps
    for place, row in enumerate(rows, 1):
        sheet.append(
            [
                book.number(place),
                book.text(row.subject, "strong"),
                book.text(row.missing, "wrap"),
                book.text(", ".join(words.GATES[gate] for gate in row.gates) or "–", "strong"),
                book.text(row.owner or N_("no owner"), "wrap"),
                book.text(row.cure, "wrap"),
                book.text(words.joined(row.requirements, 30), "wrap"),
                book.number(float(row.weight), "tenth"),
            ]
        )
    if not rows:
        sheet.append([None, book.text(N_("Nothing is missing."), "note")])
    book.table(sheet, "Gaps", GAPS, first_row=TABLE_TOP, rows=len(rows))
    last = TABLE_TOP + len(rows)
    colour_words(sheet, "C", TABLE_TOP + 1, last, dict(_STATE_TONES))
    colour_words(sheet, "E", TABLE_TOP + 1, last, {"P": ("no owner",)})


def write_activity(book: Book) -> None:
    trail = book.pack.activity
    text = N_("%(total)s entries of the activity trail up to the day, without those that exports leave themselves.")
    sheet = book.table_sheet("Activity", say(text, total=trail.total), ACTIVITY)
    for row in trail.rows:
        sheet.append([book.day(row.month_on, "month"), book.text(row.action), book.number(row.count)])
    if not trail.rows:
        sheet.append([book.text(N_("Nothing is recorded."), "note")])
    book.table(sheet, "Activity", ACTIVITY, first_row=TABLE_TOP, rows=len(trail.rows))
    sheet.append([])
    sheet.append([book.text("Head of the trail", "strong"), book.text(trail.head_hash, "mono")])
    sheet.append([book.text("Entry", "strong"), book.number(trail.head_seq)])
    sheet.append([book.text("Recorded", "strong"), book.day(trail.last_at, "moment")])
