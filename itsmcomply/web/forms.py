"""The base of all forms: text is cleaned once, control characters are refused, errors keep what was typed."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import ClassVar

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.exceptions import UnsupportedMediaType
from wtforms import Field, ValidationError

from itsmcomply.errors import InvalidInput
from itsmcomply.web.filters import say

TEXT_MAX = 20_000


def clean_text(_form: object, field: Field) -> None:
    """Refuse what databases, XML and workbooks cannot hold; line breaks and tabs are fine."""
    text = field.data
    if not isinstance(text, str):
        return
    if len(text) > TEXT_MAX:
        raise ValidationError(_l("This text is too long; the limit is 20,000 characters."))
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\r\t" for c in text):
        raise ValidationError(_l("This text holds control characters. Remove them and send it again."))


def stripped(text: str | None) -> str:
    """Filter for text fields: surrounding blanks away, None becomes ""."""
    return (text or "").strip()


class Form(FlaskForm):
    """Base form. `show(error)` puts a domain rule's message beside its field.

    `FIELD_OF`: where a form asks for something under another name than the rule that refuses it.
    """

    FIELD_OF: ClassVar[Mapping[str, str]] = {}

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: object, formdata: object) -> object:
            """Flask-WTF would read a JSON body as a form, with numbers and lists where fields expect text."""
            if request.is_json:
                raise UnsupportedMediaType
            return super().wrap_formdata(form, formdata)

    def validate(self, extra_validators: dict[str, list[object]] | None = None) -> bool:
        checks: dict[str, list[object]] = {name: [clean_text] for name in self._fields}
        for name, more in (extra_validators or {}).items():
            checks.setdefault(name, []).extend(more)
        return bool(super().validate(extra_validators=checks))

    def show(self, error: InvalidInput) -> None:
        """Tell what an operation refused, in the reader's language, beside the fields it names; the rest on top."""
        for rule_name, sentence in error.errors.items():
            name, message = self.FIELD_OF.get(rule_name, rule_name), say(sentence)
            if name in self._fields:
                self._fields[name].errors = [*self._fields[name].errors, message]
            else:
                self.form_errors.append(message)
