"""Search over the catalogue and evidence titles; an exact name leads straight to its page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.clauses.model import Catalogue
from itsmcomply.clauses.search import CatalogueIndex, Hit, HitKind, Match
from itsmcomply.controls.models import Control
from itsmcomply.evidence.keys import item_key
from itsmcomply.evidence.models import EvidenceItem, RegisterLine
from itsmcomply.readiness.phrases import Place, PlaceKind

_ITEM = re.compile(r"EV-?0*([1-9]\d{0,8})", re.IGNORECASE)
PLACES = {
    HitKind.CLAUSE: PlaceKind.CLAUSE,
    HitKind.REQUIREMENT: PlaceKind.REQUIREMENT,
    HitKind.PROCESS: PlaceKind.PROCESS,
    HitKind.ARTEFACT: PlaceKind.ARTEFACT,
}
LIMIT = 20


@dataclass(frozen=True, slots=True)
class Found:
    """One answer. `about`: what it belongs to, "" where its name says all."""

    kind: str
    name: str
    title: str
    place: Place


@dataclass(frozen=True, slots=True)
class Answers:
    """What a search found. `straight_to`: the one record whose name was typed, if any."""

    query: str
    straight_to: Place | None
    catalogue: tuple[Found, ...]
    evidence: tuple[Found, ...]


def search(session: Session, system_id: int, index: CatalogueIndex, catalogue: Catalogue, query: str) -> Answers:
    """Answers for what a person typed, as a person would name it: "EV-0142", "8.6.1-c", "incident", "INC-01".

    At most three queries.
    """
    typed = " ".join(query.split())
    if not typed:
        return Answers(typed, None, (), ())
    straight = _item(session, system_id, typed) or _control(session, system_id, typed)
    hits = index.search(typed, LIMIT)
    if straight is None and hits and hits[0].match in {Match.EXACT_ID, Match.NAME_IS}:
        straight = _place(catalogue, hits[0])
    evidence = () if straight else _evidence(session, system_id, typed)
    return Answers(typed, straight, tuple(_found(catalogue, hit) for hit in hits), tuple(evidence))


def _place(catalogue: Catalogue, hit: Hit) -> Place:
    if hit.kind is HitKind.KPI:
        return Place(PlaceKind.PROCESS, catalogue.kpis[hit.key].process)
    return Place(PLACES[hit.kind], hit.key)


def _found(catalogue: Catalogue, hit: Hit) -> Found:
    name = hit.key if hit.kind in {HitKind.CLAUSE, HitKind.REQUIREMENT} else ""
    return Found(hit.kind.value, name, hit.title, _place(catalogue, hit))


def _item(session: Session, system_id: int, typed: str) -> Place | None:
    match = _ITEM.fullmatch(typed)
    if match is None:
        return None
    number = int(match.group(1))
    query = select(EvidenceItem.number).where(EvidenceItem.system_id == system_id, EvidenceItem.number == number)
    return Place(PlaceKind.ITEM, item_key(number)) if session.execute(query).first() else None


def _control(session: Session, system_id: int, typed: str) -> Place | None:
    query = select(Control.ref).where(Control.system_id == system_id, Control.ref == typed.upper())
    found = session.execute(query).scalar()
    return None if found is None else Place(PlaceKind.CONTROL, found)


def _evidence(session: Session, system_id: int, typed: str) -> Sequence[Found]:
    """Items whose number, title, file name or artefact hold every word, newest first."""
    query = select(RegisterLine.number, RegisterLine.title).where(RegisterLine.system_id == system_id)
    for word in typed.casefold().split()[:8]:
        query = query.where(RegisterLine.search_text.contains(word, autoescape=True))
    rows = session.execute(query.order_by(RegisterLine.number.desc()).limit(LIMIT))
    return [
        Found("evidence", item_key(number), title, Place(PlaceKind.ITEM, item_key(number))) for number, title in rows
    ]
