"""Numbers and first letters of sentences: words up to ten, figures from there on."""

from __future__ import annotations

from flask_babel import gettext as _


class Spelled(int):
    """A number that a sentence prints as a word: `%(num)s` is the word, `%(num)d` the figure, plurals work as ever."""

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
        return str(words[self - 1]) if 1 <= self <= len(words) else int.__repr__(self)


def capital(text: str) -> str:
    """The text with a capital first letter; the rest as it is."""
    return text[:1].upper() + text[1:]
