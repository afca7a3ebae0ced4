"""Input pack and minutes of a management review in Word, in the layout of the report. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

from itsmcomply.language import Spoken, _, say, tell
from itsmcomply.performance import words as review_words
from itsmcomply.performance.filled import Fact, Filled, Proof
from itsmcomply.performance.papers import Paper, PaperInput, Papers
from itsmcomply.reports import words
from itsmcomply.reports.archive import fix_times
from itsmcomply.reports.model import Mode
from itsmcomply.reports.safe import fitted
from itsmcomply.reports.to_docx import fill_body, fill_marks, layout_file
from itsmcomply.reports.word import xml
from itsmcomply.wording import N_

_SPACE = '<w:spacing w:before="2600" w:after="120"/>'
TITLES = Spoken(
    {Paper.PACK: N_("Input for the management review"), Paper.MINUTES: N_("Minutes of the management review")}
)


class ReviewWriter:
    """Implements `performance.outlook.Writer`."""

    def write(self, papers: Papers, path: Path) -> None:
        write_review(papers, path)


def write_review(papers: Papers, path: Path, *, layout: Path | None = None) -> None:
    """Write one of the two documents to `path`. The same papers and layout give the same bytes."""
    from docx import Document

    document = Document(str(layout or layout_file()))
    headings = xml.Headings()
    body = [*_result(papers, headings), *_agenda(papers, headings)]
    contents = [xml.text("TOCHeading", _("Contents")), headings.contents()]
    fill_body(document, "".join([*_cover(papers), *contents, *body]))
    _fill_lines(document, papers)
    properties = document.core_properties
    properties.title = fitted(f"{TITLES[papers.paper]} {papers.key}, {papers.system}", 250)
    properties.author = properties.last_modified_by = "itsmcomply"
    properties.created = properties.modified = datetime.combine(papers.as_of, time())
    properties.revision = 1
    held = BytesIO()
    document.save(held)
    fix_times(held, path)


def _fill_lines(document: Any, papers: Papers) -> None:
    """Fill the marks of the layout in header and footer."""
    mode = f"  |  {words.MODES[Mode(papers.mode)]}" if papers.mode else ""
    marks = {
        "{system}": fitted(papers.system, 60) + mode,
        "{day}": words.day_text(papers.as_of),
        "{disclaimer}": say(N_("%(title)s %(key)s"), title=TITLES[papers.paper], key=papers.key),
    }
    fill_marks(document, marks)


def _cover(papers: Papers) -> list[str]:
    lines = [
        xml.paragraph("Kicker", xml.run(_("ISO/IEC 20000-1:2018, clause 9.3")), properties=_SPACE),
        xml.text("Title", TITLES[papers.paper]),
        xml.text("Subtitle", papers.system),
    ]
    if papers.mode:
        lines.append(xml.text("Warning", words.MODES[Mode(papers.mode)]))
    if papers.paper is Paper.MINUTES and papers.signed_on is None:
        lines.append(xml.text("Warning", _("Draft: not signed")))
    held = words.day_text(papers.held_on) if papers.held_on else _("not held yet")
    since = _("the last 365 days; this is the first review on record") if papers.first else _("since the last review")
    span = f"{words.days_text(papers.period_start, papers.period_end)} ({since})"
    facts = [
        (_("Review"), papers.key),
        (_("Planned for"), words.day_text(papers.planned_on)),
        (_("Held on"), held),
        (_("Place"), papers.place or _("not stated")),
        (_("Chair"), papers.chair),
        (_("Period looked at"), span),
        (_("Figures as of"), words.day_text(papers.as_of)),
    ]
    if papers.paper is Paper.MINUTES:
        signed = f"{papers.chair}, {words.day_text(papers.signed_on)}" if papers.signed_on else _("not signed")
        facts.append((_("Signed by the chair"), signed))
    rows = [[xml.cell(label, "CellQuiet"), xml.cell(value)] for label, value in facts]
    return [*lines, xml.table((3, 9), (), rows, style="ReportFacts"), xml.paragraph("Note")]


def _result(papers: Papers, headings: xml.Headings) -> list[str]:
    """Who took part and what came of it, before the agenda that it rests on; the pack only names the people."""
    blocks = [headings.add(1, _("The review")), headings.add(2, _("Attendance")), *_attendance(papers)]
    if papers.paper is Paper.PACK:
        return blocks
    blocks += [headings.add(2, _("Conclusion")), *_conclusion(papers)]
    blocks.append(headings.add(2, _("Decisions")))
    blocks += _table(
        (2, 4, 10, 6),
        (_("No"), _("About"), _("Decision"), _("Follows from")),
        [
            [
                xml.cell(str(d.number), "CellStrong"),
                xml.cell(words.DECISIONS[d.kind]),
                xml.cell(d.text),
                xml.cell(d.follows or "–", "CellQuiet"),
            ]
            for d in papers.decisions
        ],
    )
    blocks.append(headings.add(2, _("Actions")))
    blocks += _table(
        (2, 11, 5, 4, 3),
        (_("No"), _("What"), _("Who"), _("Due"), _("Decision")),
        [
            [
                xml.cell(str(a.number), "CellStrong"),
                xml.cell(a.text),
                xml.cell(a.owner),
                xml.cell(words.day_text(a.due_on)),
                xml.cell(str(a.decision) if a.decision else "–", "CellQuiet"),
            ]
            for a in papers.actions
        ],
    )
    return blocks


def _attendance(papers: Papers) -> list[str]:
    rows = [
        [
            xml.cell(guest.name, "CellStrong"),
            xml.cell(guest.role),
            xml.cell(_("Top management") if guest.top_management else "–", "CellQuiet"),
            xml.cell(_presence(papers, present=guest.present)),
        ]
        for guest in papers.guests
    ]
    return _table((6, 8, 5, 4), (_("Name"), _("Role"), _("Of"), _("Attendance")), rows)


def _presence(papers: Papers, *, present: bool) -> str:
    if not present:
        return _("Absent")
    return _("Present") if papers.held_on else _("Invited")


def _conclusion(papers: Papers) -> list[str]:
    if not papers.answers:
        return [xml.text("Note", _("Not stated."))]
    rows = [[xml.cell(_(question)), xml.cell(_(answer), "CellStrong")] for question, answer in papers.answers]
    return [
        xml.table((12, 3), (), rows, style="ReportFacts"),
        xml.paragraph("Note"),
        xml.text("Normal", papers.statement),
    ]


def _table(widths: Sequence[int], heads: Sequence[str], rows: Sequence[xml.Row]) -> list[str]:
    if not rows:
        return [xml.text("Note", _("None."))]
    return [xml.table(widths, heads, rows), xml.paragraph("Note")]


def _agenda(papers: Papers, headings: xml.Headings) -> list[str]:
    blocks = [headings.add(1, _("Inputs"))]
    for one in papers.inputs:
        blocks += _input(papers, one, headings)
    return blocks


def _input(papers: Papers, one: PaperInput, headings: xml.Headings) -> list[str]:
    blocks = [
        headings.add(2, f"{one.number} {one.name}"),
        xml.paragraph("Note", xml.run(f"{one.requirement}. {one.ask}"), properties="<w:keepNext/>"),
    ]
    blocks += _filled(one.filled)
    if one.addition:
        blocks += [xml.text("Heading3", _("Added by hand")), xml.text("Normal", one.addition)]
    if papers.paper is Paper.MINUTES:
        told = _(review_words.CONSIDERATIONS[one.consideration]) if one.consideration else _("Not yet answered")
        blocks.append(xml.paragraph("Normal", xml.run(told, properties="<w:b/>")))
    return [*(xml.kept(block) for block in blocks[:-1]), blocks[-1]]


def _filled(filled: Filled) -> list[str]:
    blocks = []
    if filled.facts:
        blocks += [
            xml.table((7, 13), (), [_fact(fact) for fact in filled.facts], style="ReportFacts"),
            xml.paragraph("Note"),
        ]
    if filled.proofs:
        heads = (_("Evidence on file"), _("Item"), _("In effect"), _("State"))
        blocks += [xml.table((10, 8, 4, 4), heads, [_proof(proof) for proof in filled.proofs]), xml.paragraph("Note")]
    return blocks


def _fact(fact: Fact) -> xml.Row:
    return [xml.cell(tell(fact.label), "CellStrong"), xml.cell(tell(fact.value), bold=fact.late)]


def _proof(proof: Proof) -> xml.Row:
    told = N_("%(item)s, version %(version)s: %(title)s")
    item = say(told, item=proof.item, version=proof.version, title=proof.title) if proof.item else "–"
    return [
        xml.cell(proof.name),
        xml.cell(item),
        xml.cell(words.day_text(proof.effective_on) if proof.effective_on else "–"),
        xml.cell(_(review_words.EVIDENCE_STATES.get(proof.state, proof.state)), "CellQuiet"),
    ]
