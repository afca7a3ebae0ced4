"""Forms of the settings and installation pages: text to typed values, what was typed kept when refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any, TypeVar
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from itsmcomply.permissions import Role
from itsmcomply.systems.fields import FactField
from itsmcomply.systems.models import EntryKind
from itsmcomply.systems.operations import FactChange
from itsmcomply.systems.rules import NAME_MAX, SUBJECT_NAME_MAX, day_problem, field_name
from itsmcomply.web.forms import Form, stripped

Values = Mapping[tuple[EntryKind, str], str]


class DayField(StringField):
    """A day as YYYY-MM-DD, kept as typed when it is none."""

    def __init__(self, label: str, validators: list[Any], description: str = "", **kwargs: Any) -> None:
        super().__init__(
            label, validators, filters=[stripped], description=description, render_kw={"type": "date"}, **kwargs
        )

    def pre_validate(self, form: object) -> None:
        problem = day_problem(self.data) if self.data else None
        if problem:
            raise ValidationError(problem)

    @property
    def day(self) -> date | None:
        return date.fromisoformat(self.data) if self.data else None


class MultiCheckboxField(SelectMultipleField):
    """Several of a list, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


@cache
def zone_choices() -> list[SelectChoice]:
    """Every time zone, by continent and city; old names without a place are left out. Reads every zone's file."""
    names = sorted(z for z in available_timezones() if "/" in z and not z.startswith(("Etc/", "SystemV/", "posix/")))
    return [SelectChoice(z, z.replace("_", " ")) for z in ["UTC", *names]]


def _fact_input(field: FactField) -> Field:
    label, about = field.label, field.changes
    match field.shape:
        case "text":
            return TextAreaField(label, [Optional()], filters=[stripped], description=about, render_kw={"rows": 4})
        case "day":
            return DayField(label, [Optional()], about)
        case "zone":
            return SelectField(label, [InputRequired()], choices=zone_choices, description=about)
        case "line":
            return StringField(label, [Optional(), Length(max=500)], filters=[stripped], description=about)


def choice_words(field: Field) -> dict[str, str]:
    """The words of a field's choices by value; empty for a field without choices."""
    choices = getattr(field, "choices", None) or []
    return {str(c.value): str(c.label) for c in (SelectChoice.from_input(choice) for choice in choices)}


class FactsForm(Form):
    """Fields of dated entries. Beside each stands what it showed, so that only what a person changed is saved."""

    places: tuple[tuple[EntryKind, str], ...] = ()

    def changes(self) -> list[FactChange]:
        return [
            FactChange(kind, self._text(f"was-{field_name(kind, key)}"), self._text(field_name(kind, key)), key)
            for kind, key in self.places
        ]

    def _text(self, name: str) -> str:
        # browsers send line breaks as CR LF; stored text has plain ones, and what was shown must compare equal
        return str(self[name].data or "").replace("\r\n", "\n").strip()


F = TypeVar("F", bound=FactsForm)


def facts_form(
    inputs: Mapping[tuple[EntryKind, str], Field],
    values: Values,
    *,
    base: type[F],
    more: Mapping[str, object] | None = None,
) -> F:
    """A form over these inputs; on a page that is only shown it holds `values`."""
    fields: dict[str, object] = {"places": tuple(inputs), **(more or {})}
    data: dict[str, str] = {}
    for (kind, key), made in inputs.items():
        name = field_name(kind, key)
        fields[name], fields[f"was-{name}"] = made, HiddenField()
        data[name] = data[f"was-{name}"] = values.get((kind, key), "")
    made_class = type(f"Page{base.__name__}", (base,), fields)
    return made_class(data=data)


def fields_form(fields: Sequence[FactField], values: Values) -> FactsForm:
    """The form of a page of plain facts."""
    return facts_form({(f.kind, ""): _fact_input(f) for f in fields}, values, base=FactsForm)


class OwnersForm(FactsForm):
    """A person for each process. Who is chosen for a whole group becomes owner where nobody is."""

    groups: Mapping[str, tuple[str, ...]] = {}

    def changes(self) -> list[FactChange]:
        usual = {process: self._text(f"all-{group}") for group, keys in self.groups.items() for process in keys}
        return [replace(c, value=c.value or usual.get(c.key, "")) for c in super().changes()]


def people_choices(people: Sequence[tuple[int, str]], held: str = "") -> list[SelectChoice]:
    """People to choose from; who holds the place already can stay, though without a role here."""
    choices = [SelectChoice("", _l("Nobody")), *(SelectChoice(str(user_id), name) for user_id, name in people)]
    if held and held not in {str(user_id) for user_id, _ in people}:
        choices.append(SelectChoice(held, _l("Somebody without a role here")))
    return choices


