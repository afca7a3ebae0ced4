"""Forms about findings: text of a page becomes the typed statements that operations take."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from itsmcomply.clauses.model import Catalogue, CommonNonconformity
from itsmcomply.findings.kinds import CauseCategory, CauseMethod, Grade, Source
from itsmcomply.findings.limits import LONGEST_DAYS, Limits
from itsmcomply.findings.statements import (
    LONGEST_NAME,
    LONGEST_TEXT,
    LONGEST_TITLE,
    Cause,
    Correction,
    Extent,
    NewAction,
    Raising,
)
from itsmcomply.web.filters import LABELS
from itsmcomply.web.forms import Form, stripped

WHYS = 5
CAUSE_LINES = {category: f"in_{category.value}" for category in CauseCategory if category is not CauseCategory.NONE}
_SEPARATORS = re.compile(r"[\s,;]+")


class MultiCheckboxField(SelectMultipleField):
    """Several of a list, each with its own box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _text(name: Any, description: Any = "", *, needed: bool = False) -> TextAreaField:
    checks = [InputRequired(), Length(max=LONGEST_TEXT)] if needed else [Length(max=LONGEST_TEXT)]
    return TextAreaField(name, checks, filters=[stripped], description=description)


class EvidenceForm(Form):
    """Choose versions of evidence: ticked from a list, or named as EV-0142 (its latest version) or EV-0142/2."""

    FIELD_OF: ClassVar[Mapping[str, str]] = {"evidence": "refs"}

    picked = MultiCheckboxField(_l("Evidence on file"), coerce=int, choices=[], validate_choice=False)
    refs = StringField(
        _l("Other evidence"),
        [Length(max=1000)],
        filters=[stripped],
        description=_l("Numbers from the register, as EV-0142, or EV-0142/2 for version 2."),
    )

    def offer(self, choices: Sequence[tuple[int, str]]) -> None:
        self.picked.choices = list(choices)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name in _SEPARATORS.split(self.refs.data or "") if name)


class ByGrade:
    """Marks what some grades need and others do not; the rules say which."""

    field_flags: ClassVar[Mapping[str, bool]] = {"depends": True}

    def __call__(self, form: object, field: object) -> None:
        """Nothing to check here."""


class RaiseForm(EvidenceForm):
    """A new finding. `look` and `words` only fill the form: help for these requirements, words auditors often use."""

    FIELD_OF: ClassVar[Mapping[str, str]] = {
        "evidence": "refs",
        "process": "at_process",
    }  # a form has a method `process` of its own

    grade = RadioField(_l("Grade"), [InputRequired()])
    look = SubmitField(_l("Show help"))
    words = StringField(filters=[stripped])
    requirements = StringField(
        _l("Requirements"),
        [ByGrade(), Length(max=400)],
        filters=[stripped],
        description=_l("What is not met, as 8.6.1-c; several with a comma between. A nonconformity needs one."),
    )
    title = StringField(_l("Title"), [InputRequired(), Length(max=LONGEST_TITLE)], filters=[stripped])
    statement = _text(
        _l("Statement"), _l("What was found, so that someone who was not there understands it."), needed=True
    )
    objective = TextAreaField(
        _l("Objective evidence"),
        [ByGrade(), Length(max=LONGEST_TEXT)],
        filters=[stripped],
        description=_l(
            "What was seen, where and when: records, numbers, who was interviewed. A nonconformity rests on it."
        ),
    )
    criterion = _text(_l("Criterion"), _l("What should have been: the requirement or own rule, in your words."))
    at_process = SelectField(_l("Process"), choices=[], validate_choice=False)
    source = SelectField(_l("Found by"), [InputRequired()], choices=[], default=Source.OWN.value)
    source_ref = StringField(
        _l("Reference"),
        [Length(max=LONGEST_TITLE)],
        filters=[stripped],
        description=_l("Audit, report or letter it comes from."),
    )
    found_on = DateField(
        _l("Found on"), [Optional()], description=_l("Time limits count from this day: the last day of the audit.")
    )
    owner = SelectField(_l("Owner"), coerce=int, choices=[], default=0)
    row_version = HiddenField(default="1")

    def offer_choices(self, catalogue: Catalogue, people: Sequence[tuple[int, str]]) -> None:
        self.grade.choices = [(grade.value, LABELS["grade"][grade]) for grade in Grade]
        self.at_process.choices = [
            ("", _l("That of the requirement")),
            *((p.key, p.name) for p in catalogue.processes.values()),
        ]
        self.source.choices = [(source.value, LABELS["finding_source"][source]) for source in Source]
        self.owner.choices = [(0, _l("The owner of the process")), *people]

    @property
    def requirement_ids(self) -> tuple[str, ...]:
        return tuple(key for key in _SEPARATORS.split(self.requirements.data or "") if key)

    def take_words(self, common: Sequence[CommonNonconformity]) -> None:
        """Put the words of the finding that was asked for into the title, and its usual grade where none is chosen."""
        for one in common:
            if one.finding == self.words.data:
                self.title.data = one.finding
                if not self.grade.data and one.usual_grade in set(Grade):
                    self.grade.data = one.usual_grade

    def raising(self, versions: Sequence[int] = ()) -> Raising:
        """The values as a command. Grade and source are valid by the form."""
        return Raising(
            grade=Grade(self.grade.data or Grade.MINOR),
            title=self.title.data or "",
            statement=self.statement.data or "",
            requirements=self.requirement_ids,
            criterion=self.criterion.data or "",
            objective=self.objective.data or "",
            process=self.at_process.data or None,
            source=Source(self.source.data or Source.OWN),
            source_ref=self.source_ref.data or "",
            owner_id=self.owner.data or None,
            found_on=self.found_on.data,
            evidence=tuple(versions),
        )


