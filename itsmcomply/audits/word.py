"""Audit plan, audit report and audit programme in Word, through the layout of the product's reports.

Contents of the report: ISO 19011:2018 6.5.1. Knows no request and no database; names of closed lists come as arguments.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from itsmcomply.audits.kinds import State
from itsmcomply.audits.models import AuditProgramme, AuditRow
from itsmcomply.audits.queries.audits import AuditLine, AuditView, FindingLine
from itsmcomply.audits.rules import Tally
from itsmcomply.clauses.model import Catalogue
from itsmcomply.datafiles import data_dir
from itsmcomply.findings.kinds import Grade
from itsmcomply.findings.words import GRADES
from itsmcomply.language import _, say, tell
from itsmcomply.wording import N_, in_words

if TYPE_CHECKING:
    from docx.document import Document

SAMPLING = N_(
    "Auditing is sampling: only part of the records and activities was looked at, so that not everything that is "
    "wrong need have been found, and what is not mentioned is not thereby confirmed."
)
TEXT_WIDTH_CM = 16.8
SLOT_WIDTHS = (2.8, 5.2, 3.2, 2.8, 2.8)
CONFIDENTIAL = N_("Confidential. For the people named under distribution; pass it on only with their consent.")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of closed lists, by value, and who and where."""

    system: str
    organisation: str
    day: date
    kinds: Mapping[str, str]
    methods: Mapping[str, str]
    roles: Mapping[str, str]
    conclusions: Mapping[str, str]
    extents: Mapping[str, str]
    services: Mapping[int, str]
    signed_by: str = ""
    threads: Mapping[str, str] = field(default_factory=dict)


