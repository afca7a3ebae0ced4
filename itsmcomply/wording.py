"""Sentences as data: English with named places, so that pure floors can speak and the edge can translate."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Self


class Sentence(str):
    """A finished English sentence that remembers its template and values.

    It can be shown as it is. `translated` puts it into another language; a value that is a sentence, such as a day,
    with it.
    """

    __slots__ = ("template", "values")

    template: str
    values: dict[str, str]

    def __new__(cls, template: str, values: dict[str, str]) -> Self:
        made = super().__new__(cls, template % values if values else template)
        made.template = template
        made.values = values
        return made


def N_(template: str) -> str:
    """Mark a template for extraction without translating it now."""
    return template


def NN_(singular: str, plural: str) -> tuple[str, str]:
    """Mark the two forms of a template that counts, as one message with a plural."""
    return singular, plural


MONTHS = (
    N_("Jan"),
    N_("Feb"),
    N_("Mar"),
    N_("Apr"),
    N_("May"),
    N_("Jun"),
    N_("Jul"),
    N_("Aug"),
    N_("Sep"),
    N_("Oct"),
    N_("Nov"),
    N_("Dec"),
)


def say(template: str, **values: object) -> Sentence:
    """The sentence of `template` with its `%(name)s` places filled; a date is written as `in_words` writes it."""
    return Sentence(template, {name: _text(value) for name, value in values.items()})


def in_words(day: date) -> Sentence:
    """A day as every sentence writes it: "1 Oct 2026"."""
    month = Sentence(MONTHS[day.month - 1], {})
    return Sentence(N_("%(day)s %(month)s %(year)s"), {"day": str(day.day), "month": month, "year": str(day.year)})


def _text(value: object) -> str:
    if isinstance(value, Sentence):
        return value
    return in_words(value) if type(value) is date else str(value)


def translated(sentence: Sentence, gettext: Callable[[str], str]) -> str:
    """The sentence in the language that `gettext` speaks."""
    values = {
        name: translated(value, gettext) if isinstance(value, Sentence) else value
        for name, value in sentence.values.items()
    }
    template = gettext(sentence.template)
    return template % values if values else template


def stored(sentence: Sentence) -> str:
    """The sentence as one column keeps it, so that whoever reads it later can have it in their language."""
    return json.dumps({"template": sentence.template, "values": sentence.values}, ensure_ascii=False, sort_keys=True)


def restored(text: str) -> str:
    """The sentence that was stored; a text of an earlier release as it is."""
    if not text.startswith('{"template"'):
        return text
    kept = json.loads(text)
    return Sentence(kept["template"], kept["values"])
