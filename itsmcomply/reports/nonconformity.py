"""The report of one finding in Word, in the shipped layout: every field an auditor asks of a nonconformity report.

Contents follow ISO 19011:2018 6.5 and the fields certification bodies ask for. Pure: a read model in, bytes out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from itsmcomply.findings.dossiers import ActionFile, Bound, CauseFile
from itsmcomply.findings.kinds import CauseMethod, EvidenceUse
from itsmcomply.findings.models import FindingPlan, FindingWithdrawal
from itsmcomply.findings.queries.finding import FindingPage
from itsmcomply.language import Spoken, _, say, tell
from itsmcomply.reports import words
from itsmcomply.reports.safe import fitted
from itsmcomply.reports.to_docx import fill_body, fill_marks, layout_file
from itsmcomply.reports.word import xml
from itsmcomply.wording import N_

TITLES = Spoken({True: N_("Nonconformity report"), False: N_("Finding report")})
_NONE = N_("Not on record.")


@dataclass(frozen=True, slots=True)
class About:
    """What the report says besides the finding: system, organisation, day, names of processes, and the mode."""

    system: str
    organisation: str
    day: date
    processes: dict[str, str]
    mode: str = ""


class _Paper:
    """The blocks written so far."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self._headings = xml.Headings()

    def heading(self, text: str) -> None:
        self.blocks.append(self._headings.add(2, text))

    def part(self, text: str) -> None:
        self.blocks.append(self._headings.add(3, text))

    def text(self, text: str, style: str = "Normal", *, keep: bool = False) -> None:
        """A paragraph; `keep` on one page with the next."""
        block = xml.text(style, text)
        self.blocks.append(xml.kept(block) if keep else block)

    def facts(self, pairs: Iterable[tuple[str, str]]) -> None:
        rows = [[xml.cell(name, "CellQuiet"), xml.cell(value or words.DASH)] for name, value in pairs]
        self.blocks += [xml.table((3, 9), (), rows, style="ReportFacts"), xml.paragraph("Note")]

    def table(self, widths: Sequence[int], heads: Sequence[str], rows: Sequence[xml.Row]) -> None:
        self.blocks += [xml.table(widths, heads, rows), xml.paragraph("Note")]


def nonconformity_report(found: FindingPage, about: About) -> bytes:
    """The bytes of the report. The same finding on the same day gives the same text."""
    from docx import Document

    document: Any = Document(str(layout_file()))
    paper, is_nc = _Paper(), found.case.grade.is_nonconformity
    _front(paper, found, about)
    _found(paper, found)
    if found.dossier.withdrawal is not None:
        _withdrawal(paper, found, found.dossier.withdrawal)
    elif is_nc:
        _correction(paper, found)
        _extent(paper, found)
        _cause(paper, found)
        _actions(paper, found)
        _decisions(paper, found)
    else:
        _answers(paper, found)
    if found.dossier.withdrawal is None:
        _closing(paper, found)
    fill_body(document, "".join(paper.blocks))
    name = f"{TITLES[is_nc]} {found.dossier.finding.key}"
    mode = f"  |  {about.mode}" if about.mode else ""
    fill_marks(
        document,
        {"{system}": fitted(about.system, 60) + mode, "{day}": words.day_text(about.day), "{disclaimer}": name},
    )
    properties = document.core_properties
    properties.title, properties.author = fitted(name, 250), "itsmcomply"
    properties.created = properties.modified = datetime.combine(about.day, time())
    held = BytesIO()
    document.save(held)
    return held.getvalue()


def _front(paper: _Paper, found: FindingPage, about: About) -> None:
    finding = found.dossier.finding
    paper.text(f"{TITLES[found.case.grade.is_nonconformity]} {finding.key}", "Kicker")
    paper.text(finding.title, "Title")
    if about.mode:
        paper.text(about.mode, "Warning")
    paper.text(_standing(found), "Lead")
    process = ", ".join(about.processes.get(key, key) for key in sorted(found.dossier.processes))
    paper.facts(
        [
            (_("Organisation"), about.organisation),
            (_("Management system"), about.system),
            (_("Grade"), _grade(found)),
            (_("Requirements"), ", ".join(found.dossier.requirements)),
            (_("Process"), process),
            (_("Found on"), words.day_text(finding.found_on)),
            (_("Found by"), _source(found)),
            (_("Raised by (auditor)"), found.name(finding.opened_by)),
            (_("Owner (auditee)"), found.name(finding.owner_id)),
            (_("Plan due"), words.day_text(found.case.plan_due_on) if found.case.plan_due_on else ""),
            (_("Closing due"), _closing_due(found)),
            *((_("Repeat of"), one.key) for one in found.earlier),
            (_("As of"), words.day_text(about.day)),
        ]
    )