def owners_form(
    processes: Mapping[str, str],
    groups: Mapping[str, tuple[str, ...]],
    people: Sequence[tuple[int, str]],
    values: Values,
) -> OwnersForm:
    """One select of people for each process (key and name), one for each group."""
    fields: dict[str, object] = {"groups": groups}
    for group in groups:
        fields[f"all-{group}"] = SelectField(_l("Where nobody is named"), [Optional()], choices=people_choices(people))
    inputs: dict[tuple[EntryKind, str], Field] = {}
    for key, name in processes.items():
        place = (EntryKind.PROCESS_OWNER, key)
        inputs[place] = SelectField(name, [Optional()], choices=people_choices(people, values.get(place, "")))
    return facts_form(inputs, values, base=OwnersForm, more=fields)


class FirstSystemForm(Form):
    """The first management system, on one page. Days may stay empty."""

    name = StringField(
        _l("Name of the management system"),
        [InputRequired(_l("Give it a name people will recognise.")), Length(max=NAME_MAX)],
        filters=[stripped],
        description=_l("For example Managed services. It also makes the address."),
    )
    organisation = StringField(
        _l("Organisation"),
        [InputRequired(_l("Name the organisation as the certificate will.")), Length(max=500)],
        filters=[stripped],
    )
    scope_statement = TextAreaField(
        _l("Scope"),
        [Optional()],
        filters=[stripped],
        description=_l("One sentence: which services, delivered by whom, to whom, from where. It can follow later."),
        render_kw={"rows": 3},
    )
    time_zone = SelectField(_l("Time zone"), [InputRequired()], choices=zone_choices, default="Europe/Amsterdam")
    operating_since = DayField(
        _l("Operating since"), [Optional()], description=_l("Records are expected from this day on.")
    )
    stage_1_on = DayField(_l("Stage 1 audit"), [Optional()])
    stage_2_on = DayField(_l("Stage 2 audit"), [Optional()])


class AddSystemForm(Form):
    name = StringField(
        _l("Name"),
        [InputRequired(_l("Give it a name people will recognise.")), Length(max=NAME_MAX)],
        filters=[stripped],
        description=_l("One management system is one scope: what one certificate covers."),
    )
    slug = StringField(
        _l("Short name"),
        [Optional(), Length(max=60)],
        filters=[stripped],
        description=_l("Part of every address, never changed. Left empty it is made from the name."),
    )
    time_zone = SelectField(_l("Time zone"), [InputRequired()], choices=zone_choices, default="Europe/Amsterdam")


class AddManagerForm(Form):
    """Somebody who runs a management system from now on."""

    email = StringField(
        _l("E-mail address"),
        [InputRequired(_l("Give the address this person signs in with.")), Length(max=254)],
        filters=[stripped],
        description=_l("Known here: the role is added. New: you get a link to hand over."),
        render_kw={"inputmode": "email"},
    )
    name = StringField(
        _l("Name"),
        [Optional(), Length(max=200)],
        filters=[stripped],
        description=_l("A name or a role, needed for somebody new."),
    )


class AddSubjectForm(Form):
    name = StringField(
        _l("Name"), [InputRequired(_l("Give it a name.")), Length(max=SUBJECT_NAME_MAX)], filters=[stripped]
    )
    operates = TextAreaField(_l("What it operates"), [Optional(), Length(max=2000)], filters=[stripped])
    from_on = DayField(
        _l("Since"),
        [InputRequired(_l("Give the first day."))],
        description=_l("Periods that lie before this day are not asked of it."),
    )

    @property
    def since(self) -> date:
        return date.fromisoformat(self.from_on.data or "")


class EndSubjectForm(Form):
    ended_on = DayField(_l("Last day"), [InputRequired(_l("Give the day from which it no longer counts."))])
    reason = StringField(_l("Reason"), [InputRequired(_l("Say why.")), Length(max=2000)], filters=[stripped])


class ReasonForm(Form):
    reason = StringField(_l("Reason"), [InputRequired(_l("Say why.")), Length(max=2000)], filters=[stripped])


ROLE_CHOICES = [
    SelectChoice(Role.PROCESS_OWNER.value, _l("Process owner: files evidence for named processes")),
    SelectChoice(Role.EVIDENCE_REVIEWER.value, _l("Evidence reviewer: accepts and rejects what others filed")),
    SelectChoice(Role.INTERNAL_AUDITOR.value, _l("Internal auditor: plans and conducts audits, exports")),
    SelectChoice(Role.SMS_MANAGER.value, _l("SMS manager: everything but internal audits")),
    SelectChoice(Role.EXTERNAL_AUDITOR.value, _l("External auditor: reads, until a last day")),
    SelectChoice(Role.VIEWER.value, _l("Viewer: reads")),
]


class AddMemberForm(AddManagerForm):
    """A role for a person; who is new here is invited."""

    role = SelectField(_l("Role"), [InputRequired()], choices=ROLE_CHOICES)
    processes = MultiCheckboxField(_l("Processes, for a process owner"), [Optional()], choices=[])
    until_on = DayField(
        _l("Last day"), [Optional()], description=_l("External auditors need one; access ends with that day.")
    )
