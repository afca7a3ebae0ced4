"""Sentences as data: English with named places, so that pure floors can speak and the edge can translate."""

from __future__ import annotations

from typing import Self


class Sentence(str):
    """A finished English sentence that remembers its template and values.

    It can be shown as it is; the edge translates it by `gettext(sentence.template) % sentence.values`.
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


def say(template: str, **values: object) -> Sentence:
    """The sentence of `template` with its `%(name)s` places filled."""
    return Sentence(template, {name: str(value) for name, value in values.items()})
