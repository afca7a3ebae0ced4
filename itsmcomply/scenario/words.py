"""Placeholders in scenario texts: `{{day effective-3d}}`, `{{number 12..30}}`, `{{pick open|closed}}`.

What is drawn at random depends on the seed alone, so that one load day gives one text.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from itsmcomply.scenario.dates import BadDate, Span, long_day, resolve_day, resolve_period

T = TypeVar("T")

_PLACE = re.compile(r"\{\{([^{}\n]{1,200})\}\}")


@dataclass(frozen=True, slots=True)
class Words:
    """What placeholders may refer to. `span` is the period reported on, `index` its number in the series."""

    today: date
    names: Mapping[str, date]
    seed: str
    span: Span | None = None
    subject: str | None = None
    index: int = 0
    values: Mapping[str, str] = field(default_factory=dict)


def fill(text: str, words: Words) -> str:
    """`text` with every placeholder replaced. Raises `BadDate` for one that is not known."""
    if "{{" not in text:
        return text
    source = random.Random(words.seed)  # noqa: S311 - invented figures, nothing secret
    return _PLACE.sub(lambda match: _value(match[1], words, source), text)


def _value(place: str, words: Words, source: random.Random) -> str:
    kind, _, rest = place.strip().partition(" ")
    rest = rest.strip()
    match kind:
        case "period":
            return _span(rest, words).label
        case "code":
            return _span(rest, words).code
        case "subject":
            return _known(words.subject, "subject")
        case "pick":
            return source.choice([choice.strip() for choice in rest.split("|")])
        case "count":
            return _count(rest, words.index)
        case "number" | "decimal":
            return _number(kind, rest, source)
        case "day" | "iso" | "year":
            day = resolve_day(rest or "effective", words.today, words.names)
            return {"day": long_day(day), "iso": day.isoformat(), "year": str(day.year)}[kind]
    raise BadDate(f"{{{{{kind}}}}} is not a placeholder")


def _count(rest: str, index: int) -> str:
    """`start+step`, one step further in each period of a series."""
    match = re.fullmatch(r"(\d{1,9})(?:\+(\d{1,6}))?", rest, re.ASCII)
    if match is None:
        raise BadDate(f"{rest!r} is not a count; write 1040+12")
    return str(int(match[1]) + index * int(match[2] or 1))


def _number(kind: str, rest: str, source: random.Random) -> str:
    low, high = _limits(rest)
    if kind == "number":
        return str(source.randint(int(float(low)), int(float(high))))
    return f"{source.uniform(float(low), float(high)):.{_decimals(low)}f}"


def _span(rest: str, words: Words) -> Span:
    """The period itself, or `-1` the one before, or any period expression."""
    if not rest:
        return _known(words.span, "period")
    if rest.startswith("-"):
        span = _known(words.span, "period")
        months = (span.last.year - span.first.year) * 12 + span.last.month - span.first.month + 1
        first = resolve_day(f"{span.first.isoformat()}-{months * int(rest[1:])}m", words.today)
        last = resolve_day(f"{first.isoformat()}+{months}m", words.today)
        return Span(first, resolve_day(f"{last.isoformat()}-1d", words.today))
    return resolve_period(rest, words.today)


def _known(value: T | None, what: str) -> T:
    if value is None:
        raise BadDate(f"{{{{{what}}}}} has no meaning here")
    return value


def _limits(rest: str) -> tuple[str, str]:
    low, dots, high = rest.partition("..")
    try:
        ordered = float(low) <= float(high)
    except ValueError:
        ordered = False
    if not dots or not ordered:
        raise BadDate(f"{rest!r} is not a range; write 12..30")
    return low.strip(), high.strip()


def _decimals(number: str) -> int:
    return len(number.partition(".")[2])
