"""Forms of audits: text into plans, assignments, entries and results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import InputRequired, Optional

from itsmcomply.audits.blueprint import CONCLUSIONS, EXTENTS, KINDS, METHODS, ROLES, SUBJECTS
from itsmcomply.audits.kinds import AuditKind, Competence, Conclusion, Extent, Method, TeamRole
from itsmcomply.audits.operations import Assignment, ProgrammeData, RaisedHere
from itsmcomply.audits.rules import RESULT_TEXTS, Entry, Plan, Result, Slot
from itsmcomply.findings.kinds import Grade
from itsmcomply.web.forms import Form, stripped


def _choices(words: Mapping[Any, LazyString]) -> list[SelectChoice]:
    return choices(words.items())


def choices(pairs: Iterable[tuple[object, str | LazyString]]) -> list[SelectChoice]:
    """Options of a select or of boxes from values and labels, in order."""
    return [SelectChoice(str(value), label) for value, label in pairs]


class Needed:
    """Marks a field that has to be filled in; what is wrong with it is said by the operation, in its own words."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __call__(self, _form: object, _field: object) -> None:
        """Check nothing here."""


NEEDED = (Needed(),)


def _line(label: LazyString, hint: LazyString | str = "", needed: tuple[Needed, ...] = ()) -> StringField:
    return StringField(label, filters=[stripped], description=hint, validators=needed)


def _text(
    label: LazyString, hint: LazyString | str = "", rows: int = 3, needed: tuple[Needed, ...] = ()
) -> TextAreaField:
    return TextAreaField(label, filters=[stripped], description=hint, render_kw={"rows": rows}, validators=needed)


def _for_sign_off(label: LazyString, hint: LazyString, rows: int = 3) -> TextAreaField:
    """A text that may wait until the sign-off: not called optional, and saved without it all the same."""
    kept = {"rows": rows, "required": False}
    return TextAreaField(label, filters=[stripped], description=hint, render_kw=kept, validators=NEEDED)


class ProgrammeForm(Form):
    """An audit programme."""

    name = _line(_l("Name"), _l("For example: Internal audits 2027."), needed=NEEDED)
    from_on = DateField(_l("From"), validators=[Optional(), *NEEDED])
    to_on = DateField(_l("Until"), validators=[Optional(), *NEEDED])
    objectives = _text(_l("Objectives"), needed=NEEDED)
    methods = _text(_l("Frequency, methods and reporting"))
    resources = _text(_l("Responsibilities and resources"))
    risks = _text(_l("Risks to the programme"))
    row_version = IntegerField(validators=[Optional()])
    seen = HiddenField()

    def data_of(self) -> ProgrammeData:
        return ProgrammeData(
            name=self.name.data or "",
            from_on=self.from_on.data,
            to_on=self.to_on.data,
            objectives=self.objectives.data or "",
            methods=self.methods.data or "",
            resources=self.resources.data or "",
            risks=self.risks.data or "",
        )