class Paper:
    """A document in the layout of the product's reports."""

    def __init__(self, head: str, day: date, foot: str) -> None:
        import docx

        self._doc: Document = docx.Document(str(data_dir("templates") / "reports" / "report.docx"))
        section = self._doc.sections[0]
        told = {"{system}": head, "{day}": tell(in_words(day)), "{disclaimer}": foot}
        told |= {"Page ": _("Page") + " ", " of ": " " + _("of") + " "}
        for part in (section.header, section.footer, section.first_page_footer):
            for run in (run for paragraph in part.paragraphs for run in paragraph.runs):
                for mark, text in told.items():
                    if mark in run.text:
                        run.text = run.text.replace(mark, text)

    def cover(self, kicker: str, title: str, lead: str) -> None:
        self.text(kicker, "Kicker")
        self.text(title, "Title")
        self.text(lead, "Lead")

    def heading(self, words: str, level: int = 1, *, new_page: bool = False) -> None:
        """A heading; the layout begins a page with each part, which is too much for short ones."""
        from docx.shared import Pt

        made = self._doc.add_heading(words, level)
        if level == 1:
            made.paragraph_format.page_break_before = new_page
            made.paragraph_format.space_before = Pt(0 if new_page else 22)

    def text(self, words: str, style: str = "Normal") -> None:
        """Each line of the text as a paragraph of its own."""
        for line in words.splitlines() or [""]:
            self._doc.add_paragraph(line, style=style)

    def told(self, title: str, words: str, otherwise: str) -> None:
        """A section that is always there, so that a reader sees that nothing was left out."""
        self.heading(title, 2)
        self.text(words or otherwise)

    def bullets(self, lines: Iterable[str]) -> None:
        """A list on one page."""
        made = [self._doc.add_paragraph(line, style="List Bullet") for line in lines]
        for one in made[:-1]:
            one.paragraph_format.keep_with_next = True

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float] = ()) -> None:
        """A table whose head repeats; `widths` in centimetres."""
        from docx.shared import Cm

        table = self._doc.add_table(rows=1, cols=len(heads), style="Report Rows")
        table.autofit = False
        self._fill(table.rows[0].cells, heads, "Cell Head")
        self._mark(table.rows[0], "tblHeader")
        for row in rows:
            made = table.add_row()
            self._fill(made.cells, row, "Cell")
            self._mark(made, "cantSplit")
        for place, width in enumerate(widths):
            table.columns[place].width = Cm(width)
            for cell in table.columns[place].cells:
                cell.width = Cm(width)
        self._doc.add_paragraph("", style="Note")

    def facts(self, pairs: Sequence[tuple[str, str]]) -> None:
        from docx.shared import Cm

        table = self._doc.add_table(rows=0, cols=2, style="Report Facts")
        table.autofit = False
        table.columns[0].width, table.columns[1].width = Cm(4.5), Cm(12)
        for term, value in pairs:
            cells = table.add_row().cells
            self._fill(cells[:1], [term], "Cell Strong")
            self._fill(cells[1:], [value], "Cell")
            cells[0].width, cells[1].width = Cm(4.5), Cm(12)
        self._doc.add_paragraph("", style="Note")

    def save(self) -> bytes:
        out = io.BytesIO()
        self._doc.save(out)
        return out.getvalue()

    @staticmethod
    def _fill(cells: Sequence[Any], texts: Sequence[str], style: str) -> None:
        for cell, text in zip(cells, texts, strict=True):
            lines = text.splitlines() or [""]
            cell.paragraphs[0].text, cell.paragraphs[0].style = lines[0], style
            for line in lines[1:]:
                cell.add_paragraph(line, style=style)

    @staticmethod
    def _mark(row: Any, name: str) -> None:
        """Set a property of a row that python-docx does not offer: a head that repeats, a row that stays whole."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        mark = OxmlElement(f"w:{name}")
        mark.set(qn("w:val"), "true")
        row._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 - see above


def audit_plan(view: AuditView, catalogue: Catalogue, words: Words) -> bytes:
    """The audit plan: what, why, against what, who, when, whom they meet (ISO 19011:2018 6.3.2)."""
    paper = Paper(f"{words.system}, {view.key}", words.day, _("Audit plan. Confidential."))
    paper.cover(_("Audit plan"), f"{view.key} {view.audit.title}", _days(view.days.first_on, view.days.last_on))
    _particulars(paper, view, catalogue, words)
    _timetable(paper, view)
    paper.heading(_("What will be asked"))
    for clause in view.clauses:
        known = catalogue.clauses[clause]
        paper.heading(f"{clause} {known.label}", 2)
        questions = (q for r in known.requirements for q in catalogue.requirements[r].audit_questions)
        paper.bullets(dict.fromkeys(questions))
    return paper.save()


def audit_report(
    view: AuditView, findings: Sequence[FindingLine], catalogue: Catalogue, words: Words, *, signed: bool
) -> bytes:
    """The audit report. `signed` False: a draft, and it says so."""
    audit = view.audit
    paper = Paper(f"{words.system}, {view.key}", words.day, _("Auditing is sampling. Confidential."))
    lead = view.lead.name if view.lead else ""
    by = say(N_("Signed off by %(who)s on %(day)s."), who=words.signed_by or lead, day=words.day)
    paper.cover(_("Audit report"), f"{view.key} {audit.title}", by if signed else _("Draft, not signed off."))
    paper.heading(_("Audit conclusion"))
    conformity = words.extents[audit.conformity.value] if audit.conformity else _("not concluded")
    effective = words.extents[audit.effectiveness.value] if audit.effectiveness else _("not concluded")
    paper.facts([(_("Audit criteria met"), conformity), (_("Implemented and effective"), effective)])
    paper.text(audit.conclusion or _("Not written yet."))
    paper.text(_counted(view.tally))
    paper.text(_(SAMPLING), "Note")
    _particulars(paper, view, catalogue, words)
    _timetable(paper, view)
    _findings(paper, findings)
    _outcome(paper, view)
    _rows(paper, view, catalogue, words)
    _examined(paper, view)
    return paper.save()


def _counted(tally: Tally) -> str:
    text = N_(
        "%(rows)s requirements in scope: %(counted)s audited, %(left)s not sampled, %(never)s not triggered, "
        "%(open)s open."
    )
    never, left = tally.concluded - tally.counted - tally.not_sampled, tally.rows - tally.concluded
    return say(text, rows=tally.rows, counted=tally.counted, left=tally.not_sampled, never=never, open=left)


def programme_document(
    programme: AuditProgramme, lines: Sequence[AuditLine], catalogue: Catalogue, words: Words
) -> bytes:
    """The audit programme with its audits and which clause each of them holds."""
    paper = Paper(f"{words.system}, {programme.key}", words.day, _("Audit programme"))
    paper.cover(_("Audit programme"), programme.name, _days(programme.from_on, programme.to_on))
    for title, text in (
        (_("Objectives"), programme.objectives),
        (_("Frequency, methods and reporting"), programme.methods),
        (_("Responsibilities and resources"), programme.resources),
        (_("Risks to the programme"), programme.risks),
    ):
        paper.told(title, text, _("Nothing stated."))
    paper.heading(_("Audits"))
    kept = sorted((one for one in lines if one.state is not State.CANCELLED), key=lambda one: one.first_on)
    rows = [
        [one.key, words.kinds[one.kind.value], one.title, _days(one.first_on, one.last_on), one.lead or _("to assign")]
        for one in kept
    ]
    paper.table([_("Audit"), _("Type"), _("Subject"), _("Days"), _("Lead auditor")], rows, (2.3, 2.5, 4.8, 4.4, 2.8))
    held = {number for one in kept for number in one.clauses}
    left = [c.number for c in catalogue.clauses.values() if c.auditable and c.number not in held]
    every = _("Every clause with requirements is in the scope of one of these audits.")
    none = say(N_("In the scope of none of these audits: %(clauses)s."), clauses=", ".join(left))
    paper.text(none if left else every)
    paper.heading(_("Scope of each audit"))
    for one in kept:
        paper.heading(f"{one.key} {one.title}", 2)
        paper.text(_clauses(one.clauses, catalogue).replace("\n", "; "))
        if one.reasons:
            paper.text(" ".join(one.reasons.splitlines()), "Note")
    return paper.save()


def _timetable(paper: Paper, view: AuditView) -> None:
    """When and what; a column that no slot fills is left out."""
    paper.heading(_("Timetable"))
    if not view.timetable:
        paper.text(_("No timetable has been laid out."))
        return
    rows = [
        [
            say(N_("%(day)s\n%(start)s to %(end)s"), day=s.on_day, start=s.starts, end=s.ends),
            s.topic,
            s.auditee,
            s.auditor,
            s.place,
        ]
        for s in view.timetable
    ]
    heads = [_("When"), _("What"), _("Auditee"), _("Auditor"), _("Place")]
    filled = [place for place in range(len(heads)) if any(row[place] for row in rows)]
    share = TEXT_WIDTH_CM / sum(SLOT_WIDTHS[place] for place in filled)
    paper.table(
        [heads[place] for place in filled],
        [[row[place] for place in filled] for row in rows],
        [SLOT_WIDTHS[place] * share for place in filled],
    )


def _particulars(paper: Paper, view: AuditView, catalogue: Catalogue, words: Words) -> None:
    audit = view.audit
    paper.heading(_("Particulars"))
    services = ", ".join(words.services.get(one, str(one)) for one in view.services) or _("All services in scope")
    team = "\n".join(f"{m.name}, {words.roles[m.role.value].lower()}{_part(m.part)}" for m in view.team)
    auditees = dict.fromkeys(s.auditee for s in view.timetable if s.auditee)
    auditees |= dict.fromkeys(r.interviewed for r in view.rows if r.interviewed)
    paper.facts(
        [
            (_("Organisation"), words.organisation or words.system),
            (_("Type"), words.kinds[audit.kind.value]),
            (_("Objectives"), audit.objectives),
            (_("Scope"), _clauses(view.clauses, catalogue)),
            (_("Services"), services),
            (_("Places"), "\n".join(view.sites) or _("Not stated")),
            (_("Audit criteria"), audit.criteria),
            (_("Audit client"), audit.client or _("Not stated")),
            (_("Audit team"), team or _("To be assigned")),
            (_("Auditees"), ", ".join(auditees) or _("Not stated")),
            (_("Days"), _days(view.days.first_on, view.days.last_on)),
            (_("Method"), words.methods[audit.method.value] + (f"\n{audit.remote}" if audit.remote else "")),
        ]
    )


def _findings(paper: Paper, findings: Sequence[FindingLine]) -> None:
    standing = [one for one in findings if not one.withdrawn]
    paper.heading(_("Findings"))
    if not standing:
        paper.text(_("No finding was raised."))
        return
    grades = Counter(_grade(one) for one in standing)
    paper.text("; ".join(f"{grade}: {number}" for grade, number in grades.items()) + ".")
    for one in standing:
        paper.heading(f"{one.key} {one.title}", 2)
        paper.facts(
            [
                (_("Grade"), _grade(one)),
                (_("Requirement"), ", ".join(one.requirements)),
                (_("Statement"), one.statement),
                (
                    _("Objective evidence"),
                    one.objective or _("The versions examined for it, listed at the end."),
                ),
            ]
        )


def _grade(one: FindingLine) -> str:
    return _(GRADES[Grade(one.grade)])


def _outcome(paper: Paper, view: AuditView) -> None:
    audit = view.audit
    paper.heading(_("Course and outcome"))
    paper.told(_("Objectives of the audit"), _reached(view), "")
    paper.told(_("Good practice"), audit.good_practice, _("None noted."))
    paper.told(_("Parts of the scope not covered"), audit.uncovered, _("The whole scope was covered."))
    paper.told(_("Course of the audit and obstacles"), audit.obstacles, _("Carried out as planned, without obstacles."))
    paper.told(_("Differences of opinion not resolved"), audit.differences, _("None."))
    paper.told(_("Agreed follow-up"), audit.follow_up, _("As the findings demand."))
    paper.told(_("Opening meeting"), _meeting(audit.opening_people, audit.opening_notes), _("No notes."))
    paper.told(_("Closing meeting"), _meeting(audit.closing_people, audit.closing_notes), _("No notes."))
    paper.told(_("Distribution"), audit.distribution, _("Not stated."))
    paper.text(_(CONFIDENTIAL), "Note")


def _reached(view: AuditView) -> str:
    """Whether the objectives were reached within the scope, by what the checklist says."""
    tally = view.tally
    if tally.rows and tally.rows == tally.concluded and not tally.not_sampled:
        return _("Reached: every requirement in scope was looked at.")
    left = tally.not_sampled + tally.rows - tally.concluded
    text = N_("Reached for what was looked at; %(left)s of %(rows)s requirements in scope were not.")
    return say(text, left=left, rows=tally.rows)


def _examined(paper: Paper, view: AuditView) -> None:
    """Each version once, with the digest by which its bytes are known."""
    found = {(e.item_key, e.version_number): e for bound in view.evidence.values() for e in bound}
    paper.heading(_("Evidence examined"))
    if not found:
        paper.text(_("No version on file was marked as examined; conclusions rest on what was told and shown."))
        return
    rows = [
        [_version(key, number), e.title, e.sha256 or _("not held here")] for (key, number), e in sorted(found.items())
    ]
    paper.table([_("Version"), _("Title"), "SHA-256"], rows, (3.4, 6.0, 7.4))


def _rows(paper: Paper, view: AuditView, catalogue: Catalogue, words: Words) -> None:
    paper.heading(_("Requirement by requirement"))
    for clause in dict.fromkeys(row.clause for row in view.rows):
        known = catalogue.clauses.get(clause)
        paper.heading(f"{clause} {known.label if known else ''}", 2)
        rows = [_row(row, view, catalogue, words) for row in view.rows if row.clause == clause]
        paper.table(
            [_("Requirement"), _("Conclusion"), _("Seen and said"), _("Evidence examined")], rows, (4.8, 2.6, 6.4, 3.0)
        )


def _row(row: AuditRow, view: AuditView, catalogue: Catalogue, words: Words) -> list[str]:
    known = catalogue.requirements.get(row.requirement)
    conclusion = words.conclusions[row.conclusion.value] if row.conclusion else _("Open")
    seen = [text for text in (row.statement, row.answer) if text]
    if row.interviewed:
        seen.append(say(N_("Interviewed: %(who)s"), who=row.interviewed))
    for thread in view.threads.get(row.id, ()):
        links = _("Every link holds.") if thread.holds else thread.note
        name = words.threads.get(thread.thread, thread.thread)
        seen.append(f"{name}: {' > '.join(thread.steps.splitlines())}. {links}")
    evidence = [_version(e.item_key, e.version_number) for e in view.evidence.get(row.id, ())]
    finding = f"\n{row.finding_key}" if row.finding_key else ""
    return [
        f"{row.requirement} {known.text if known else ''}",
        conclusion + finding,
        "\n".join(seen),
        ", ".join(evidence),
    ]


def _clauses(numbers: Iterable[str], catalogue: Catalogue) -> str:
    return "\n".join(f"{n} {catalogue.clauses[n].label}" for n in numbers if n in catalogue.clauses)


def _part(part: Sequence[str]) -> str:
    return f" ({', '.join(part)})" if part else ""


def _meeting(people: str, notes: str) -> str:
    who = ", ".join(line.strip() for line in people.splitlines() if line.strip())
    present = say(N_("Present: %(who)s"), who=who) if people else ""
    return "\n".join(text for text in (present, notes) if text)


def _days(first: date, last: date) -> str:
    return tell(in_words(first)) if first == last else say(N_("%(first)s to %(last)s"), first=first, last=last)


def _version(key: str, number: int) -> str:
    return say(N_("%(key)s version %(number)s"), key=key, number=number)
