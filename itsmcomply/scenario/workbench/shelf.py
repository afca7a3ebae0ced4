"""What is on file at a moment of the history, so that an entry can name evidence by artefact. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from itsmcomply.scenario.dates import Span
from itsmcomply.scenario.model import FileVersion, ReviewVersion, Step, WithdrawItem
from itsmcomply.scenario.place import Place
from itsmcomply.scenario.workbench.model import Seen

EXPECTED_AT_MOST = 2
"""Versions that `examined: expected` marks for a row."""


@dataclass
class _Filed:
    """`accepted_at`: when it was accepted first; `fell_at`: when it was rejected for good, or withdrawn."""

    seen: Seen
    at: datetime
    by: str
    span: Span | None
    accepted_at: datetime | None = None
    fell_at: datetime | None = None

    def stands(self, moment: datetime) -> bool:
        return self.at <= moment and (self.fell_at is None or self.fell_at > moment)

    def is_accepted(self, moment: datetime) -> bool:
        return self.accepted_at is not None and self.accepted_at <= moment


@dataclass
class Shelf:
    """Versions by artefact and by the id of their item, in order of filing."""

    by_artefact: dict[str, list[_Filed]] = field(default_factory=dict)
    by_id: dict[str, list[_Filed]] = field(default_factory=dict)

    def find(self, reference: str, moment: datetime, at: Place) -> Seen | None:
        """The version that `reference` means: of those standing at `moment` the last accepted, else the last filed.

        Problems are noted.
        """
        name, _, number = reference.partition("/")
        name, _, period = name.partition(" ")
        held = self.by_id.get(name) or self.by_artefact.get(name)
        if held is None:
            at.known(name, at.catalogue.artefacts, "an artefact or the id of an item")
            held = []
        span = at.period(period) if period else None
        fit = [
            one
            for one in held
            if one.at <= moment
            and (span is None or one.span == span)
            and (one.seen.number == int(number) if number else one.stands(moment))
        ]
        if not fit:
            at.refuse(f"no version of {reference} is on file on {moment:%Y-%m-%d %H:%M}")
            return None
        return _best(fit, moment).seen

    def of(self, artefacts: Iterable[str], moment: datetime, *, not_by: str) -> tuple[Seen, ...]:
        """As `find` for each artefact, without what this person uploaded; two at most, and none where nothing is."""
        fit = (
            [one for one in self.by_artefact.get(key, []) if one.stands(moment) and one.by != not_by]
            for key in artefacts
        )
        return tuple(_best(one, moment).seen for one in fit if one)[:EXPECTED_AT_MOST]


def _best(fit: list[_Filed], moment: datetime) -> _Filed:
    return max(fit, key=lambda one: (one.is_accepted(moment), one.at))


def shelf_of(steps: Iterable[Step], ids: dict[str, str]) -> Shelf:
    """Everything the steps file. `ids`: the item behind each id."""
    shelf = Shelf()
    filed: dict[tuple[str, int], _Filed] = {}
    for step in sorted(steps, key=lambda one: one.moment):
        match step:
            case FileVersion():
                one = _Filed(Seen(step.item, step.number), step.moment, step.actor or "", step.period)
                filed[step.item, step.number] = one
                shelf.by_artefact.setdefault(step.artefact, []).append(one)
            case ReviewVersion() if (step.item, step.number) in filed:  # one decided too early is a problem of its own
                _decide(filed[step.item, step.number], step)
            case WithdrawItem():
                for one in filed.values():
                    one.fell_at = step.moment if one.seen.item == step.item else one.fell_at
            case _:
                pass
    for name, item in ids.items():
        shelf.by_id[name] = [one for one in filed.values() if one.seen.item == item]
    return shelf


def _decide(one: _Filed, review: ReviewVersion) -> None:
    """The latest decision stands, as it does in the register."""
    if review.accepted:
        one.accepted_at, one.fell_at = one.accepted_at or review.moment, None
    else:
        one.fell_at = review.moment
