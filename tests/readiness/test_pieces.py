"""An artefact with thousands of items is read in pieces; that must show in nothing but the time it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from itsmcomply.clauses.model import SubjectKind
from itsmcomply.readiness.engine import Steps, to_json
from itsmcomply.readiness.engine.answers import Knowledge
from itsmcomply.readiness.engine.days import vantage
from itsmcomply.readiness.engine.hints import ArtefactHints, hints_of, joined_hints
from itsmcomply.readiness.engine.pieces import PIECES, READ_WHOLE, read_pieces
from itsmcomply.readiness.engine.readings import Readings, joined, read_all
from itsmcomply.readiness.engine.stays import Rules, rules_for
from itsmcomply.readiness.facts import Facts, Item, Link, Review, Version, VersionKind, by_artefact
from itsmcomply.readiness.results import HintKind
from tests.readiness.small import LONG_AGO, accepted, at, facts, item, policy, rejected, result_of, small, subjects_of

DAY = date(2025, 6, 15)
NOW = vantage((), DAY, DAY)
SUBJECTS = ("a", "b")
MANY = 2 * READ_WHOLE


def a_version(random: Random) -> Version:
    received = DAY - timedelta(days=random.randint(-10, 700))
    return Version(
        number=1,
        kind=random.choice([VersionKind.FILE, VersionKind.FILE, VersionKind.LINK, VersionKind.NIL]),
        effective_on=received + timedelta(days=random.randint(-40, 20)),
        received_at=at(received),
        reviews=random.choice([accepted(received), accepted(received), rejected(received), ()]),
        period_from=received - timedelta(days=45),
        period_to=received,
        valid_until=random.choice([None, None, received + timedelta(days=60)]),
        subjects=random.choice([None, frozenset("a"), frozenset("ab")]),
        withdrawn_at=random.choice([None, None, None, at(received, 20)]),
        digest=random.choice(["x", "y", None]),
    )


def many(seed: int, *artefacts: str) -> list[Item]:
    random = Random(seed)
    return [
        item(f"EV-{number:04d}", artefacts[number % len(artefacts)], a_version(random))
        for number in range(1, MANY * len(artefacts) + 1)
    ]


def rules(artefact: str) -> Rules:
    return rules_for(small().artefacts[artefact], policy().freshness, own_interval=None, list_empty=False)


def in_order(found: Readings) -> Readings:
    """Stays in an order of their own: nothing depends on it."""
    by_subject = {
        key: replace(one, living=tuple(sorted(one.living, key=str)), later_starts=tuple(sorted(one.later_starts)))
        for key, one in found.by_subject.items()
    }
    held = {key: replace(one, held_later=tuple(sorted(one.held_later))) for key, one in by_subject.items()}
    return replace(found, by_subject=held)


def sets(found: ArtefactHints) -> tuple[Mapping[HintKind, frozenset[str]], dict[str, frozenset[str]]]:
    assert all(len(items) == len(set(items)) for items in found.bytes_held.values())
    return found.own, {digest: frozenset(items) for digest, items in found.bytes_held.items()}


@pytest.mark.parametrize("artefact", ["policy", "sla", "log", "rec", "notice"])
def test_pieces_joined_show_what_reading_the_whole_shows(artefact: str) -> None:
    items, own, knowledge = many(7, artefact), rules(artefact), Knowledge(NOW)
    answers = [answer for one in items if (answer := knowledge.answer(one, own))]

    pieces = read_pieces(items, own, NOW, SUBJECTS, []).values()

    whole = read_all(answers, own, DAY, SUBJECTS)
    assert in_order(joined([piece.readings for piece in pieces])) == in_order(whole)
    assert sets(joined_hints([piece.hints for piece in pieces])) == sets(
        hints_of(answers, one_per_item=own.one_per_item, day=DAY)
    )
    assert min(piece.good.next_moment for piece in pieces) == knowledge.next_moment


def changed(found: Facts, random: Random) -> Facts:
    """One item decided on, gone or new."""
    items = [one for artefact in found.artefacts.values() for one in artefact.filed]
    place = random.randrange(len(items))
    old = items[place]
    decided = replace(old.versions[0], reviews=(Review(accepted=random.random() < 0.5, decided_at=at(DAY, 12)),))
    items[place : place + 1] = random.choice([[replace(old, versions=(decided,))], [], [old, replace(old, key="EV-9")]])
    artefacts = by_artefact(items)
    same = {
        key: old_one
        for key, old_one in found.artefacts.items()
        if key in artefacts and old_one.filed == artefacts[key].filed
    }
    return replace(found, artefacts=artefacts | same)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_kept_over_changes_and_days_never_changes_an_answer(seed: int) -> None:
    random, steps = Random(seed), Steps()
    link = Link("rec", LONG_AGO, accepted(DAY), requirement="ops-2")
    linked = item("EV-8", "good", a_version(random), links=(link,))
    found = facts(*many(seed, "sla", "log", "rec"), linked, subjects=subjects_of(SubjectKind.SERVICE, *SUBJECTS))

    for _ in range(12):
        day = DAY + timedelta(days=random.randint(-3, 5))
        kept = result_of(found, day, DAY, steps=steps)

        assert to_json(kept) == to_json(result_of(found, day, DAY))
        found = changed(found, random)


def test_a_change_reads_only_its_piece_again() -> None:
    items, own = many(1, "rec"), rules("rec")
    before = read_pieces(items, own, NOW, (None,), [])
    decided = replace(items[40], versions=(replace(items[40].versions[0], reviews=accepted(DAY)),))

    after = read_pieces([*items[:40], decided, *items[41:]], own, NOW, (None,), [before])

    again = [number for number, piece in after.items() if piece is not before[number]]
    assert len(before) == PIECES
    assert again == [hash(items[40].key) % PIECES]
