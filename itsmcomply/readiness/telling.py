"""Phrases, periods and places as text and addresses for the reader of this request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from babel.dates import format_date
from flask import g
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from itsmcomply.clauses.model import Period
from itsmcomply.evidence.keys import item_number
from itsmcomply.readiness.phrases import Phrase, PhraseValue, Place, PlaceKind
from itsmcomply.readiness.queries.clauses import ControlLine
from itsmcomply.web.filters import date_text, month_text, percent
from itsmcomply.web.numbers import Spelled, capital
from itsmcomply.web.page import address

_SETTINGS = {
    "scope": "systems.scope",
    "people": "systems.members",
    "dates": "systems.dates",
    "intervals": "systems.artefacts",
    "subjects": "systems.lists",
    "owners": "systems.owners",
}


def tell(value: PhraseValue | None) -> str:
    """The words of a phrase in the reader's language: days as days, fractions as percent, None as ""."""
    match value:
        case None:
            return ""
        case Phrase():
            return _phrase(value, tell, int)
        case Fraction():
            return percent(value)
        case date():
            return date_text(value)
        case _:
            return str(value)


def _phrase(said: Phrase, told: Callable[[PhraseValue], str], counted: type[int]) -> str:
    values: dict[str, Any] = {name: told(value) for name, value in said.values.items()}
    number = said.values.get("num")
    if said.plural and isinstance(number, int):
        values.pop("num")
        return str(ngettext(said.template, said.plural, counted(number), **values))
    return str(_(said.template, **values))


def sentence(value: Phrase | None) -> str:
    """The words with a capital first letter."""
    return capital(tell(value))


def prose(value: Phrase) -> str:
    """A heading or its first sentences: a capital first letter, small numbers as words."""
    return capital(_spelled(value))


def _spelled(value: PhraseValue) -> str:
    return _phrase(value, _spelled, Spelled) if isinstance(value, Phrase) else tell(value)


def period_letter(first_on: date, every: Period) -> str:
    """What a square of the strip shows: the month's first letter, or "Q3"."""
    if every is Period.QUARTER:
        return f"Q{(first_on.month + 2) // 3}"
    return format_date(first_on, "LLLLL", locale=get_locale() or "en")


def period_name(first_on: date, every: Period) -> str:
    """The period in words, such as March 2026 or quarter 3 of 2026."""
    if every is Period.QUARTER:
        return str(_("quarter %(n)s of %(year)s", n=(first_on.month + 2) // 3, year=first_on.year))
    return month_text(first_on)


_PAGES = {
    PlaceKind.ARTEFACT: ("readiness.artefact", "key"),
    PlaceKind.PROCESS: ("readiness.process", "key"),
    PlaceKind.CLAUSE: ("readiness.clause", "number"),
    PlaceKind.REQUIREMENT: ("readiness.requirement", "key"),
    PlaceKind.RULE: ("readiness.rule", "key"),
    PlaceKind.CONTROL: ("controls.control", "ref"),
    PlaceKind.REGISTER: ("evidence.register", "artefact"),
    PlaceKind.FINDING: ("findings.finding", "key"),
}


def url_of(place: Place | None) -> str:
    """The address of a place in the current system; "" for none, or where the application has no such page."""
    if place is None:
        return ""
    slug = g.system.slug
    if place.kind is PlaceKind.FEATURE:
        return address(place.key, slug=slug) or ""
    if place.kind in _PAGES:
        endpoint, name = _PAGES[place.kind]
        return address(endpoint, slug=slug, **{name: place.key}) or ""
    if place.kind is PlaceKind.ITEM:
        return address("evidence.item", slug=slug, number=_number(place.key)) or ""
    if place.kind is PlaceKind.REVIEW:
        return address("readiness.review_of", slug=slug, number=_number(place.key), version=place.version) or ""
    return (_filing(slug, place) if place.kind is PlaceKind.FILE else _setting(slug, place)) or ""


def control_url(control: ControlLine) -> str:
    return url_of(Place(PlaceKind.CONTROL, control.ref))


def _number(item: str) -> int:
    return item_number(item)


def _filing(slug: str, place: Place) -> str | None:
    """The form that files evidence, or the item that a new version belongs to."""
    if place.about:
        return address("evidence.new_version", slug=slug, number=_number(place.about))
    values: dict[str, object] = {"artefact": place.key}
    if place.period is not None:
        values |= {"from": place.period[0].isoformat(), "to": place.period[1].isoformat()}
    return address("evidence.file_new", slug=slug, **values)


def _setting(slug: str, place: Place) -> str | None:
    return address(_SETTINGS[place.key], slug=slug, _anchor=place.about or None) or address(
        "systems.settings", slug=slug
    )
