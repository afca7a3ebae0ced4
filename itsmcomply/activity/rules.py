"""The chain of the trail: canonical lines, their hashes and row digests. Pure; knows no table and no request."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Union

FIRST_PREV = "0" * 64

Plain = Union[  # noqa: UP007 - a recursive alias needs the quoted form
    None, bool, int, str, list["Plain"], dict[str, "Plain"]
]


def plain(value: object) -> Plain:
    """Turn a column value into what a canonical line may hold: text, integers, booleans, lists, maps."""
    match value:
        case None | bool() | int():
            return value
        case Enum():
            return str(value.value)
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case str():
            return value
        case Mapping():
            return {str(k): plain(v) for k, v in value.items()}
        case Sequence() | set() | frozenset():
            return [plain(v) for v in value]
    raise TypeError(f"no canonical form for {type(value).__name__}")


def canonical(value: object) -> str:
    """The one text of a value: sorted keys, no blanks, UTF-8 kept."""
    return json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Link:
    """What verifying the chain needs of one entry."""

    seq: int
    line: str
    line_hash: str


def chain_problems(links: Sequence[Link], *, prev: str = FIRST_PREV, first_seq: int = 1) -> list[str]:
    """Name every break in a run of entries in order of seq. Empty list: the run is whole."""
    problems: list[str] = []
    for offset, link in enumerate(links):
        if link.seq != first_seq + offset:
            problems.append(f"entry {link.seq}: expected number {first_seq + offset}")
            return problems
        problems.extend(_entry_problems(link, prev))
        prev = link.line_hash
    return problems


def _entry_problems(link: Link, prev: str) -> list[str]:
    if sha256_text(link.line) != link.line_hash:
        return [f"entry {link.seq}: its text does not match its hash"]
    try:
        content = json.loads(link.line)
    except ValueError:
        return [f"entry {link.seq}: its text is not JSON"]
    if content.get("prev") != prev:
        return [f"entry {link.seq}: does not follow the entry before it"]
    if content.get("seq") != link.seq:
        return [f"entry {link.seq}: its text says number {content.get('seq')}"]
    return []
