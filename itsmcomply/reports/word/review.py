"""Input pack and minutes of a management review in Word, in the layout of the report. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

from itsmcomply.performance import words as review_words
from itsmcomply.performance.filled import Fact, Filled, Proof
from itsmcomply.performance.papers import Paper, PaperInput, Papers
from itsmcomply.reports import words
from itsmcomply.reports.archive import fix_times
from itsmcomply.reports.model import Mode
from itsmcomply.reports.safe import fitted
from itsmcomply.reports.to_docx import fill_body, fill_marks, layout_file
from itsmcomply.reports.word import xml
from itsmcomply.wording import N_, say

_SPACE = '<w:spacing w:before="2600" w:after="120"/>'
TITLES = {Paper.PACK: N_("Input for the management review"), Paper.MINUTES: N_("Minutes of the management review")}


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
    contents = [xml.text("TOCHeading", "Contents"), headings.contents()]
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
        xml.paragraph("Kicker", xml.run("ISO/IEC 20000-1:2018, clause 9.3"), properties=_SPACE),
        xml.text("Title", TITLES[papers.paper]),
        xml.text("Subtitle", papers.system),
    ]
    if papers.mode:
        lines.append(xml.text("Warning", words.MODES[Mode(papers.mode)]))
    if papers.paper is Paper.MINUTES and papers.signed_on is None:
        lines.append(xml.text("Warning", N_("Draft: not signed")))
    held = words.day_text(papers.held_on) if papers.held_on else N_("not held yet")
    since = N_("the last 365 days; this is the first review on record") if papers.first else N_("since the last review")
    span = f"{words.day_text(papers.period_start)} to {words.day_text(papers.period_end)} ({since})"
    facts = [
        (N_("Review"), papers.key),
        (N_("Planned for"), words.day_text(papers.planned_on)),
        (N_("Held on"), held),
        (N_("Place"), papers.place or N_("not stated")),
        (N_("Chair"), papers.chair),
        (N_("Period looked at"), span),
        (N_("Figures as of"), words.day_text(papers.as_of)),
    ]
    if papers.paper is Paper.MINUTES:
        signed = f"{papers.chair}, {words.day_text(papers.signed_on)}" if papers.signed_on else N_("not signed")
        facts.append((N_("Signed by the chair"), signed))
    rows = [[xml.cell(label, "CellQuiet"), xml.cell(value)] for label, value in facts]
    return [*lines, xml.table((3, 9), (), rows, style="ReportFacts"), xml.paragraph("Note")]


def _result(papers: Papers, headings: xml.Headings) -> list[str]:
    """Who took part and what came of it, before the agenda that it rests on; the pack only names the people."""
    blocks = [headings.add(1, N_("The review")), headings.add(2, N_("Attendance")), *_attendance(papers)]
    if papers.paper is Paper.PACK:
        return blocks
    blocks += [headings.add(2, N_("Conclusion")), *_conclusion(papers)]
    blocks.append(headings.add(2, N_("Decisions")))
    blocks += _table(
        (2, 4, 10, 6),
        (N_("No"), N_("About"), N_("Decision"), N_("Follows from")),
        [
            [
                xml.cell(str(d.number), "CellStrong"),
                xml.cell(review_words.DECISIONS[d.kind]),
                xml.cell(d.text),
                xml.cell(d.follows or "–", "CellQuiet"),
            ]
            for d in papers.decisions
        ],
    )
    blocks.append(headings.add(2, N_("Actions")))
    blocks += _table(
        (2, 11, 5, 4, 3),
        (N_("No"), N_("What"), N_("Who"), N_("Due"), N_("Decision")),
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
            xml.cell(N_("Top management") if guest.top_management else "–", "CellQuiet"),
            xml.cell(_presence(papers, present=guest.present)),
        ]
        for guest in papers.guests
    ]
    return _table((6, 8, 5, 4), (N_("Name"), N_("Role"), N_("Of"), N_("Attendance")), rows)


def _presence(papers: Papers, *, present: bool) -> str:
    if not present:
        return N_("Absent")
    return N_("Present") if papers.held_on else N_("Invited")


def _conclusion(papers: Papers) -> list[str]:
    if not papers.answers:
        return [xml.text("Note", N_("Not stated."))]
    rows = [[xml.cell(question), xml.cell(answer, "CellStrong")] for question, answer in papers.answers]
    return [
        xml.table((12, 3), (), rows, style="ReportFacts"),
        xml.paragraph("Note"),
        xml.text("Normal", papers.statement),
    ]


def _table(widths: Sequence[int], heads: Sequence[str], rows: Sequence[xml.Row]) -> list[str]:
    if not rows:
        return [xml.text("Note", N_("None."))]
    return [xml.table(widths, heads, rows), xml.paragraph("Note")]


def _agenda(papers: Papers, headings: xml.Headings) -> list[str]:
    blocks = [headings.add(1, N_("Inputs"))]
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
        blocks += [xml.text("Heading3", N_("Added by hand")), xml.text("Normal", one.addition)]
    if papers.paper is Paper.MINUTES:
        told = review_words.CONSIDERATIONS[one.consideration] if one.consideration else N_("Not yet answered")
        blocks.append(xml.paragraph("Normal", xml.run(told, properties="<w:b/>")))
    return blocks


def _filled(filled: Filled) -> list[str]:
    blocks = []
    if filled.facts:
        blocks += [
            xml.table((7, 13), (), [_fact(fact) for fact in filled.facts], style="ReportFacts"),
            xml.paragraph("Note"),
        ]
    if filled.proofs:
        heads = (N_("Evidence on file"), N_("Item"), N_("In effect"), N_("State"))
        blocks += [xml.table((10, 8, 4, 4), heads, [_proof(proof) for proof in filled.proofs]), xml.paragraph("Note")]
    return blocks


def _fact(fact: Fact) -> xml.Row:
    return [xml.cell(fact.label, "CellStrong"), xml.cell(fact.value, bold=fact.late)]


def _proof(proof: Proof) -> xml.Row:
    item = f"{proof.item}, version {proof.version}: {proof.title}" if proof.item else "–"
    return [
        xml.cell(proof.name),
        xml.cell(item),
        xml.cell(words.day_text(proof.effective_on) if proof.effective_on else "–"),
        xml.cell(review_words.EVIDENCE_STATES.get(proof.state, proof.state), "CellQuiet"),
    ]
