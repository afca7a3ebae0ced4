"""Puts parsed YAML into its shape, or says in plain words which key does not fit and what to write instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from itsmcomply.clauses.problems import Problem
from itsmcomply.clauses.schema import FileModel
from itsmcomply.clauses.strict_yaml import Node

Shape = TypeVar("Shape", bound=FileModel)


def fit(shape: type[Shape], content: Node, file: str) -> tuple[Shape | None, list[Problem]]:
    """The content in its shape, or what keeps it from fitting, in the order of the file."""
    if not isinstance(content, dict):
        return None, [Problem(file, "", f"must begin with a key such as '{next(iter(shape.model_fields))}:'")]
    try:
        return shape.model_validate(content), []
    except ValidationError as error:
        return None, [_problem(file, content, details) for details in error.errors(include_url=False)]


def _problem(file: str, content: Node, details: ErrorDetails) -> Problem:
    return Problem(file, key_path(content, details["loc"]), _what(details))


def key_path(content: Node, path: Sequence[str | int]) -> str:
    """`clauses[4.1].requirements[4.1-a].kind`: entries are named by id, number or key, else by place from 1."""
    text, here = "", content
    for step in path:
        if isinstance(step, int) and isinstance(here, list) and step < len(here):
            here = here[step]
            text += f"[{_entry_name(here, step)}]"
        else:
            here = here.get(str(step), "") if isinstance(here, dict) else ""
            text += f".{step}" if text else str(step)
    return text


def _entry_name(entry: Node, place: int) -> str:
    if isinstance(entry, dict):
        for name in ("id", "number", "key", "ref", "fact", "level", "grade"):
            value = entry.get(name)
            if isinstance(value, str):
                return value
    return str(place + 1)


_PATTERNS = {
    r"^\d+(\.\d+)*$": "a clause number such as 8.6.1",
    r"^\d+(\.\d+)*-[a-z]+$": "a requirement id such as 8.6.1-c",
    r"^[a-z][a-z0-9_]*$": "a key of small letters, digits and underscores",
}


# By error type of pydantic; the names in braces are its context, `shown` the value, `kind` what stands there instead.
_WORDS = {
    "missing": "is missing; add it",
    "extra_forbidden": "is not a known key; correct its spelling or remove it",
    "unexpected_keyword_argument": "is not a known key; correct its spelling or remove it",
    "enum": "{shown} is not one of {expected}",
    "literal_error": "{shown} is not one of {expected}",
    "string_pattern_mismatch": "{shown} is not {pattern}",
    "string_too_short": "{shown} is too short to say anything",
    "string_type": "must be text, not {kind}",
    "int_parsing": "{shown} is not a whole number",
    "int_type": "must be a whole number, not {kind}",
    "bool_parsing": "{shown} is not true or false",
    "bool_type": "must be true or false, not {kind}",
    "fraction_parsing": "{shown} is not an exact number such as 0.85 or 17/20",
    "fraction_type": "must be an exact number such as 0.85 or 17/20, not {kind}",
    "greater_than_equal": "{shown} is too small; at least {ge}",
    "less_than_equal": "{shown} is too large; at most {le}",
    "too_short": "has {actual_length} entries; at least {min_length} are needed",
    "too_long": "has more than {max_length} entries",
    "tuple_type": "must be a list (lines beginning with '- '), not {kind}",
    "model_type": "must hold keys and values, not {kind}",
    "dict_type": "must hold keys and values, not {kind}",
    "dataclass_type": "must hold keys and values, not {kind}",
}


def _what(details: ErrorDetails) -> str:
    """One sentence: what is wrong and what to write instead."""
    value = details.get("input")
    shown = repr(value if not isinstance(value, str) or len(value) <= 60 else value[:57] + "...")
    context = dict(details.get("ctx", {}))
    if pattern := context.get("pattern"):
        context["pattern"] = _PATTERNS[pattern]
    words = _WORDS.get(details["type"], "{message}")
    return words.format(**context, shown=shown, kind=_kind(value), message=details["msg"])


def _kind(value: object) -> str:
    match value:
        case dict():
            return "keys and values"
        case list() | tuple():
            return "a list"
        case _:
            return "text"
