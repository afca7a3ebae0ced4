"""Forms about controls, and the cells of the matrix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import InputRequired, Length, Optional

from itsmcomply.controls.models import ControlKind, ControlStatus
from itsmcomply.controls.operations import ControlDetails
from itsmcomply.controls.queries import ControlFilter, ControlPage
from itsmcomply.controls.rules import FREQUENCIES, REF_MAX, TITLE_MAX
from itsmcomply.web.forms import Form, stripped

KINDS = [
    SelectChoice(ControlKind.PREVENTIVE.value, _l("Preventive: keeps it from going wrong")),
    SelectChoice(ControlKind.DETECTIVE.value, _l("Detective: finds what went wrong")),
    SelectChoice(ControlKind.CORRECTIVE.value, _l("Corrective: puts it right")),
]
STATUSES = [
    SelectChoice(ControlStatus.OPERATING.value, _l("Operating")),
    SelectChoice(ControlStatus.PLANNED.value, _l("Planned")),
]


class ControlForm(Form):
    """What is written about a control. `row_version` is what stood there when the page was opened."""

    row_version = HiddenField()
    ref = StringField(
        _l("Reference"),
        [Optional(), Length(max=REF_MAX)],
        filters=[stripped],
        description=_l("Unique and never reused, for example INC-09. Part of the address."),
    )
    title = StringField(
        _l("Title"), [InputRequired(_l("Say what it does, in a few words.")), Length(max=TITLE_MAX)], filters=[stripped]
    )
    description = TextAreaField(
        _l("What it does"),
        [Optional()],
        filters=[stripped],
        description=_l("Who does what, when, and what record it leaves."),
        render_kw={"rows": 5},
    )
    test = TextAreaField(
        _l("How it is tested"),
        [Optional()],
        filters=[stripped],
        description=_l("What an auditor would sample to see that it works."),
        render_kw={"rows": 4},
    )
    belongs_to = SelectField(_l("Process"), [InputRequired()], choices=[])
    owner_id = SelectField(_l("Owner"), [Optional()], choices=[])
    kind = SelectField(_l("Kind"), [InputRequired()], choices=KINDS)
    frequency = SelectField(_l("Frequency"), [InputRequired()], choices=[SelectChoice(f, f) for f in FREQUENCIES])
    status = SelectField(_l("Status"), [InputRequired()], choices=STATUSES)

    def details(self) -> ControlDetails:
        return ControlDetails(
            title=self.title.data or "",
            process=self.belongs_to.data or "",
            kind=ControlKind(self.kind.data),
            frequency=self.frequency.data or "",
            description=_plain(self.description.data),
            test=_plain(self.test.data),
            owner_id=int(self.owner_id.data) if self.owner_id.data else None,
            status=ControlStatus(self.status.data),
        )

    @property
    def seen(self) -> int:
        """The row version the person started from; 0 for anything that is no number."""
        text = str(self.row_version.data or "")
        return int(text) if text.isdecimal() and len(text) < 10 else 0


def _plain(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n")


def field_of(name: str) -> str:
    """The form's name for a part of a control; `process` is taken by a method of every form."""
    return "belongs_to" if name == "process" else name


def page_data(page: ControlPage) -> dict[str, str]:
    """What a form shows of a control."""
    return {
        "row_version": str(page.row_version),
        "ref": page.ref,
        "title": page.title,
        "description": page.description,
        "test": page.test,
        "belongs_to": page.process,
        "owner_id": str(page.owner_id or ""),
        "kind": page.kind.value,
        "frequency": page.frequency,
        "status": page.status.value,
    }


class MapForm(Form):
    requirement = StringField(
        _l("Requirement"),
        [InputRequired(_l("Name a requirement, for example 8.6.1-a.")), Length(max=30)],
        filters=[stripped],
    )


class RetireForm(Form):
    reason = StringField(
        _l("Reason"), [InputRequired(_l("Say why it is retired.")), Length(max=2000)], filters=[stripped]
    )


class CellForm(Form):
    """One cell of the matrix: the state it is to have."""

    ref = StringField("", [InputRequired(), Length(max=REF_MAX)])
    requirement = StringField("", [InputRequired(), Length(max=30)])
    want = SelectField("", [InputRequired()], choices=[SelectChoice("0", "0"), SelectChoice("1", "1")])


@dataclass(frozen=True, slots=True)
class CellChanges:
    """Requirements to map and to unmap, by reference of the control."""

    mapped: Mapping[str, frozenset[str]]
    unmapped: Mapping[str, frozenset[str]]


def matrix_changes() -> CellChanges:
    """What differs between the boxes ticked now and those that were ticked when the page was made."""
    now, was = set(request.form.getlist("cell")), set(request.form.getlist("was"))
    return CellChanges(_by_ref(now - was), _by_ref(was - now))


def _by_ref(cells: set[str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for cell in cells:
        ref, _, requirement = cell.partition("|")
        found.setdefault(ref, set()).add(requirement)
    return {ref: frozenset(keys) for ref, keys in found.items()}


def chosen_processes() -> tuple[str, ...]:
    """The processes ticked for adoption."""
    return tuple(request.form.getlist("process"))


def read_filter() -> ControlFilter:
    """The filter in the address."""
    args = request.args
    return ControlFilter(
        text=args.get("q", "").strip(),
        process=args.get("process", ""),
        kind=args.get("kind", ""),
        status=args.get("status", ""),
        unmapped=args.get("unmapped", "") == "1",
    )
