"""Assurance hints: what a reader should know about how sure a result is. They stand beside results, never in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from itsmcomply.readiness.engine.answers import Answer
from itsmcomply.readiness.facts import Review, Version, VersionKind
from itsmcomply.readiness.results import Hint, HintKind


@dataclass(frozen=True, slots=True)
class ArtefactHints:
    """The hints of one artefact, and which items carry which bytes (digest to item keys, in no order)."""

    own: Mapping[HintKind, frozenset[str]]
    bytes_held: Mapping[str, tuple[str, ...]]


def hints_of(answers: Iterable[Answer], *, one_per_item: bool, day: date) -> ArtefactHints:
    """Gather hints from the versions that count on the day."""
    own: dict[HintKind, set[str]] = {}
    held: dict[str, tuple[str, ...]] = {}
    several: dict[str, set[str]] = {}
    for answer in answers:
        for version, review in _counting(answer, one_per_item=one_per_item, day=day):
            for kind in _kinds(version, review):
                own.setdefault(kind, set()).add(answer.item)
            if version.digest is not None:
                first = held.setdefault(version.digest, (answer.item,))[0]
                if first != answer.item:
                    several.setdefault(version.digest, {first}).add(answer.item)
    held |= {digest: tuple(items) for digest, items in several.items()}
    return ArtefactHints({kind: frozenset(keys) for kind, keys in own.items()}, held)


def joined_hints(parts: Sequence[ArtefactHints]) -> ArtefactHints:
    """The hints of one artefact whose items were looked at in parts."""
    if len(parts) == 1:
        return parts[0]
    kinds = {kind for part in parts for kind in part.own}
    held: dict[str, tuple[str, ...]] = {}
    for part in parts:
        again = {key: held[key] + items for key, items in part.bytes_held.items() if key in held}
        held |= part.bytes_held
        held |= again
    return ArtefactHints({kind: frozenset().union(*(part.own.get(kind, ()) for part in parts)) for kind in kinds}, held)


def _counting(answer: Answer, *, one_per_item: bool, day: date) -> Sequence[tuple[Version, Review]]:
    pairs = zip(answer.accepted, answer.reviews, strict=True)
    in_force = [pair for pair in pairs if pair[0].effective_on <= day]
    if one_per_item and len(in_force) > 1:
        return [max(in_force, key=lambda pair: (pair[0].effective_on, pair[0].number))]
    return in_force


def _kinds(version: Version, review: Review) -> Iterable[HintKind]:
    if review.opened is False:
        yield HintKind.ACCEPTED_UNOPENED
    if review.close_to_uploader:
        yield HintKind.REVIEWER_CLOSE
    if version.kind is VersionKind.LINK:
        yield HintKind.NOT_HELD
    elif version.kind is VersionKind.NIL:
        yield HintKind.NIL_STATEMENT


def all_hints(found: Mapping[str, ArtefactHints]) -> tuple[Hint, ...]:
    """The hints of all artefacts in the order given, those about the same bytes under several artefacts included."""
    seen: set[str] = set()
    shared: set[str] = set()
    for hints in found.values():
        shared.update(seen.intersection(hints.bytes_held))
        seen.update(hints.bytes_held)
    return tuple(
        Hint(kind, artefact, tuple(sorted(sorted(items), key=len)))
        for artefact, hints in found.items()
        for kind in HintKind
        if (items := _items(hints, kind, shared))
    )


def _items(hints: ArtefactHints, kind: HintKind, shared: set[str]) -> frozenset[str]:
    if kind is not HintKind.SAME_BYTES:
        return hints.own.get(kind, frozenset())
    return frozenset(item for digest in shared for item in hints.bytes_held.get(digest, ()))
