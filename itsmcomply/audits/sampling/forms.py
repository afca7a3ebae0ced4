"""Forms of populations and samples. A row of the checklist is offered where one may conclude it; the operation decides,
and says why where one may not.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import InputRequired

from itsmcomply.audits import words
from itsmcomply.audits.operations import RaisedHere
from itsmcomply.audits.sampling.drawing import Method
from itsmcomply.audits.sampling.operations import STRATA, Drawing
from itsmcomply.findings.kinds import Grade
from itsmcomply.web.forms import Form, stripped

METHODS = {key: _l(text) for key, text in words.SAMPLE_METHODS.items()}
STRATA_WORDS = {key: _l(text) for key, text in words.STRATA.items()}


class DrawForm(Form):
    """What sample is wanted."""

    requirement = SelectField(
        _l("For which row of the checklist"),
        [InputRequired()],
        validate_choice=False,
        description=_l("That row shows the sample and its results."),
    )
    title = StringField(_l("What is tested"), [InputRequired()], filters=[stripped])
    kind = SelectField(_l("Records"), default="")
    method = SelectField(
        _l("Method"),
        [InputRequired()],
        choices=[SelectChoice(m.value, text) for m, text in METHODS.items()],
        default="random",
    )
    by = SelectField(
        _l("Strata by"),
        [InputRequired()],
        choices=[SelectChoice(key, STRATA_WORDS[key]) for key in STRATA],
        default="priority",
        description=_l("For a stratified sample: at least one record of each, the rest in proportion."),
    )
    size = IntegerField(_l("Sample size"), [InputRequired()], description=_l("See the suggestions beside the form."))
    confidence = SelectField(
        _l("Confidence"),
        [InputRequired()],
        choices=[SelectChoice(str(c), f"{c} %") for c in (80, 90, 95, 99)],
        default="95",
        description=_l("The error rate is stated with a bound at this confidence."),
    )
    seed = StringField(
        _l("Seed"),
        [InputRequired()],
        filters=[stripped],
        description=_l("Any number or word. The same population, method and seed give the same sample anywhere."),
    )

    def wanted(self) -> Drawing:
        return Drawing(
            title=self.title.data or "",
            requirement=self.requirement.data or "",
            kind=self.kind.data or "",
            method=Method(self.method.data),
            by=self.by.data or "",
            size=self.size.data or 0,
            seed=self.seed.data or "",
            confidence=int(self.confidence.data or 95),
        )


class MappingForm(Form):
    """Which column holds what."""

    name = StringField(_l("Name"), [InputRequired()], filters=[stripped])
    content = TextAreaField(
        _l("Columns"),
        [InputRequired()],
        description=_l("One line per field: the field, a colon, the heading, as in number: Ticket no."),
    )


class ExceptionForm(Form):
    """What becomes of an exception: examined on a row, or a finding raised from it."""

    requirement = SelectField(_l("Row of the checklist"), [InputRequired()], validate_choice=False)
    grade = SelectField(
        _l("Grade"), [InputRequired()], description=_l("The row is concluded by it: a nonconformity, an observation.")
    )
    title = StringField(_l("Title"), [InputRequired()], filters=[stripped])
    statement = TextAreaField(
        _l("Statement of the finding"), [InputRequired()], description=_l("What is not met, in one or two sentences.")
    )
    objective = TextAreaField(
        _l("Objective evidence"), description=_l("Records, days, what was seen. The file it was found in is attached.")
    )

    def raised(self) -> RaisedHere:
        return RaisedHere(
            Grade(self.grade.data), self.title.data or "", self.statement.data or "", self.objective.data or ""
        )


class AttributesForm(Form):
    attributes = TextAreaField(_l("Attributes to test"), [InputRequired()], description=_l("One on each line."))


class RecordForm(Form):
    """Answers of one record arrive as `a1`, `a2` and so on beside these."""

    note = TextAreaField(_l("Note"), filters=[stripped])
    version = IntegerField()


class PaperForm(Form):
    """The button that files the working paper, and the one that cancels an import."""


class ExamineForm(Form):
    requirement = SelectField(_l("Row of the checklist"), [InputRequired()], validate_choice=False)
