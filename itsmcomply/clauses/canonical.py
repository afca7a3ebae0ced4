"""Canonical form of frozen values: one JSON text per content, and its digest."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Plain: TypeAlias = "str | int | bool | list[Plain] | dict[str, Plain] | None"


def plain(value: object) -> Plain:
    """Turn a value into JSON types. Fractions become exact strings ("17/20"), enums their values, tuples lists.

    A field named `digest` is left out: a digest never describes itself.
    """
    match value:
        case Enum():
            return plain(value.value)
        case None | bool() | int() | str():
            return value
        case Fraction():
            return str(value)
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return fields_of(value)
    raise TypeError(f"no canonical form for {type(value).__name__}")


def fields_of(value: DataclassInstance) -> dict[str, Plain]:
    """The fields of a frozen value as JSON types, in the order of their declaration, without its digest."""
    return {f.name: plain(getattr(value, f.name)) for f in fields(value) if f.name != "digest"}


def canonical_json(value: object) -> str:
    """The one JSON text of a value: sorted keys, no spaces, characters unescaped."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(value: object) -> str:
    """SHA-256 (hex) of the canonical JSON in UTF-8."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()
