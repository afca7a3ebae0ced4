"""Numbers and first letters of sentences: words up to ten, figures from there on, large ones in groups of three."""

from __future__ import annotations

from babel.numbers import format_decimal
from flask_babel import get_locale
from flask_babel import gettext as _


class Grouped(int):
    """A number that a sentence prints in groups of three: `%(num)s` is "50,000", `%(num)d` the bare figure."""

    def __str__(self) -> str:
        return format_decimal(int(self), locale=get_locale() or "en")


class Spelled(Grouped):
    """A number that a sentence prints as a word up to ten; plurals work as with any other number."""

    def __str__(self) -> str:
        words = (
            _("one"),
            _("two"),
            _("three"),
            _("four"),
            _("five"),
            _("six"),
            _("seven"),
            _("eight"),
            _("nine"),
            _("ten"),
        )
        return str(words[self - 1]) if 1 <= self <= len(words) else super().__str__()


def capital(text: str) -> str:
    """The text with a capital first letter; the rest as it is."""
    return text[:1].upper() + text[1:]