class EditForm(Form):
    """What may be put right about a finding."""

    title = StringField(_l("Title"), [InputRequired(), Length(max=LONGEST_TITLE)], filters=[stripped])
    statement = _text(_l("Statement"), needed=True)
    objective = _text(_l("Objective evidence"))
    criterion = _text(_l("Criterion"))
    source_ref = StringField(_l("Reference"), [Length(max=LONGEST_TITLE)], filters=[stripped])
    owner = SelectField(_l("Owner"), coerce=int, choices=[], default=0)
    row_version = IntegerField(_l("Saved version"), [NumberRange(min=1, max=2**31 - 1)])

    def offer_owners(self, people: Sequence[tuple[int, str]]) -> None:
        self.owner.choices = [(0, _l("Nobody yet")), *people]

    def raising(self, grade: Grade) -> Raising:
        return Raising(
            grade=grade,
            title=self.title.data or "",
            statement=self.statement.data or "",
            criterion=self.criterion.data or "",
            objective=self.objective.data or "",
            source_ref=self.source_ref.data or "",
            owner_id=self.owner.data or None,
        )


class CorrectionForm(Form):
    text = _text(
        _l("What was done"),
        _l("To contain it and put this case right. What removes the cause comes later."),
        needed=True,
    )
    done_on = DateField(_l("Done on"), [InputRequired()])
    done_by = StringField(_l("Done by"), [InputRequired(), Length(max=LONGEST_NAME)], filters=[stripped])

    def correction(self) -> Correction:
        return Correction(self.text.data or "", self.done_on.data, self.done_by.data or "")


class ExtentForm(Form):
    looked = _text(
        _l("Where and how you looked"), _l("Other services, teams, periods, sites; what was compared."), needed=True
    )
    elsewhere = RadioField(
        _l("Does the same exist elsewhere?"),
        [InputRequired()],
        choices=[SelectChoice("yes", _l("Yes, elsewhere too")), SelectChoice("no", _l("No, only here"))],
    )
    result = _text(_l("What you found"), needed=True)

    def extent(self) -> Extent:
        return Extent(self.elsewhere.data == "yes", self.looked.data or "", self.result.data or "")


class CauseForm(Form):
    """Both methods on one page; only the lines of the chosen one are kept."""

    method = RadioField(
        _l("How did you look for the cause?"),
        [InputRequired()],
        choices=[SelectChoice(method.value, LABELS["cause_method"][method]) for method in CauseMethod],
    )
    why1 = StringField(_l("Why did it happen?"), [Length(max=2000)], filters=[stripped])
    why2 = StringField(_l("Why was that?"), [Length(max=2000)], filters=[stripped])
    why3 = StringField(_l("Why was that? (third)"), [Length(max=2000)], filters=[stripped])
    why4 = StringField(_l("Why was that? (fourth)"), [Length(max=2000)], filters=[stripped])
    why5 = StringField(_l("Why was that? (fifth)"), [Length(max=2000)], filters=[stripped])
    in_people = _text(_l("People"), _l("Skills, workload, instruction. One cause a line."))
    in_process = _text(_l("Process"), _l("Procedure, roles, hand-overs."))
    in_tools = _text(_l("Tools"), _l("Systems, automation, settings."))
    in_information = _text(_l("Information"), _l("Data, documents, communication."))
    in_suppliers = _text(_l("Suppliers"), _l("Other parties and their agreements."))
    in_management = _text(_l("Management"), _l("Priorities, resources, oversight."))
    root_cause = _text(_l("Root cause"), _l("The one without which it would not have happened."), needed=True)
    explains = _text(_l("How it led to what was found"), _l("Cause and condition in one sentence."), needed=True)
    lines = HiddenField()

    @property
    def whys(self) -> tuple[StringField, ...]:
        return tuple(self._fields[f"why{number}"] for number in range(1, WHYS + 1))

    @property
    def categories(self) -> tuple[TextAreaField, ...]:
        return tuple(self._fields[name] for name in CAUSE_LINES.values())

    def cause(self) -> Cause:
        method = CauseMethod(self.method.data) if self.method.data else None
        lines: tuple[tuple[CauseCategory, str], ...]
        if method is CauseMethod.CAUSE_EFFECT:
            lines = tuple(
                (category, text)
                for category, name in CAUSE_LINES.items()
                for text in (self._fields[name].data or "").splitlines()
            )
        else:
            lines = tuple((CauseCategory.NONE, field.data or "") for field in self.whys)
        return Cause(method, lines, self.root_cause.data or "", self.explains.data or "")


