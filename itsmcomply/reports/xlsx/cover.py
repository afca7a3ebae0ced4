"""The first sheet: which system, which day, computed with what, and what the other sheets hold."""

from __future__ import annotations

from datetime import date
from typing import Final

from itsmcomply.language import _, say
from itsmcomply.readiness.results import Named
from itsmcomply.reports import words
from itsmcomply.reports.model import Mode, Pack
from itsmcomply.reports.xlsx.frame import Book, Sheet
from itsmcomply.wording import N_

CONTENTS: Final = (
    (N_("Readiness"), N_("The verdict, the three gates with their rules and blockers, coverage by clause, charts")),
    (N_("Clause matrix"), N_("One row per requirement: coverage, band, why, evidence, gaps, owner, controls")),
    (N_("Artefacts"), N_("Every expected document and record with its state and owner")),
    (N_("Evidence register"), N_("Every version of every item: hash, dates, reviewer, decision")),
    (N_("Controls"), N_("What the organisation does, and the requirements each control serves")),
    (N_("Processes"), N_("Maturity level of each process, with the facts and reasons behind it")),
    (N_("Gaps"), N_("What is missing, what it blocks, who acts, what cures it")),
    (N_("Audit programme"), N_("Programmes with their approval and the audits they hold")),
    (N_("Audits"), N_("Every audit: scope, team, dates; once signed, its results and the hash of its report")),
    (N_("Audit coverage"), N_("Which clauses and processes internal audits have covered, and what is not covered")),
    (N_("Audited requirements"), N_("What each signed audit concluded on each requirement, and the evidence examined")),
    (N_("Samples"), N_("Every sample: population and its hash, method, seed; once signed, error rate and its bound")),
    (N_("Tested records"), N_("Every record tested in a signed audit, with its exceptions")),
    (N_("Findings"), N_("Every finding with its state, cause, dates and the proof that it is effective")),
    (N_("Corrective actions"), N_("What removes the causes: who, by when, done with which evidence")),
    (N_("Management reviews"), N_("Every review with its judgement; once signed, the hash of its minutes")),
    (N_("Review results"), N_("What reviews decided, and what became of their actions")),
    (N_("Activity"), N_("How much was done in which month, and the head of the activity trail")),
)


def open_cover(book: Book) -> Sheet:
    sheet = book.sheet("Cover", [26, 64, 40], colour="0B57A4")
    sheet.page_setup.orientation = "portrait"
    return sheet


def write_cover(book: Book, sheet: Sheet) -> None:
    pack, about = book.pack, book.pack.about
    sheet.append([])
    sheet.append([book.text(_("ISO/IEC 20000-1 readiness workbook"), "title")])
    sheet.append([book.text(about.organisation or about.name, "heading")])
    if pack.mode is not Mode.REAL:
        sheet.append([book.text(words.MODES[pack.mode], "warning")])
    sheet.append([])
    sheet.append([book.text(words.VERDICTS[pack.result.status], "verdict")])
    sheet.append([book.text(words.disclaimer(pack.day), "note")])
    sheet.append([])
    _system(book, sheet)
    sheet.append([])
    _basis(book, sheet)
    sheet.append([])
    sheet.append([book.text(_("Sheets"), "heading")])
    for name, about_it in CONTENTS:
        sheet.append([book.link(name, _(name), look="value_link"), book.text(_(about_it), "value")])
    sheet.append([])
    sheet.append([book.text(pack.catalogue.copyright_note, "note")])


def _system(book: Book, sheet: Sheet) -> None:
    about = book.pack.about
    sheet.append([book.text(_("Management system"), "heading")])
    _line(book, sheet, _("Name"), about.name)
    _line(book, sheet, _("Organisation"), about.organisation)
    _line(book, sheet, _("Scope of certification"), about.scope)
    _day(book, sheet, _("As of"), book.pack.day)
    _line(book, sheet, _("Days counted in"), about.zone)
    _day(book, sheet, _("Operating since"), about.operating_since)
    _line(book, sheet, _("Certification body"), about.certification_body)
    _day(book, sheet, _("Stage 1 audit"), about.stage_1_on)
    _day(book, sheet, _("Stage 2 audit"), about.stage_2_on)
    for kind, name in words.SUBJECT_LISTS.items():
        _line(book, sheet, name, _subjects(book.pack, kind))


def _subjects(pack: Pack, kind: str) -> str:
    named = [s.name for s in pack.about.subjects if s.kind == kind]
    if kind not in pack.about.declared:
        return _("list not declared")
    return words.joined(named, 40) if named else _("declared empty")


def _basis(book: Book, sheet: Sheet) -> None:
    result = book.pack.result
    sheet.append([book.text(_("Computed with"), "heading")])
    _named(book, sheet, _("Catalogue"), result.catalogue)
    _named(book, sheet, _("Readiness policy"), result.policy)
    _named(book, sheet, _("Maturity model"), result.model)
    head = book.pack.activity
    entry = say(N_("entry %(number)s"), number=head.head_seq) if head.head_seq else _("no entry")
    _line(book, sheet, _("Activity trail"), entry)
    sheet.append([None, book.text(head.head_hash, "value_mono")])


def _named(book: Book, sheet: Sheet, label: str, named: Named) -> None:
    _line(book, sheet, label, say(N_("%(key)s, version %(version)s"), key=named.key, version=named.version))
    sheet.append([None, book.text(named.digest, "value_mono")])


def _line(book: Book, sheet: Sheet, label: str, value: str) -> None:
    sheet.append([book.text(label, "label"), book.text(value or words.day_text(None), "value")])


def _day(book: Book, sheet: Sheet, label: str, day: date | None) -> None:
    shown = book.text(words.day_text(None), "value") if day is None else book.day(day, "value_day")
    sheet.append([book.text(label, "label"), shown])
