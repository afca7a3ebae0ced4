"""Sheets that are one table each: clause matrix, artefacts, controls, processes, gaps, activity."""

from __future__ import annotations

from openpyxl.cell.cell import Cell

from itsmcomply.language import _, say
from itsmcomply.reports import words
from itsmcomply.reports.model import ExpectationLine, RequirementRow
from itsmcomply.reports.xlsx.frame import A3, TABLE_TOP, Book, Column, band_text, colour_bands, colour_words
from itsmcomply.wording import N_

MATRIX = (
    Column(N_("Clause"), 9),
    Column(N_("Requirement"), 12),
    Column(N_("What is required"), 46),
    Column(N_("Process"), 24),
    Column(N_("Owner"), 22),
    Column(N_("Coverage"), 10, "share"),
    Column(N_("Band"), 18),
    Column(N_("Why"), 58),
    Column(N_("Evidence"), 34),
    Column(N_("Gaps"), 46),
    Column(N_("Controls"), 16),
    Column(N_("Limited by"), 16),
)
ARTEFACTS = (
    Column(N_("Artefact"), 40),
    Column(N_("Key"), 14),
    Column(N_("Type"), 12),
    Column(N_("State"), 13),
    Column(N_("Coverage"), 10, "share"),
    Column(N_("Detail"), 44),
    Column(N_("Counts until"), 13),
    Column(N_("Items"), 8, "number"),
    Column(N_("Basis"), 23),
    Column(N_("Demanded by"), 10),
    Column(N_("Facet"), 12),
    Column(N_("Renewed"), 16),
    Column(N_("One for each"), 16),
    Column(N_("Process"), 26),
    Column(N_("Owner"), 22),
    Column(N_("Used by"), 34),
)
CONTROLS = (
    Column(N_("Control"), 12),
    Column(N_("Title"), 38),
    Column(N_("What it does"), 56),
    Column(N_("Process"), 26),
    Column(N_("Owner"), 22),
    Column(N_("Kind"), 12),
    Column(N_("Frequency"), 13),
    Column(N_("Status"), 12),
    Column(N_("Requirements"), 34),
    Column(N_("Number of requirements"), 13, "number"),
    Column(N_("Test"), 46),
)
PROCESSES = (
    Column(N_("Process"), 32),
    Column(N_("Group"), 32),
    Column(N_("Owner"), 22),
    Column(N_("Level"), 8, "number"),
    Column(N_("Level name"), 14),
    Column(N_("Index"), 8, "tenth"),
    Column(N_("Coverage"), 10, "share"),
    Column(N_("Band"), 18),
    Column(N_("Documented"), 12, "share"),
    Column(N_("Operated"), 10, "share"),
    Column(N_("Measured"), 10, "share"),
    Column(N_("Improved"), 10, "share"),
    Column(N_("Mandated documents"), 12, "share"),
    Column(N_("Why this level"), 44),
    Column(N_("What the next level needs"), 64),
)
GAPS = (
    Column(N_("No."), 6, "number"),
    Column(N_("What"), 40),
    Column(N_("Missing"), 56),
    Column(N_("Keeps shut"), 24),
    Column(N_("Who acts"), 24),
    Column(N_("Cure"), 46),
    Column(N_("Requirements"), 36),
    Column(N_("Weight"), 9, "tenth"),
)
ACTIVITY = (Column(N_("Month"), 14), Column(N_("Action"), 40), Column(N_("Entries"), 12, "number"))

_STATE_TONES = {
    "F": ("Current", "Covers"),
    "P": ("Lapsed", "In review"),
    "N": ("Missing", "Rejected"),
}


def write_matrix(book: Book) -> dict[str, int]:
    """Write the clause matrix; gives the row of the first requirement of each clause."""
    sentence = _(
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
                book.text(row.owner or _("no owner"), "wrap"),
                book.share(row.coverage),
                book.text(band_text(row.band), "strong"),
                book.text("\n".join(why(line) for line in row.lines), "wrap"),
                book.text(evidence(row), "wrap"),
                book.text("\n".join(row.gaps), "wrap"),
                book.text(words.joined(row.controls, 30) or _("none"), "wrap"),
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
    sentence = _("What the standard and good practice expect to find, each kept once and counted wherever it serves.")
    sheet = book.table_sheet("Artefacts", sentence, ARTEFACTS, paper=A3)
    rows = book.pack.artefacts
    for row in rows:
        state = words.STATES[row.state] + (_(", due") if row.renewal_due else "")
        sheet.append(
            [
                book.text(row.name, "strong"),
                book.text(row.key),
                book.text(words.label(row.kind)),
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
                book.text(row.owner or _("no owner"), "wrap"),
                book.text(words.joined(row.used_by, 40), "wrap"),
            ]
        )
    book.table(sheet, "Artefacts", ARTEFACTS, first_row=TABLE_TOP, rows=len(rows))
    colour_words(sheet, "D", TABLE_TOP + 1, TABLE_TOP + len(rows), dict(_STATE_TONES))
    colour_words(sheet, "O", TABLE_TOP + 1, TABLE_TOP + len(rows), {"P": ("no owner",)})


def write_controls(book: Book) -> None:
    sentence = _("What the organisation does to meet requirements. The clause matrix shows the same mapping by clause.")
    sheet = book.table_sheet("Controls", sentence, CONTROLS, paper=A3)
    rows = book.pack.controls
    for row in rows:
        sheet.append(
            [
                book.text(row.ref, "strong"),
                book.text(row.title, "wrap"),
                book.text(row.description, "wrap"),
                book.text(row.process_name, "wrap"),
                book.text(row.owner or _("no owner"), "wrap"),
                book.text(words.label(row.kind)),
                book.text(row.frequency),
                book.text(words.label(row.status)),
                book.text(words.joined(row.requirements, 60) or _("none mapped"), "wrap"),
                book.number(len(row.requirements)),
                book.text(row.test, "wrap"),
            ]
        )
    if not rows:
        sheet.append([book.text(_("No control is recorded."), "note")])
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
                book.text(row.owner or _("no owner"), "wrap"),
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
    sentence = _("What is missing, strongest first: what keeps the first gate shut stands on top. Who acts is named.")
    sheet = book.table_sheet("Gaps", sentence, GAPS, paper=A3, frozen=2)
    rows = book.pack.gaps
    for place, row in enumerate(rows, 1):
        sheet.append(
            [
                book.number(place),
                book.text(row.subject, "strong"),
                book.text(row.missing, "wrap"),
                book.text(", ".join(words.GATES[gate] for gate in row.gates) or "–", "strong"),
                book.text(row.owner or _("no owner"), "wrap"),
                book.text(row.cure, "wrap"),
                book.text(words.joined(row.requirements, 30), "wrap"),
                book.number(float(row.weight), "tenth"),
            ]
        )
    if not rows:
        sheet.append([None, book.text(_("Nothing is missing."), "note")])
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
        sheet.append([book.text(_("Nothing is recorded."), "note")])
    book.table(sheet, "Activity", ACTIVITY, first_row=TABLE_TOP, rows=len(trail.rows))
    sheet.append([])
    sheet.append([book.text(_("Head of the trail"), "strong"), book.text(trail.head_hash, "mono")])
    sheet.append([book.text(_("Entry"), "strong"), book.number(trail.head_seq)])
    sheet.append([book.text(_("Recorded"), "strong"), book.day(trail.last_at, "moment")])
