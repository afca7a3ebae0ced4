"""Translations looked up once a request: flask_babel asks for request, language and catalogue at every sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from babel.support import NullTranslations, Translations
from flask import g
from flask_babel import Babel, Domain, get_domain, get_locale

from itsmcomply.language import written_in


class RequestDomain(Domain):
    """The usual messages, with the catalogue of a request at hand until its language changes."""

    def get_translations(self) -> Translations | NullTranslations:
        around = g._flask_babel  # noqa: SLF001 - where flask_babel keeps what belongs to one request
        found = getattr(around, "kept_translations", None)
        if found is None or found[0] is not getattr(around, "babel_locale", None):
            translations = super().get_translations()
            around.kept_translations = found = (around.babel_locale, translations)
        kept: Translations | NullTranslations = found[1]
        return kept


class KeptBabel(Babel):
    """Flask-Babel with `RequestDomain`."""

    @cached_property
    def domain_instance(self) -> RequestDomain:
        return RequestDomain(domain=self.domain)


@contextmanager
def readers_language() -> Iterator[None]:
    """Within, files are written in the language of this request."""
    with written_in(get_domain().get_translations()):
        yield


def language_tag() -> str:
    """The language of this request as babel names it, "en" outside requests."""
    locale = get_locale()
    if locale is None:
        return "en"
    around = g._flask_babel  # noqa: SLF001
    found = getattr(around, "kept_tag", None)
    if found is None or found[0] is not locale:
        around.kept_tag = found = (locale, str(locale))
    return str(found[1])
