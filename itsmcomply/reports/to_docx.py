"""The Word report: a pack to one docx file, in the shipped layout. Pure; knows no table, page or person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

from itsmcomply.datafiles import data_dir
from itsmcomply.language import _, say
from itsmcomply.reports import words
from itsmcomply.reports.archive import fix_times
from itsmcomply.reports.model import Mode, Pack, Progress, no_progress
from itsmcomply.reports.safe import fitted
from itsmcomply.reports.word import front, xml
from itsmcomply.reports.word.annexes import write_annexes
from itsmcomply.reports.word.audits import write_audits
from itsmcomply.reports.word.clauses import write_clauses
from itsmcomply.reports.word.findings import write_findings
from itsmcomply.reports.word.processes import write_processes
from itsmcomply.reports.word.report import Report
from itsmcomply.reports.word.reviews import write_reviews
from itsmcomply.reports.word.verdict import write_gaps, write_verdict
from itsmcomply.wording import N_

PARTS = (
    front.write_summary,
    write_verdict,
    write_clauses,
    write_processes,
    write_gaps,
    write_audits,
    write_findings,
    write_reviews,
    write_annexes,
)
PREFIXES = ("w", "r", "wp", "a", "pic")


def layout_file() -> Path:
    return data_dir("templates") / "reports" / "report.docx"


def write_report(pack: Pack, path: Path, progress: Progress = no_progress, *, layout: Path | None = None) -> None:
    """Write the report to `path`. The same pack and layout give the same bytes. `progress` counts the parts."""
    from docx import Document

    document = Document(str(layout or layout_file()))

    def embed(png: bytes) -> str:
        relation, _image = document.part.get_or_add_image(BytesIO(png))
        return str(relation)

    report = Report(pack, embed)
    front.write_cover(report)
    cover, report.blocks = report.blocks, []
    for done, write in enumerate(PARTS, 1):
        write(report)
        progress(done, len(PARTS))
    contents = [xml.text("TOCHeading", _("Contents")), report.headings.contents()]
    fill_body(document, "".join([*cover, *contents, *report.blocks]))
    fill_marks(document, _marks(pack))
    _properties(document, pack)
    held = BytesIO()
    document.save(held)
    fix_times(held, path)


def fill_body(document: Any, blocks: str) -> None:
    """Put the blocks in place of the layout's empty paragraph, before the section that ends the body."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    body = document.element.body
    for child in list(body)[:-1]:
        body.remove(child)
    section = body[-1]
    for child in list(parse_xml(f"<w:body {nsdecls(*PREFIXES)}>{blocks}</w:body>")):
        section.addprevious(child)


def _marks(pack: Pack) -> dict[str, str]:
    """What stands in header and footer for each mark of the layout."""
    mode = "" if pack.mode is Mode.REAL else f"  |  {words.MODES[pack.mode]}"
    return {
        "{system}": fitted(pack.about.name, 60) + mode,
        "{day}": words.day_text(pack.day),
        "{disclaimer}": words.disclaimer(pack.day),
    }


def fill_marks(document: Any, marks: Mapping[str, str]) -> None:
    """Fill the marks of the layout in header and footer, and put its own words into the language of the file."""
    marks = {"Page ": _("Page") + " ", " of ": " " + _("of") + " "} | dict(marks)
    for paragraph in _running_paragraphs(document):
        for run in paragraph.runs:
            if run.text in marks:
                run.text = marks[run.text]


def _running_paragraphs(document: Any) -> Iterator[Any]:
    for section in document.sections:
        for part in (section.header, section.footer, section.first_page_footer):
            yield from part.paragraphs


def _properties(document: Any, pack: Pack) -> None:
    properties = document.core_properties
    properties.title = fitted(say(N_("Readiness and maturity report, %(name)s"), name=pack.about.name), 250)
    properties.author = properties.last_modified_by = "itsmcomply"
    properties.created = properties.modified = datetime.combine(pack.day, time())
    properties.revision = 1