def _closing_due(found: FindingPage) -> str:
    if found.case.closure_due_on is None:
        return ""
    day = words.day_text(found.case.closure_due_on)
    return say(N_("%(day)s, when the certificate ends"), day=day) if found.case.ends_on else day


def _standing(found: FindingPage) -> str:
    state = words.FINDING_STATES[found.state]
    asked = [tell(gate) for step in found.steps if step.mark == "next" for gate in step.gates]
    return f"{state}. {' '.join(asked)}" if asked else f"{state}."


def _grade(found: FindingPage) -> str:
    name = words.GRADES[found.case.grade]
    return f"{name}. {found.meaning.meaning}" if found.meaning else name


def _source(found: FindingPage) -> str:
    finding = found.dossier.finding
    parts = (words.SOURCES[finding.source], finding.audit_key, finding.source_ref)
    return ", ".join(part for part in parts if part)


def _found(paper: _Paper, found: FindingPage) -> None:
    finding = found.dossier.finding
    paper.heading(_("1 What was found"))
    paper.text(finding.statement)
    paper.part(_("Objective evidence"))
    if finding.objective:
        paper.text(finding.objective)
    _evidence(paper, found.dossier.of_use(EvidenceUse.OBJECTIVE), none=not finding.objective)
    paper.part(_("Criterion"))
    if finding.criterion:
        paper.text(finding.criterion)
    rows = [
        [xml.cell(r.id, "CellStrong"), xml.cell(f"{r.clause} {r.clause_title}"), xml.cell(r.text)]
        for r in found.requirements
    ]
    if rows:
        paper.table((3, 6, 12), (_("Requirement"), _("Clause"), _("In our words")), rows)


def _evidence(paper: _Paper, bound: Sequence[Bound], *, none: bool = True) -> None:
    """A table of bound versions with their digests; a sentence where there are none and one is wanted."""
    if bound:
        rows = [
            [
                xml.cell(say(N_("%(key)s version %(number)s"), key=b.item_key, number=b.version), "CellStrong"),
                xml.cells(xml.text("Cell", b.title), xml.text("CellQuiet", b.name)),
                xml.cell(b.row.sha256 or words.DASH),
                xml.cell(words.label(b.state.value)),
            ]
            for b in bound
        ]
        paper.table((4, 7, 8, 3), (_("Evidence"), _("Title and file"), _("SHA-256"), _("State")), rows)
    elif none:
        paper.text(_(_NONE), "Note")


def _by(found: FindingPage, at: datetime, who: int) -> str:
    return say(N_("Recorded %(day)s by %(who)s."), day=words.day_text(at.date()), who=found.name(who))


def _correction(paper: _Paper, found: FindingPage) -> None:
    paper.heading(_("2 Correction"))
    for row in found.dossier.corrections[-1:]:
        paper.text(row.text, keep=True)
        done = say(N_("Done on %(day)s by %(who)s."), day=words.day_text(row.done_on), who=row.done_by)
        paper.text(f"{done} {_by(found, row.recorded_at, row.recorded_by)}", "Note")
    _evidence(paper, found.dossier.of_use(EvidenceUse.CORRECTION), none=not found.dossier.corrections)


def _extent(paper: _Paper, found: FindingPage) -> None:
    paper.heading(_("3 Extent"))
    for row in found.dossier.extents:
        paper.facts(
            [
                *_round(found, row.round),
                (_("Exists elsewhere"), _("yes") if row.elsewhere else _("no")),
                (_("Looked"), row.looked),
                (_("Found"), row.result),
            ]
        )
        paper.text(_by(found, row.recorded_at, row.recorded_by), "Note")
    if not found.dossier.extents:
        paper.text(_(_NONE), "Note")


def _round(found: FindingPage, number: int) -> list[tuple[str, str]]:
    """The attempt a statement belongs to, where there was more than one."""
    return [(_("Round"), str(number))] if found.dossier.finding.round > 1 else []


def _cause(paper: _Paper, found: FindingPage) -> None:
    paper.heading(_("4 Cause"))
    for cause in found.dossier.causes:
        paper.facts(
            [
                *_round(found, cause.row.round),
                (_("Method"), words.CAUSE_METHODS[cause.row.method]),
                (_("Analysis"), _analysis(cause)),
                (_("Root cause"), cause.row.root_cause),
                (_("How it led to it"), cause.row.explains),
            ]
        )
        paper.text(_by(found, cause.row.recorded_at, cause.row.recorded_by), "Note")
    if not found.dossier.causes:
        paper.text(_(_NONE), "Note")


