"""The evidence register: filters in the address, paging, and the export of what is shown."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar
from urllib.parse import urlencode

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from itsmcomply.clauses.model import Catalogue
from itsmcomply.evidence.blueprint import blueprint
from itsmcomply.evidence.desk_web import freshen, members_now, owners_now
from itsmcomply.evidence.forms import day_of
from itsmcomply.evidence.kinds import VersionKind
from itsmcomply.evidence.queries.register import (
    MOST_PAGES,
    ItemState,
    Owners,
    RegisterFilter,
    RegisterRow,
    Sort,
    register_page,
    register_rows,
)
from itsmcomply.evidence.queries.work import artefacts_of
from itsmcomply.evidence.tables import safe_cell
from itsmcomply.permissions import Permission
from itsmcomply.systems.queries import key_days
from itsmcomply.web.filters import date_text, label
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader, require_person
from itsmcomply.web.page import as_of, asked_text, today
from itsmcomply.web.resources import resources

Kind = TypeVar("Kind", ItemState, Sort, VersionKind)

_FIELDS = ("q", "state", "process", "clause", "artefact", "kind", "lapses", "owner", "sort", "dir", "page")
_DESCENDING_FIRST = frozenset({Sort.NUMBER, Sort.EFFECTIVE, Sort.RECEIVED})


@dataclass(frozen=True, slots=True)
class Asked:
    """The address of the register, taken apart. Values that mean nothing are dropped, never an error."""

    values: Mapping[str, str]

    def get(self, name: str) -> str:
        return self.values.get(name, "")

    def one_of(self, name: str, kinds: type[Kind]) -> Kind | None:
        return next((kind for kind in kinds if kind.value == self.get(name)), None)

    def url(self, **changes: str) -> str:
        """The same register with some values changed; "" removes one. The page starts over unless it is given."""
        kept = {**self.values, "page": "", **changes}
        query = {name: value for name, value in kept.items() if value}
        return request.path + ("?" + urlencode(query) if query else "")


def _asked() -> Asked:
    found = {name: asked_text(name) for name in (*_FIELDS, "as-of")}
    return Asked({name: value for name, value in found.items() if value})


def _filter(asked: Asked, catalogue: Catalogue, owned_by: Owners, day: date) -> RegisterFilter:
    process, clause, artefact = asked.get("process"), asked.get("clause"), asked.get("artefact")
    artefacts = None
    requirements: frozenset[str] = frozenset()
    if clause:
        requirements = requirements_under(catalogue, clause)
        artefacts = {e.artefact for key in requirements for e in catalogue.requirements[key].expectations}
    if process in catalogue.processes:
        home = {key for key, a in catalogue.artefacts.items() if a.home_process == process}
        artefacts = home if artefacts is None else artefacts & home
    if artefact in catalogue.artefacts:
        artefacts, requirements = {artefact}, frozenset()
    owner = _owner(asked.get("owner"))
    sort = asked.one_of("sort", Sort) or Sort.NUMBER
    down = {"up": False, "down": True}.get(asked.get("dir"), sort in _DESCENDING_FIRST)
    page = asked.get("page")
    return RegisterFilter(
        state=asked.one_of("state", ItemState),
        artefacts=None if artefacts is None else frozenset(artefacts),
        requirements=requirements,
        owner_id=owner,
        owned=_owned(catalogue, owned_by, owner) if owner is not None else frozenset(),
        kind=asked.one_of("kind", VersionKind),
        lapses_by=_lapses_by(asked.get("lapses"), day),
        text=asked.get("q"),
        sort=sort,
        descending=down,
        page=min(int(page), MOST_PAGES) if page.isascii() and page.isdigit() and int(page[:9]) > 0 else 1,
    )


def requirements_under(catalogue: Catalogue, number: str) -> frozenset[str]:
    """Requirements of a clause and everything below it, or the one of that id; none for other texts."""
    if number in catalogue.requirements:
        return frozenset({number})
    return frozenset(
        key for key, r in catalogue.requirements.items() if r.clause == number or r.clause.startswith(f"{number}.")
    )


def _owner(text: str) -> int | None:
    if text == "me":
        return require_person().actor.user_id
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _owned(catalogue: Catalogue, owned_by: Owners, user_id: int) -> frozenset[str]:
    homes = {key: artefact.home_process for key, artefact in catalogue.artefacts.items()}
    return artefacts_of(owned_by, user_id, frozenset(), homes)


def _lapses_by(text: str, day: date) -> date | None:
    """A day, or "30", "60", "90" days from now."""
    if text in {"30", "60", "90"}:
        return day + timedelta(days=int(text))
    return day_of(text)


@blueprint.get("/s/<slug>/evidence")
@requires(Permission.VIEW_EVIDENCE)
def register(slug: str) -> str:
    """Fifty items of the register by the filter in the address."""
    freshen()
    catalogue, system, asked, day = resources().catalogue, current_system(), _asked(), as_of()
    owned_by = owners_now()
    wanted = _filter(asked, catalogue, owned_by, day)
    found = register_page(reader(), system.id, wanted, day)
    days = key_days(reader(), system.id)
    people = members_now()
    return render_template(
        "evidence/register.html",
        page=found,
        wanted=wanted,
        asked=asked,
        catalogue=catalogue,
        owner_names={row.item_id: _owner_name(row, catalogue, owned_by) for row in found.rows},
        people=people,
        lapse_choices=_lapse_choices(days.stage_1, days.stage_2),
        chips=_chips(asked, catalogue, dict(people)),
        sorts={sort.value: _sort_link(asked, wanted, sort) for sort in Sort},
        previous_url=asked.url(page=str(found.page - 1)) if found.page > 1 else "",
        next_url=asked.url(page=str(found.page + 1)) if found.has_next else "",
        export_url=url_for("evidence.register_csv", slug=slug) + _query(asked),
        clear_url=request.path,
        may_file=require_person().actor.may(Permission.FILE_EVIDENCE, system.id),
        today=today(),
        day=day,
    )


def _query(asked: Asked) -> str:
    query = {name: value for name, value in asked.values.items() if name not in {"page", "as-of"}}
    return "?" + urlencode(query) if query else ""


def _owner_name(row: RegisterRow, catalogue: Catalogue, owned_by: Owners) -> str:
    if row.owner_id is not None:
        return owned_by.name(row.owner_id)
    artefact = catalogue.artefacts.get(row.artefact)
    return owned_by.name(owned_by.of(row.artefact, artefact.home_process)) if artefact else ""


def _lapses_words(text: str) -> str:
    if text.isdigit():
        return _("Lapses in %(days)s days", days=text)
    day = day_of(text)
    return _("Lapses by %(day)s", day=date_text(day) if day else text)


def _lapse_choices(stage_1: date | None, stage_2: date | None) -> list[tuple[str, str]]:
    choices = [("", _("Any day")), ("30", _("In 30 days")), ("60", _("In 60 days")), ("90", _("In 90 days"))]
    choices += [(stage_1.isoformat(), _("By stage 1"))] if stage_1 else []
    return choices + ([(stage_2.isoformat(), _("By stage 2"))] if stage_2 else [])


def _sort_link(asked: Asked, wanted: RegisterFilter, sort: Sort) -> tuple[str, str]:
    """Address that sorts by this column (the other way round when it does already), and the order it has now."""
    first = sort in _DESCENDING_FIRST
    if wanted.sort is not sort:
        return asked.url(sort=sort.value, dir="down" if first else "up"), ""
    now = "descending" if wanted.descending else "ascending"
    return asked.url(sort=sort.value, dir="up" if wanted.descending else "down"), now


def _chips(asked: Asked, catalogue: Catalogue, people: Mapping[int, str]) -> list[tuple[str, str]]:
    """Active filters in words, each with the address without it."""
    words: dict[str, str] = {}
    if text := asked.get("q"):
        words["q"] = _("Text: %(text)s", text=text)
    if state := asked.one_of("state", ItemState):
        words["state"] = label(state.value, "state")
    if asked.get("process") in catalogue.processes:
        words["process"] = catalogue.processes[asked.get("process")].name
    if clause := asked.get("clause"):
        words["clause"] = _("Clause %(number)s", number=clause)
    if asked.get("artefact") in catalogue.artefacts:
        words["artefact"] = catalogue.artefacts[asked.get("artefact")].name
    if kind := asked.one_of("kind", VersionKind):
        words["kind"] = KIND_WORDS()[kind]
    if lapses := asked.get("lapses"):
        words["lapses"] = _lapses_words(lapses)
    if (owner := _owner(asked.get("owner"))) is not None:
        words["owner"] = _("Owner: %(name)s", name=people.get(owner, "?"))
    return [(text, asked.url(**{name: ""})) for name, text in words.items()]


def KIND_WORDS() -> dict[VersionKind, str]:
    return {
        VersionKind.FILE: _("Files"),
        VersionKind.LINK: _("Links"),
        VersionKind.STATEMENT: _("Statements"),
        VersionKind.NIL: _("Nil statements"),
    }


@blueprint.get("/s/<slug>/evidence.csv")
@requires(Permission.VIEW_EVIDENCE)
def register_csv(slug: str) -> Response:
    """What the register shows, whole, as a table any program reads; no cell of it is taken for a formula."""
    freshen()
    catalogue, system, day = resources().catalogue, current_system(), today()
    owned_by = owners_now()
    wanted = replace(_filter(_asked(), catalogue, owned_by, day), page=1)
    rows = list(register_rows(reader(), system.id, wanted, day))
    answer = Response(_csv_lines(rows, catalogue, owned_by), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="evidence-{system.slug}-{day.isoformat()}.csv"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _csv_lines(rows: list[RegisterRow], catalogue: Catalogue, owned_by: Owners) -> Iterator[str]:
    yield "\ufeff" + _csv_line(_csv_head())
    for row in rows:
        artefact = catalogue.artefacts.get(row.artefact)
        yield _csv_line(
            [
                row.key,
                artefact.name if artefact else row.artefact,
                row.title,
                row.file_name or "",
                row.state.value,
                str(row.shown),
                row.period_from.isoformat() if row.period_from else "",
                row.effective_on.isoformat(),
                row.lapses_on.isoformat() if row.lapses_on else "",
                _owner_name(row, catalogue, owned_by),
                row.received_at.isoformat(timespec="seconds"),
            ]
        )


def _csv_head() -> list[str]:
    return [
        _("Number"),
        _("Artefact"),
        _("Title"),
        _("File or address"),
        _("State"),
        _("Version"),
        _("Covers from"),
        _("In effect"),
        _("Lapses"),
        _("Owner"),
        _("Received (UTC)"),
    ]


def _csv_line(cells: list[str]) -> str:
    held = io.StringIO()
    csv.writer(held).writerow([safe_cell(cell) for cell in cells])
    return held.getvalue()
