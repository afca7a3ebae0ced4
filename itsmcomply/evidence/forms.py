"""Forms about evidence: text of a page becomes a `Filing`, a verdict, a filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar

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
from wtforms.validators import Length, NumberRange, Optional

from itsmcomply.clauses.model import Artefact, Catalogue
from itsmcomply.evidence.filing import LONGEST_STATEMENT, LONGEST_TITLE, Filing
from itsmcomply.evidence.kinds import Confidentiality, Decision, RejectionKind, VersionKind
from itsmcomply.evidence.rules import LONGEST_REASON, Verdict
from itsmcomply.web.forms import Form, stripped

CONFIDENTIALITY = [
    SelectChoice(Confidentiality.INTERNAL.value, _l("Internal: every member may open it")),
    SelectChoice(Confidentiality.RESTRICTED.value, _l("Restricted: owner, uploader, reviewers, SMS manager")),
]
REJECTIONS = [
    SelectChoice(RejectionKind.NOT_SHOWN.value, _l("Does not show what is asked")),
    SelectChoice(RejectionKind.NOT_APPROVED.value, _l("Not approved or dated")),
    SelectChoice(RejectionKind.WRONG_PERIOD.value, _l("Wrong period")),
    SelectChoice(RejectionKind.WRONG_ARTEFACT.value, _l("Wrong artefact")),
    SelectChoice(RejectionKind.UNREADABLE.value, _l("Unreadable")),
]


def owner_choices(people: Sequence[tuple[int, str]]) -> list[SelectChoice]:
    """Members to choose an owner from; first: nobody in particular."""
    nobody = SelectChoice(0, _l("The owner of the artefact or process"))
    return [nobody, *(SelectChoice(user_id, name) for user_id, name in people)]


class VersionForm(Form):
    """What somebody states about a version, whatever it holds."""

    FIELD_OF: ClassVar[Mapping[str, str]] = {"period_to": "effective_on"}

    effective_on = DateField(
        _l("In effect from"), [Optional()], description=_l("For a record: the last day it covers.")
    )
    period_from = DateField(_l("Covers from"), [Optional()], description=_l("Records only: the first day it covers."))
    valid_until = DateField(_l("Valid until"), [Optional()])
    subjects = SelectMultipleField(_l("Covers only"), [Optional()], coerce=int, choices=[])
    document_version = StringField(_l("Version on the document"), [Length(max=60)], filters=[stripped])
    document_approver = StringField(_l("Approved by"), [Length(max=200)], filters=[stripped])
    approved_on = DateField(_l("Approved on"), [Optional()])
    note = StringField(_l("Note to the reviewer"), [Length(max=LONGEST_REASON)], filters=[stripped])
    text = TextAreaField(_l("Statement"), [Length(max=LONGEST_STATEMENT)], filters=[stripped])
    seen_on = DateField(_l("Day you opened it"), [Optional()])

    def offer_subjects(self, choices: Sequence[tuple[int, str]]) -> None:
        self.subjects.choices = [SelectChoice(key, text) for key, text in choices]

    def filing(self, kind: VersionKind, title: str) -> Filing:
        """The values as a filing of this kind."""
        return Filing(
            kind=kind,
            title=title,
            effective_on=self.effective_on.data,
            period_from=self.period_from.data,
            valid_until=self.valid_until.data,
            subjects=frozenset(self.subjects.data) if self.subjects.data else None,
            text=self.text.data or "",
            seen_on=self.seen_on.data,
            note=self.note.data or "",
            document_version=self.document_version.data or "",
            document_approver=self.document_approver.data or "",
            approved_on=self.approved_on.data,
        )


class FilingForm(VersionForm):
    """A new item: where it is filed and whose it is, besides what its version states."""

    keep = BooleanField(_l("File this one"), default=True)
    artefact = StringField(_l("Filed under"), [Length(max=300)], filters=[stripped])
    title = StringField(_l("Title"), [Length(max=LONGEST_TITLE)], filters=[stripped])
    owner = SelectField(_l("Owner"), coerce=int, choices=[], default=0)
    confidentiality = SelectField(
        _l("Who may open it"), choices=CONFIDENTIALITY, default=Confidentiality.INTERNAL.value
    )

    def offer_owners(self, people: Sequence[tuple[int, str]]) -> None:
        self.owner.choices = owner_choices(people)

    @property
    def owner_id(self) -> int | None:
        return self.owner.data or None


def artefact_named(catalogue: Catalogue, text: str) -> Artefact | None:
    """The artefact of a key or a name (English or Dutch), whatever the case; None for other texts."""
    if text in catalogue.artefacts:
        return catalogue.artefacts[text]
    wanted = text.casefold()
    return next((a for a in catalogue.artefacts.values() if wanted in {a.name.casefold(), a.name_nl.casefold()}), None)


class ItemForm(Form):
    """What an item is called, who owns it, who may open it."""

    title = StringField(_l("Title"), [Length(max=LONGEST_TITLE)], filters=[stripped])
    owner = SelectField(_l("Owner"), coerce=int, choices=[], default=0)
    confidentiality = SelectField(
        _l("Who may open it"), choices=CONFIDENTIALITY, default=Confidentiality.INTERNAL.value
    )
    row_version = IntegerField(_l("Saved version"), [NumberRange(min=1, max=2**31 - 1)])


class ReasonForm(Form):
    """A reason that stays on record."""

    reason = StringField(_l("Reason"), [Length(max=LONGEST_REASON)], filters=[stripped])


class ConfirmForm(Form):
    """Somebody looked, and it still holds."""

    effective_on = DateField(_l("Confirmed on"), [Optional()])
    valid_until = DateField(_l("Valid until"), [Optional()])
    note = StringField(_l("Note to the reviewer"), [Length(max=LONGEST_REASON)], filters=[stripped])


class MessageForm(Form):
    """A question or its answer."""

    text = TextAreaField(_l("Text"), [Length(max=LONGEST_REASON)], filters=[stripped])


class LinkForm(Form):
    """Alternative evidence: for a requirement or through a control, standing for one artefact."""

    requirement = StringField(_l("Requirement"), [Length(max=40)], filters=[stripped])
    control = StringField(_l("Control"), [Length(max=40)], filters=[stripped])
    artefact = StringField(_l("Stands for"), [Length(max=300)], filters=[stripped])


class DecisionForm(Form):
    """A decision, bound to the bytes and the reviews that the page showed."""

    decision = HiddenField()
    kind = RadioField(_l("Why?"), [Optional()], choices=REJECTIONS)
    reason = TextAreaField(_l("What should the owner do?"), [Length(max=LONGEST_REASON)], filters=[stripped])
    sha256 = HiddenField(validators=[Length(max=64)])
    after_review = IntegerField(_l("After review"), [Optional(), NumberRange(min=0, max=2**31 - 1)])
    following = IntegerField(_l("Next"), [Optional(), NumberRange(min=0, max=2**31 - 1)])

    def verdict(self) -> Verdict:
        """The decision; anything but "accepted" is a rejection, so that a slip never accepts."""
        accepted = self.decision.data == Decision.ACCEPTED
        kind = RejectionKind(self.kind.data) if self.kind.data else None
        return Verdict(
            Decision.ACCEPTED if accepted else Decision.REJECTED,
            None if accepted else kind,
            self.reason.data or "",
            self.sha256.data or None,
        )


def day_of(text: str) -> date | None:
    """A day from an address ("2026-10-01"), None for anything else."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
