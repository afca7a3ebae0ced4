"""The working paper of a sample as a workbook: how it was drawn, what was tested, what came out. Knows no page."""

from __future__ import annotations

import warnings
from datetime import datetime
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill

from itsmcomply.audits import words
from itsmcomply.audits.sampling.bounds import Rate
from itsmcomply.audits.sampling.kinds import Answer
from itsmcomply.audits.sampling.models import AuditSample
from itsmcomply.audits.sampling.queries import SampleView
from itsmcomply.audits.tickets.model import Kind
from itsmcomply.language import Spoken, _, say
from itsmcomply.wording import N_

COLUMNS = {
    "number": N_("number"),
    "stratum": N_("stratum"),
    "kind": N_("kind"),
    "state": N_("state"),
    "priority": N_("priority"),
    "group": N_("group"),
    "opened_at": N_("opened at"),
    "resolved_at": N_("resolved at"),
    "closed_at": N_("closed at"),
}
ANSWERS = Spoken({Answer.YES: N_("yes"), Answer.NO: N_("no"), Answer.NOT_APPLICABLE: N_("not applicable")})
METHODS, STRATA, RECORDS = Spoken(words.SAMPLE_METHODS), Spoken(words.STRATA), Spoken(words.RECORDS)
TITLE = N_("Working paper %(audit)s %(sample)s: %(title)s")
_LONGEST = 32_000
_HEAD = PatternFill("solid", fgColor="E8EDF3")


def write_paper(view: SampleView, *, made_at: datetime) -> bytes:
    """The paper as bytes of an XLSX file. Texts of people never become formulas."""
    book = Workbook(write_only=True)
    book.properties.creator = "itsmcomply"
    book.properties.created = book.properties.modified = made_at.replace(tzinfo=None)
    _summary(book.create_sheet(_("Sample")), view)
    _records(book.create_sheet(_("Records")), view)
    out = BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book.save(out)
    return out.getvalue()


def _summary(sheet: Any, view: SampleView) -> None:
    sample, population = view.row, view.population
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 34, 60
    for letter in "CDEFG":
        sheet.column_dimensions[letter].width = 16
    sheet.append([_cell(sheet, say(TITLE, audit=view.audit.key, sample=sample.key, title=sample.title), bold=True)])
    sheet.append([])
    for name, value in (
        (_("Audit"), f"{view.audit.key}, {view.audit.title}"),
        (_("Population"), f"{population.key}, {population.file_name}"),
        (_("SHA-256 of the export"), population.sha256),
        (_("Records in the population"), sample.population_size),
        (_("Kind of record"), RECORDS[Kind(sample.kind)] if sample.kind else _("all")),
        (_("Method"), _method(sample)),
        (_("Sample size"), sample.size),
        (_("Seed"), sample.seed),
        (_("Algorithm"), sample.algorithm),
        (_("Drawn"), _drawn(view)),
        (_("Records tested"), say(N_("%(n)s of %(total)s"), n=view.tested, total=len(view.records))),
        (_("Confidence"), f"{sample.confidence} %"),
        (_("Records with an error"), _rate(view.overall)),
    ):
        sheet.append([_cell(sheet, name), _cell(sheet, value)])
    sheet.append([])
    _head(sheet, [_("Attribute"), _("Error rate"), _("Yes"), _("No"), _("Not applicable"), _("Untested")])
    for one in view.attributes:
        figures = [one.yes, one.no, one.not_applicable, one.open]
        sheet.append([_cell(sheet, value) for value in (one.text, _rate(one.rate), *figures)])
    if view.strata:
        sheet.append([])
        _head(sheet, [_("Stratum"), "", _("In the population"), _("In the sample")])
        for name, size, drawn in view.strata:
            sheet.append([_cell(sheet, value) for value in (name, "", size, drawn)])


def _method(sample: AuditSample) -> str:
    name = METHODS[sample.method]
    return say(N_("%(method)s by %(by)s"), method=name, by=STRATA[sample.by]) if sample.by else name


def _drawn(view: SampleView) -> str:
    at = view.row.drawn_at
    return say(N_("%(day)s, %(time)s UTC, by %(who)s"), day=at.date(), time=f"{at:%H:%M}", who=view.by)


def _rate(rate: Rate) -> str:
    if rate.rate is None or rate.upper_one_sided is None or rate.lower is None or rate.upper is None:
        return _("nothing tested")
    confidence = round(rate.confidence * 100)
    return say(
        N_(
            "%(errors)s of %(tested)s (%(rate)s); with %(confidence)s %% confidence at most %(most)s, "
            "between %(lower)s and %(upper)s"
        ),
        errors=rate.errors,
        tested=rate.tested,
        rate=f"{rate.rate:.1%}",
        confidence=confidence,
        most=f"{rate.upper_one_sided:.1%}",
        lower=f"{rate.lower:.1%}",
        upper=f"{rate.upper:.1%}",
    )


def _records(sheet: Any, view: SampleView) -> None:
    sheet.freeze_panes = "B2"
    for place, width in enumerate((18, 16, 12, 14, 14, 18, 18, 18, 18), 1):
        sheet.column_dimensions[chr(64 + place)].width = width
    _head(sheet, [*(_(head) for head in COLUMNS.values()), *(one.text for one in view.attributes), _("note")])
    for record in view.records:
        known = dict(record.content) | {"stratum": record.row.stratum}
        values = [known.get(name) for name in COLUMNS]
        answers = [ANSWERS[answer] if answer else "" for answer in record.answers]
        sheet.append([_cell(sheet, value) for value in (*values, *answers, record.row.note)])


def _head(sheet: Any, texts: list[str]) -> None:
    cells = [_cell(sheet, text, bold=True) for text in texts]
    for cell in cells:
        cell.fill = _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.append(cells)


def _cell(sheet: Any, value: object, *, bold: bool = False) -> Any:
    if value is None or isinstance(value, bool):
        value = "" if value is None else str(value).lower()
    if isinstance(value, int | float):
        return WriteOnlyCell(sheet, value)
    text = "".join(c for c in str(value) if c in "\t\n" or ord(c) >= 32)[:_LONGEST]
    cell: Any = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.quotePrefix = text[:1] in "=+-@" and bool(text)
    if bold:
        cell.font = Font(bold=True)
    return cell
