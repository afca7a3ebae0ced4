"""An artefact's items read piece by piece, so that a change to one of thousands reads only its piece again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import is_

from itsmcomply.readiness.engine.answers import Knowledge
from itsmcomply.readiness.engine.days import Vantage
from itsmcomply.readiness.engine.hints import ArtefactHints, hints_of
from itsmcomply.readiness.engine.readings import Readings, read_all
from itsmcomply.readiness.engine.stays import Rules
from itsmcomply.readiness.facts import Item

READ_WHOLE = 256
PIECES = 64


@dataclass(frozen=True, slots=True)
class Good:
    """For which looks a reading is good: the one it was made for and later ones, while nothing more is known.

    `renew_on`: the day a version known but not yet in force takes effect, when it has to be read again.
    """

    cutoff: datetime
    next_moment: datetime
    known_on: date
    renew_on: date

    def on(self, now: Vantage) -> bool:
        return self.cutoff <= now.cutoff <= self.next_moment and self.known_on <= now.known_on < self.renew_on


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of an artefact's items and what they show."""

    items: tuple[Item, ...]
    good: Good
    readings: Readings
    hints: ArtefactHints


Pieces = Mapping[int, Piece]


def good_while(now: Vantage, next_moment: datetime, parts: Sequence[Good]) -> Good:
    """For which looks a reading made now holds that was joined from these parts."""
    moments = (next_moment, *(part.next_moment for part in parts))
    return Good(now.cutoff, min(moments), now.known_on, min((part.renew_on for part in parts), default=date.max))


def read_pieces(
    items: Sequence[Item], rules: Rules, now: Vantage, subjects: Sequence[str | None], before: Iterable[Pieces]
) -> Pieces:
    """Read the items, taking over each piece that was read before from the same items and still is good.

    `before` must have been read by the same rules and for the same subjects. At least one piece.
    """
    known = list(before)
    return {
        number: _kept(number, own, now, known) or _read(own, rules, now, subjects)
        for number, own in _divided(items).items()
    }


def _divided(items: Sequence[Item]) -> dict[int, tuple[Item, ...]]:
    """The items in pieces; one falls into the same piece whatever comes and goes beside it."""
    if len(items) <= READ_WHOLE:
        return {0: tuple(items)}
    found: dict[int, list[Item]] = {}
    for item in items:
        found.setdefault(hash(item.key) % PIECES, []).append(item)
    return {number: tuple(own) for number, own in found.items()}


def _kept(number: int, items: tuple[Item, ...], now: Vantage, before: Iterable[Pieces]) -> Piece | None:
    found = (pieces[number] for pieces in before if number in pieces)
    return next((piece for piece in found if piece.good.on(now) and _same(piece.items, items)), None)


def _same(first: tuple[Item, ...], second: tuple[Item, ...]) -> bool:
    return len(first) == len(second) and all(map(is_, first, second))


def _read(items: tuple[Item, ...], rules: Rules, now: Vantage, subjects: Sequence[str | None]) -> Piece:
    knowledge = Knowledge(now)
    answers = [answer for item in items if (answer := knowledge.answer(item, rules))]
    starts = (v.effective_on for answer in answers for v in answer.accepted if v.effective_on > now.known_on)
    return Piece(
        items=items,
        good=Good(now.cutoff, knowledge.next_moment, now.known_on, min(starts, default=date.max)),
        readings=read_all(answers, rules, now.known_on, subjects),
        hints=hints_of(answers, one_per_item=rules.one_per_item, day=now.known_on),
    )