class ActionForm(Form):
    text = _text(_l("What will be done"), _l("To remove the root cause, so that it does not come back."), needed=True)
    owner = SelectField(_l("Who does it"), coerce=int, choices=[], default=0)
    due_on = DateField(_l("Due on"), [InputRequired()])

    def offer_owners(self, people: Sequence[tuple[int, str]]) -> None:
        self.owner.choices = [(0, _l("Choose")), *people]

    def action(self) -> NewAction:
        return NewAction(self.text.data or "", self.owner.data or None, self.due_on.data)


class DueForm(Form):
    due_on = DateField(_l("New day"), [InputRequired()])
    reason = StringField(_l("Reason"), [InputRequired(), Length(max=2000)], filters=[stripped])


class ReasonForm(Form):
    reason = StringField(_l("Reason"), [InputRequired(), Length(max=2000)], filters=[stripped])


class CompleteForm(EvidenceForm):
    note = _text(_l("What was done"))


class AcceptForm(Form):
    plan = IntegerField(_l("Plan"), [NumberRange(min=1, max=2**31 - 1)])
    effect_days = IntegerField(
        _l("Verify the effect after"),
        [Optional(), NumberRange(min=1, max=LONGEST_DAYS)],
        description=_l("Days after the last action: long enough to see whether it comes back."),
    )
    note = _text(_l("Note to the owner"))


class ReturnForm(Form):
    plan = IntegerField(_l("Plan"), [NumberRange(min=1, max=2**31 - 1)])
    note = _text(_l("What should the owner put right?"), needed=True)


class VerifyForm(EvidenceForm):
    effective = RadioField(
        _l("Is the cause gone?"),
        [InputRequired()],
        choices=[
            SelectChoice("yes", _l("Yes, the actions were effective")),
            SelectChoice("no", _l("No: extent, cause and actions start again")),
        ],
    )
    statement = _text(_l("What you looked at, and what you saw"), needed=True)


class AnswerForm(EvidenceForm):
    text = _text(_l("Answer"), _l("What will be done about it, by whom and when; or why nothing will."), needed=True)


class CloseForm(Form):
    note = _text(_l("Note"))


class GradeForm(Form):
    """Grade and time limits of a nonconformity."""

    grade = RadioField(
        _l("Grade"),
        [InputRequired()],
        choices=[SelectChoice(g.value, LABELS["grade"][g]) for g in Grade if g.is_nonconformity],
    )
    plan_due_on = DateField(_l("Plan due on"), [Optional()])
    closure_due_on = DateField(_l("Closing due on"), [Optional()])
    reason = StringField(_l("Reason"), [InputRequired(), Length(max=2000)], filters=[stripped])


class UploadForm(Form):
    """A file sent straight from a finding: filed under an artefact, then bound."""

    file = FileField(_l("File"), [FileRequired(_l("Choose a file."))])
    artefact = SelectField(_l("File it under"), [InputRequired()], choices=[])
    title = StringField(_l("Title"), [Length(max=LONGEST_TITLE)], filters=[stripped])
    effective_on = DateField(
        _l("In effect from"), [InputRequired()], description=_l("For a record: the last day it covers.")
    )
    period_from = DateField(_l("Covers from"), [Optional()], description=_l("Records only: the first day it covers."))


class LimitsForm(Form):
    """Days of one grade."""

    plan_days = IntegerField(_l("Plan"), [Optional(), NumberRange(min=0, max=LONGEST_DAYS)])
    closure_days = IntegerField(_l("Closing"), [Optional(), NumberRange(min=0, max=LONGEST_DAYS)])
    effect_days = IntegerField(_l("Effect"), [InputRequired(), NumberRange(min=1, max=LONGEST_DAYS)])

    def limits(self) -> Limits:
        return Limits(self.plan_days.data, self.closure_days.data, self.effect_days.data or 1)