class PlanForm(Form):
    """The plan of one audit. A process chosen stands for its clauses."""

    kind = SelectField(_l("Type"), validators=NEEDED, choices=_choices(KINDS))
    title = _line(_l("Name"), _l("Its subject, for example: Resolution and fulfilment."), needed=NEEDED)
    first_on = DateField(_l("First day"), validators=[Optional(), *NEEDED])
    last_on = DateField(_l("Last day"), validators=[Optional(), *NEEDED])
    objectives = _text(_l("Objectives"), needed=NEEDED)
    criteria = _text(_l("Audit criteria"), _l("What is audited against."), needed=NEEDED)
    method = SelectField(_l("Method"), validators=NEEDED, choices=_choices(METHODS))
    remote = _text(_l("Remote parts and tools"), rows=2)
    client = _line(_l("Audit client"), _l("Who asked for the audit."))
    sites = _text(_l("Sites"), _l("One on each line."), rows=2)
    reasons = _text(_l("Why now"), _l("Importance, changes, earlier results."), rows=2)
    clauses = SelectMultipleField(_l("Clauses"), choices=[])
    processes = SelectMultipleField(_l("Processes"), choices=[])
    services = SelectMultipleField(_l("Services"), choices=[], coerce=int)
    change_reason = _line(_l("Reason of the change"))
    row_version = IntegerField(validators=[Optional()])
    seen = HiddenField()

    def unfold(self, clauses_of: Mapping[str, tuple[str, ...]]) -> None:
        """Tick the clauses of each process chosen in place of the process; `clauses_of` gives them."""
        chosen = dict.fromkeys(self.clauses.data or [])
        for process in self.processes.data or []:
            chosen |= dict.fromkeys(clauses_of[process])
        self.clauses.data, self.processes.data = list(chosen), []

    def plan(self, clauses_of: Mapping[str, tuple[str, ...]]) -> Plan:
        """The plan; `clauses_of` gives the clauses of a process."""
        chosen = dict.fromkeys(self.clauses.data or [])
        for process in self.processes.data or []:
            chosen |= dict.fromkeys(clauses_of[process])
        return Plan(
            kind=AuditKind(self.kind.data),
            title=self.title.data or "",
            objectives=self.objectives.data or "",
            criteria=self.criteria.data or "",
            method=Method(self.method.data),
            first_on=self.first_on.data,
            last_on=self.last_on.data,
            clauses=tuple(chosen),
            services=tuple(self.services.data or ()),
            sites=tuple(line.strip() for line in (self.sites.data or "").splitlines() if line.strip()),
            remote=self.remote.data or "",
            client=self.client.data or "",
            reasons=self.reasons.data or "",
        )


class TeamForm(Form):
    """Somebody joins the team."""

    role = SelectField(_l("As"), validators=NEEDED, choices=_choices(ROLES))
    user_id = SelectField(_l("Person"), validators=NEEDED, coerce=int, choices=[])
    name = _line(_l("Or a name"), _l("For somebody without an account."))
    leave_out = BooleanField(_l("Only the part they may audit"))

    def assignment(self) -> Assignment:
        return Assignment(
            role=TeamRole(self.role.data),
            user_id=self.user_id.data or None,
            name="" if self.user_id.data else self.name.data or "",
            leave_out=bool(self.leave_out.data),
        )


class SlotForm(Form):
    """A line of the timetable."""

    on_day = DateField(_l("Day"), validators=[Optional(), *NEEDED])
    starts = _line(_l("From"), needed=NEEDED)
    ends = _line(_l("Until"), needed=NEEDED)
    topic = _line(_l("What"), needed=NEEDED)
    auditee = _line(_l("Auditee"))
    auditor = _line(_l("Auditor"))
    place = _line(_l("Place"))

    def slot(self) -> Slot:
        return Slot(
            self.on_day.data,
            self.starts.data or "",
            self.ends.data or "",
            self.topic.data or "",
            self.auditee.data or "",
            self.auditor.data or "",
            self.place.data or "",
        )


class BeginForm(Form):
    opening_people = _text(_l("Present at the opening meeting"), rows=2)
    opening_notes = _text(_l("Notes of the opening meeting"), _l("Can be written later, with the result."))


class ReasonForm(Form):
    """Why something is ended; the operation says what is wrong with it."""

    reason = _line(_l("Reason"), needed=NEEDED)


class RowForm(Form):
    """A row of the checklist."""

    conclusion = RadioField(_l("Conclusion"), choices=_choices(CONCLUSIONS), validators=[Optional()])
    statement = _text(_l("Statement"), rows=4)
    answer = _text(_l("What you were told and shown"), rows=4)
    note = _text(_l("Working note"), rows=2)
    interviewed = _line(_l("Interviewed"))
    questions = _text(_l("Questions of your own"), _l("One on each line."), rows=2)
    points = SelectMultipleField(_l("Points to cover"), choices=[])
    row_version = IntegerField(validators=[InputRequired()])

    def entry(self) -> Entry:
        return Entry(
            conclusion=Conclusion(self.conclusion.data) if self.conclusion.data else None,
            statement=self.statement.data or "",
            answer=self.answer.data or "",
            note=self.note.data or "",
            interviewed=self.interviewed.data or "",
            points=tuple(self.points.data or ()),
            questions=self.questions.data or "",
        )