def _analysis(cause: CauseFile) -> str:
    if cause.row.method is CauseMethod.FIVE_WHYS:
        return "\n".join(say(N_("%(n)s. Why? %(text)s"), n=line.position, text=line.text) for line in cause.lines)
    return "\n".join(f"{words.CATEGORIES[line.category]}: {line.text}" for line in cause.lines)


def _actions(paper: _Paper, found: FindingPage) -> None:
    paper.heading(_("5 Corrective actions"))
    rows = [
        [
            xml.cell(str(action.row.number), "CellStrong"),
            xml.cell(action.row.text),
            xml.cell(found.name(action.row.owner_id)),
            xml.cell(words.day_text(action.due_on)),
            xml.cell(_completion(found, action)),
        ]
        for action in found.dossier.actions
    ]
    if rows:
        paper.table((2, 10, 5, 4, 8), (_("No."), _("Action"), _("Owner"), _("Due"), _("Done")), rows)
        _evidence(paper, found.dossier.of_use(EvidenceUse.ACTION), none=False)
    else:
        paper.text(_(_NONE), "Note")


def _completion(found: FindingPage, action: ActionFile) -> str:
    row = action.row
    if row.ended_at is not None:
        return say(N_("Given up: %(reason)s"), reason=row.end_reason)
    if row.completed_at is None or row.completed_by is None:
        return _("to do")
    day, who = words.day_text(row.completed_at.date()), found.name(row.completed_by)
    return f"{day}, {who}\n{row.completed_note}".strip()


def _decisions(paper: _Paper, found: FindingPage) -> None:
    paper.heading(_("6 Plan decision"))
    rows = [
        [
            xml.cell(str(plan.number), "CellStrong"),
            xml.cell(f"{words.day_text(plan.submitted_at.date())}, {found.name(plan.submitted_by)}"),
            xml.cell(_decided(found, plan)),
            xml.cell(". ".join(part for part in (plan.note, plan.end_reason) if part) or words.DASH),
        ]
        for plan in found.dossier.plans
    ]
    if rows:
        paper.table((2, 7, 7, 8), (_("Plan"), _("Submitted"), _("Decision"), _("Note")), rows)
    else:
        paper.text(_(_NONE), "Note")
    paper.heading(_("7 Effectiveness"))
    for row in found.dossier.verifications:
        result = _("Effective.") if row.effective else _("Not effective.")
        paper.text(f"{result} {row.statement}")
        day, who = words.day_text(row.verified_at.date()), found.name(row.verified_by)
        told: list[str] = [say(N_("Verified %(day)s by %(who)s."), day=day, who=who)]
        told += [f"{name}: {number}." for name, number in _round(found, row.round)]
        paper.text(" ".join(told), "Note")
    _evidence(paper, found.dossier.of_use(EvidenceUse.EFFECTIVENESS), none=not found.dossier.verifications)


def _decided(found: FindingPage, plan: FindingPlan) -> str:
    if plan.decided_at is None:
        return _("undecided")
    text = N_("accepted %(day)s, %(who)s") if plan.accepted else N_("returned %(day)s, %(who)s")
    return say(text, day=plan.decided_at.date(), who=found.name(plan.decided_by))


def _withdrawal(paper: _Paper, found: FindingPage, row: FindingWithdrawal) -> None:
    paper.heading(_("2 Withdrawal"))
    paper.text(row.reason)
    day, who = words.day_text(row.withdrawn_at.date()), found.name(row.withdrawn_by)
    paper.text(say(N_("Withdrawn %(day)s by %(who)s: it was raised in error."), day=day, who=who), "Note")


def _answers(paper: _Paper, found: FindingPage) -> None:
    paper.heading(_("2 Answer"))
    for row in found.dossier.answers:
        paper.text(row.text)
        paper.text(_by(found, row.recorded_at, row.recorded_by), "Note")
    _evidence(paper, found.dossier.of_use(EvidenceUse.ANSWER), none=not found.dossier.answers)


def _closing(paper: _Paper, found: FindingPage) -> None:
    paper.heading(_("8 Closing") if found.case.grade.is_nonconformity else _("3 Closing"))
    for row in found.dossier.closings:
        day, who = words.day_text(row.closed_at.date()), found.name(row.closed_by)
        closed = say(N_("Closed %(day)s by %(who)s."), day=day, who=who)
        paper.text(f"{closed} {row.note}".strip())
        if row.reopened_at is not None:
            again = N_("Reopened %(day)s by %(who)s: %(reason)s")
            who, day = found.name(row.reopened_by), words.day_text(row.reopened_at.date())
            paper.text(say(again, day=day, who=who, reason=row.reopen_reason))
    if not found.dossier.closings:
        paper.text(_("Open."), "Note")
