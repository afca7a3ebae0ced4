"""Values of the trail as one reads them: names of artefacts and processes, days, words for short codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from itsmcomply.activity.rules import Plain
from itsmcomply.activity.wording import trail_value
from itsmcomply.clauses.model import Catalogue
from itsmcomply.web.filters import date_text

CODES: Mapping[str, LazyString] = {
    "not_shown": _l("does not show what is asked"),
    "not_approved": _l("not approved or dated"),
    "wrong_period": _l("wrong period"),
    "wrong_artefact": _l("wrong artefact"),
    "unreadable": _l("unreadable"),
    "file": _l("file"),
    "link": _l("link"),
    "statement": _l("statement"),
    "nil": _l("nil statement"),
}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def change_value(value: Plain, field: str, catalogue: Catalogue) -> str:
    """What an entry of the trail says a field became, in words."""
    match value:
        case list():
            return ", ".join(change_value(part, field, catalogue) for part in value) or gettext("none")
        case str():
            return _text(value, field, catalogue)
        case _:
            return trail_value(value)


def _text(value: str, field: str, catalogue: Catalogue) -> str:
    if field == "artefact" and value in catalogue.artefacts:
        return catalogue.artefacts[value].name
    if field in {"process", "processes"} and value in catalogue.processes:
        return catalogue.processes[value].name
    if field == "kind" and value in CODES:
        return str(CODES[value])
    if _DAY.fullmatch(value):
        return date_text(date.fromisoformat(value))
    return trail_value(value)
