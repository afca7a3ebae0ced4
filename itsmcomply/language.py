"""The language a file is written in. Pure: knows no request; whoever makes a file says which catalogue speaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from gettext import NullTranslations, translation
from typing import Protocol, TypeVar

from itsmcomply import wording
from itsmcomply.datafiles import PACKAGE
from itsmcomply.wording import Sentence, translated

Key = TypeVar("Key")


class Speaker(Protocol):
    """What a catalogue of messages can do."""

    def gettext(self, message: str) -> str: ...


_ENGLISH = NullTranslations()
_speaker: ContextVar[Speaker] = ContextVar("speaker", default=_ENGLISH)


def speaker_of(language: str) -> Speaker:
    """The catalogue of a language; English where there is none."""
    return translation("messages", str(PACKAGE / "translations"), [language], fallback=True)


@contextmanager
def written_in(speaker: Speaker) -> Iterator[None]:
    """Within, the words of files are those of this catalogue."""
    before = _speaker.set(speaker)
    try:
        yield
    finally:
        _speaker.reset(before)


def _(message: str) -> str:
    """The message in the language of the file."""
    return _speaker.get().gettext(message) if message else ""


def say(template: str, **values: object) -> str:
    """The sentence of `template` in the language of the file, with its `%(name)s` places filled."""
    return tell(wording.say(template, **values))


def tell(sentence: Sentence) -> str:
    """A finished sentence of a rule in the language of the file."""
    return translated(sentence, _)


class Spoken(Mapping[Key, str]):
    """Words by key, in the language of the file."""

    def __init__(self, english: Mapping[Key, str]) -> None:
        self._english = english

    def __getitem__(self, key: Key) -> str:
        return _(self._english[key])

    def __iter__(self) -> Iterator[Key]:
        return iter(self._english)

    def __len__(self) -> int:
        return len(self._english)