class RaiseForm(Form):
    """A finding raised from a row."""

    grade = SelectField(_l("Grade"), validators=NEEDED, choices=[])
    title = _line(_l("Title"), needed=NEEDED)
    statement = _text(_l("Statement of the finding"), _l("What is not met, in one or two sentences."), needed=NEEDED)
    objective = _text(_l("Objective evidence"), _l("Records, days, who said what. Examined versions are attached."))
    row_version = IntegerField(validators=[InputRequired()])

    def raised(self) -> RaisedHere:
        return RaisedHere(
            Grade(self.grade.data), self.title.data or "", self.statement.data or "", self.objective.data or ""
        )


class ThreadForm(Form):
    """A thread followed from record to record."""

    thread = SelectField(_l("Thread"), validators=NEEDED, choices=[])
    steps = _text(_l("Records, one on each line"), rows=4, needed=NEEDED)
    holds = BooleanField(_l("Every link holds"))
    remark = _line(_l("Where a link is missing"))


class ResultForm(Form):
    """What the audit came to."""

    conformity = RadioField(_l("Are the audit criteria met?"), choices=_choices(EXTENTS), validators=[Optional()])
    effectiveness = RadioField(
        _l("Is the system implemented and effective?"), choices=_choices(EXTENTS), validators=[Optional()]
    )
    conclusion = _for_sign_off(_l("Audit conclusion"), _l("Against the criteria; needed for the sign-off."), rows=4)
    good_practice = _text(_l("Good practice seen"))
    uncovered = _text(_l("Parts of the scope not covered, and why"), _l("Needed where rows are not sampled."))
    obstacles = _text(_l("Course of the audit, obstacles"))
    differences = _text(_l("Differences of opinion not resolved"))
    follow_up = _text(_l("Agreed follow-up"))
    distribution = _for_sign_off(_l("Distribution"), _l("Who receives the report; needed for the sign-off."), rows=2)
    opening_people = _text(_l("Present at the opening meeting"), rows=2)
    opening_notes = _text(_l("Notes of the opening meeting"))
    closing_people = _text(_l("Present at the closing meeting"), rows=2)
    closing_notes = _text(_l("Notes of the closing meeting"))
    row_version = IntegerField(validators=[InputRequired()])
    seen = HiddenField()

    def result(self) -> Result:
        texts = {name: getattr(self, name).data or "" for name in RESULT_TEXTS}
        return Result(
            conformity=Extent(self.conformity.data) if self.conformity.data else None,
            effectiveness=Extent(self.effectiveness.data) if self.effectiveness.data else None,
            opening_people=self.opening_people.data,
            opening_notes=self.opening_notes.data,
            **texts,
        )


class CompetenceForm(Form):
    """What an auditor knows."""

    user_id = SelectField(_l("Auditor"), validators=NEEDED, coerce=int, choices=[])
    subject = SelectField(_l("Subject"), validators=NEEDED, choices=_choices(SUBJECTS))
    text = _line(_l("What shows it"), _l("For example: lead auditor course, 2025."), needed=NEEDED)
    item = _line(_l("Evidence"), _l("Its key, for example EV-0142."), needed=NEEDED)
    valid_until = DateField(_l("Valid until"), validators=[Optional()])

    def subject_of(self) -> Competence:
        return Competence(self.subject.data)


class DraftForm(Form):
    """Which audits of the suggested plan are kept."""

    start = DateField(_l("First day"), validators=[Optional(), *NEEDED])
    keep = SelectMultipleField(_l("Audits"), choices=[])


class ApproveForm(Form):
    note = _line(_l("Note"))
