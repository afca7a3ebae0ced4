"""Forms about management reviews: text of a page becomes the typed statements that operations take."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import ClassVar, TypeVar

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from itsmcomply.performance import words
from itsmcomply.performance.kinds import Consideration, DecisionKind, Judgement, Step
from itsmcomply.performance.rules import (
    LONGEST_LINE,
    LONGEST_TEXT,
    Entry,
    Guest,
    NewAction,
    NewDecision,
    NewStep,
    Statement,
)
from itsmcomply.web.forms import Form, stripped

Kind = TypeVar("Kind", bound=StrEnum)
_SAVED = [NumberRange(min=1, max=2**31 - 1)]


def _text(name: str | LazyString, description: str | LazyString = "", *, needed: bool = True) -> TextAreaField:
    checks = [InputRequired()] if needed else []
    return TextAreaField(name, [*checks, Length(max=LONGEST_TEXT)], filters=[stripped], description=description)


def _line(name: str | LazyString, description: str | LazyString = "", *, needed: bool = True) -> StringField:
    checks = [InputRequired()] if needed else []
    return StringField(name, [*checks, Length(max=LONGEST_LINE)], filters=[stripped], description=description)


def _chosen(kind: type[Kind], field: RadioField | SelectField) -> Kind | None:
    return kind(field.data) if field.data in set(kind) else None


def choices_of(pairs: Sequence[tuple[int | str, str | LazyString]]) -> list[SelectChoice]:
    """Values with their words, as fields take them."""
    return [SelectChoice(value, text) for value, text in pairs]


class PlanForm(Form):
    planned_on = DateField(_l("Day of the review"), [InputRequired()])
    chair = SelectField(
        _l("Chair"),
        [InputRequired()],
        coerce=int,
        choices=[],
        description=_l("Leads the review and signs its minutes."),
    )
    place = _line(_l("Place"), _l("Room or meeting address."), needed=False)

    def offer(self, people: Sequence[tuple[int, str]]) -> None:
        self.chair.choices = choices_of(people)


class MoveForm(Form):
    planned_on = DateField(_l("New day"), [InputRequired()])
    reason = StringField(_l("Reason"), [InputRequired(), Length(max=2000)], filters=[stripped])
    row_version = IntegerField(_l("Saved version"), _SAVED)


class CancelForm(Form):
    reason = StringField(_l("Reason"), [InputRequired(), Length(max=2000)], filters=[stripped])


class HeldForm(Form):
    held_on = DateField(_l("Held on"), [InputRequired()])


class GuestForm(Form):
    name = _line(_l("Name"))
    role = _line(_l("Role"), _l("Position in the organisation."))
    top_management = BooleanField(_l("Of top management"))
    present = BooleanField(_l("Takes part"), default=True)

    def told(self) -> Guest:
        return Guest(self.name.data or "", self.role.data or "", self.top_management.data, self.present.data)


class InputForm(Form):
    """One input: what is added by hand, and whether it was considered."""

    addition = _text(_l("Added by hand"), needed=False)
    consideration = RadioField(
        _l("In the review"),
        [Optional()],
        choices=[
            SelectChoice("", _l("Not yet answered")),
            SelectChoice(Consideration.CONSIDERED.value, _l("Considered")),
            SelectChoice(Consideration.NOT_CONSIDERED.value, _l("Not considered, for the reason above")),
        ],
        default="",
    )
    row_version = IntegerField(_l("Saved version"), _SAVED)

    def told(self) -> Entry:
        return Entry(self.addition.data or "", _chosen(Consideration, self.consideration))


class DecisionForm(Form):
    kind = SelectField(_l("About"), [InputRequired()], choices=[])
    text = _text(_l("Decision"))
    input_key = SelectField(_l("Follows from"), choices=[])

    def offer(self, inputs: Sequence[tuple[str, str]]) -> None:
        self.kind.choices = [SelectChoice(kind.value, gettext(text)) for kind, text in words.DECISIONS.items()]
        self.input_key.choices = choices_of([("", _l("No input in particular")), *inputs])

    def told(self) -> NewDecision:
        return NewDecision(_chosen(DecisionKind, self.kind), self.text.data or "", self.input_key.data or "")


class ActionForm(Form):
    text = _text(_l("What will be done"))
    owner = SelectField(_l("Who does it"), [InputRequired()], coerce=int, choices=[], default=0)
    due_on = DateField(_l("Due on"), [InputRequired()])
    decision = SelectField(_l("Carries out"), coerce=int, choices=[], default=0)

    def offer(self, people: Sequence[tuple[int, str]], decisions: Sequence[tuple[int, str]]) -> None:
        self.owner.choices = choices_of([(0, _l("Choose")), *people])
        self.decision.choices = choices_of([(0, _l("No decision in particular")), *decisions])

    def told(self) -> NewAction:
        return NewAction(self.text.data or "", self.owner.data or None, self.due_on.data, self.decision.data or None)


class StepForm(Form):
    """What became of an action."""

    FIELD_OF: ClassVar[Mapping[str, str]] = {"evidence": "refs"}

    step = SelectField(_l("What became of it"), [InputRequired()], choices=[], validate_choice=False)
    note = _text(_l("What happened"), needed=False)
    refs = _line(
        _l("Evidence"),
        _l("Numbers from the register, as EV-0142, or EV-0142/2 for version 2."),
        needed=False,
    )
    due_on = DateField(_l("New day, if it moves"), [Optional()])

    def offer(self, steps: Collection[Step]) -> None:
        self.step.choices = [SelectChoice(step.value, gettext(words.STEPS[step])) for step in steps]

    def told(self, versions: Sequence[int] = ()) -> NewStep:
        return NewStep(_chosen(Step, self.step), self.note.data or "", self.due_on.data, tuple(versions))


class StatementForm(Form):
    """The answer of top management on the management system."""

    suitable = RadioField(choices=[], validate_choice=False)
    adequate = RadioField(choices=[], validate_choice=False)
    effective = RadioField(choices=[], validate_choice=False)
    text = _text(_l("Reasons"), _l("What the answers rest on, in the words of top management."))
    row_version = IntegerField(_l("Saved version"), _SAVED)

    def offer(self) -> None:
        for name, question in words.QUESTIONS.items():
            field = self._fields[name]
            field.label.text = gettext(question)
            field.choices = [SelectChoice(answer.value, gettext(text)) for answer, text in words.JUDGEMENTS.items()]

    def told(self) -> Statement:
        suitable, adequate = _chosen(Judgement, self.suitable), _chosen(Judgement, self.adequate)
        return Statement(suitable, adequate, _chosen(Judgement, self.effective), self.text.data or "")


class SignForm(Form):
    """`seen`: trail number of the facts on the page that was signed from."""

    seen = IntegerField(_l("Seen"), [InputRequired(), NumberRange(min=0, max=2**31 - 1)])
