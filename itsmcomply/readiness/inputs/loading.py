"""The whole of a system's facts at one trail number, and the same a few changes later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.errors import NotFound
from itsmcomply.readiness.facts import ArtefactFacts, Facts, Item, Link, by_artefact
from itsmcomply.readiness.inputs.evidence import Choice, load_items
from itsmcomply.readiness.inputs.planning import Planning
from itsmcomply.readiness.inputs.system import load_system
from itsmcomply.systems.models import ManagementSystem


@dataclass(frozen=True, slots=True)
class Loaded:
    """Facts as of trail number `seq`, with what only planning reads."""

    seq: int
    facts: Facts
    planning: Planning


def current_seq(session: Session, system_id: int) -> int:
    """Trail number of the last change to the system's facts. One query. Raises NotFound."""
    seq = session.execute(select(ManagementSystem.facts_seq).where(ManagementSystem.id == system_id)).scalar()
    if seq is None:
        raise NotFound("management system", str(system_id))
    return seq


def _identity(session: Session, system_id: int) -> tuple[int, str]:
    """Trail number before anything else is read: what changes meanwhile is then read again, never missed."""
    query = select(ManagementSystem.facts_seq, ManagementSystem.slug).where(ManagementSystem.id == system_id)
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound("management system", str(system_id))
    return found.facts_seq, found.slug


def load(session: Session, system_id: int) -> Loaded:
    """Fold everything. Twelve queries whatever there is; findings take six more, audits three. Raises NotFound."""
    seq, slug = _identity(session, system_id)
    system, planning = load_system(session, system_id, slug)
    return Loaded(seq, Facts(system, by_artefact(load_items(session, Choice(system_id)))), planning)


def refresh(session: Session, system_id: int, old: Loaded) -> Loaded:
    """The facts now, folding again only items touched since `old`; artefacts they do not answer stay the same objects.

    At most as many queries as `load`. Raises NotFound.
    """
    seq, slug = _identity(session, system_id)
    system, planning = load_system(session, system_id, slug)
    touched = load_items(session, Choice(system_id, old.seq))
    return Loaded(seq, Facts(system, _replaced(old.facts.artefacts, touched)), planning)


def _replaced(artefacts: Mapping[str, ArtefactFacts], touched: Iterable[Item]) -> dict[str, ArtefactFacts]:
    """Put new items in the place of old ones. Items keep their artefact and links are only ended, never removed."""
    found = dict(artefacts)
    for key, new in by_artefact(touched).items():
        old = artefacts.get(key)
        found[key] = new if old is None else _merged(old, new)
    return found


def _merged(old: ArtefactFacts, new: ArtefactFacts) -> ArtefactFacts:
    filed = {item.key: item for item in (*old.filed, *new.filed)}
    again = {item.key for item, _ in new.linked}
    linked: tuple[tuple[Item, Link], ...] = tuple(pair for pair in old.linked if pair[0].key not in again)
    return ArtefactFacts(tuple(filed.values()), linked + new.linked)
