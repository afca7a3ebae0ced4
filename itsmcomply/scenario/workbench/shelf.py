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
    """`fell_at`: when it was rejected for good, or withdrawn."""

    seen: Seen
    at: datetime
    by: str
    span: Span | None
    fell_at: datetime | None = None


@dataclass
class Shelf:
    """Versions by artefact and by the id of their item, in order of filing."""

    _by_artefact: dict[str, list[_Filed]] = field(default_factory=dict)
    _by_id: dict[str, list[_Filed]] = field(default_factory=dict)

    def find(self, reference: str, moment: datetime, at: Place) -> Seen | None:
        """The version that `reference` means: the last one filed by `moment` that stands. Problems are noted."""
        name, _, number = reference.partition("/")
        name, _, period = name.partition(" ")
        held = self._by_id.get(name) or self._by_artefact.get(name)
        if held is None:
            at.known(name, at.catalogue.artefacts, "an artefact or the id of an item")
            held = []
        span = at.period(period) if period else None
        fit = [
            one
            for one in held
            if one.at <= moment
            and (span is None or one.span == span)
            and (one.seen.number == int(number) if number else _stands(one, moment))
        ]
        if not fit:
            at.refuse(f"no version of {reference} is on file on {moment:%Y-%m-%d %H:%M}")
            return None
        return fit[-1].seen

    def of(self, artefacts: Iterable[str], moment: datetime, *, not_by: str) -> tuple[Seen, ...]:
        """The last version standing at `moment` under each of the artefacts, uploaded by somebody else; two at most."""
        found = [
            next((one.seen for one in reversed(held) if _stands(one, moment) and one.by != not_by), None)
            for held in (self._by_artefact.get(key, []) for key in artefacts)
        ]
        return tuple(seen for seen in found if seen is not None)[:EXPECTED_AT_MOST]


def _stands(one: _Filed, moment: datetime) -> bool:
    return one.at <= moment and (one.fell_at is None or one.fell_at > moment)


def shelf_of(steps: Iterable[Step], ids: dict[str, str]) -> Shelf:
    """Everything the steps file. `ids`: the item behind each id."""
    shelf, filed = Shelf(), {}
    decided: dict[tuple[str, int], ReviewVersion] = {}
    for step in sorted(steps, key=lambda one: one.moment):
        match step:
            case FileVersion():
                one = _Filed(Seen(step.item, step.number), step.moment, step.actor or "", step.period)
                filed[step.item, step.number] = one
                shelf._by_artefact.setdefault(step.artefact, []).append(one)  # noqa: SLF001 - made here
            case ReviewVersion():
                decided[step.item, step.number] = step
            case WithdrawItem():
                for (item, _), one in filed.items():
                    if item == step.item:
                        one.fell_at = step.moment
            case _:
                pass
    for key, review in decided.items():
        if not review.accepted and filed[key].fell_at is None:
            filed[key].fell_at = review.moment
    for name, item in ids.items():
        shelf._by_id[name] = [one for key, one in filed.items() if key[0] == item]  # noqa: SLF001 - made here
    return shelf
