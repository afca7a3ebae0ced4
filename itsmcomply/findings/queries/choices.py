"""Versions of evidence that can be bound to a finding: likely ones, found ones, and those named by number."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from itsmcomply.clauses.model import Catalogue
from itsmcomply.evidence.keys import item_key
from itsmcomply.evidence.kinds import Standing
from itsmcomply.evidence.models import EvidenceItem, EvidenceVersion, RegisterLine

MOST_LIKELY = 8
MOST_FOUND = 30
ACTION_RECORD = "ca_rec"
"""The artefact that keeps corrective actions and their verification (10.1.2)."""

_NAMED = re.compile(r"EV-(\d{4,9})(?:/(\d{1,6}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class VersionChoice:
    """A version as a picker lists it. `name`: file name or address, "" for statements."""

    id: int
    key: str
    number: int
    title: str
    name: str
    artefact: str
    effective_on: date


def artefacts_for(catalogue: Catalogue, requirements: Iterable[str]) -> tuple[str, ...]:
    """The corrective action record, then every artefact these requirements expect, once each."""
    expected = (
        expectation.artefact
        for key in requirements
        if key in catalogue.requirements
        for expectation in catalogue.requirements[key].expectations
    )
    known = (ACTION_RECORD,) if ACTION_RECORD in catalogue.artefacts else ()
    return tuple(dict.fromkeys((*known, *expected)))


def likely_versions(session: Session, system_id: int, artefacts: Collection[str]) -> tuple[VersionChoice, ...]:
    """The versions that count of the latest items under these artefacts, latest first. One query."""
    query = _versions(system_id).where(RegisterLine.artefact.in_(list(artefacts)))
    return _choices(session, query.order_by(RegisterLine.received_at.desc()).limit(MOST_LIKELY))


def found_versions(session: Session, system_id: int, text: str) -> tuple[VersionChoice, ...]:
    """Versions that count of items whose title, file or number holds every word of `text`; latest first. One query."""
    query = _versions(system_id)
    for word in text.casefold().split():
        query = query.where(RegisterLine.search_text.contains(word, autoescape=True))
    return _choices(session, query.order_by(RegisterLine.received_at.desc()).limit(MOST_FOUND))


def _versions(system_id: int) -> Select[EvidenceVersion, RegisterLine]:
    return (
        select(EvidenceVersion, RegisterLine)
        .join(
            RegisterLine,
            (RegisterLine.item_id == EvidenceVersion.item_id) & (RegisterLine.shown == EvidenceVersion.number),
        )
        .where(
            RegisterLine.system_id == system_id,
            RegisterLine.standing.in_([Standing.COUNTING, Standing.IN_REVIEW]),
            EvidenceVersion.withdrawn_at.is_(None),
        )
    )


def _choices(session: Session, query: Select[EvidenceVersion, RegisterLine]) -> tuple[VersionChoice, ...]:
    return tuple(
        VersionChoice(
            id=version.id,
            key=item_key(line.number),
            number=version.number,
            title=line.title,
            name=version.file_name or version.url or "",
            artefact=line.artefact,
            effective_on=version.effective_on,
        )
        for version, line in session.execute(query)
    )


def versions_named(session: Session, system_id: int, names: Iterable[str]) -> tuple[list[int], list[str]]:
    """The ids of versions named as EV-0142 (the latest not withdrawn) or EV-0142/2, and the names that are none.

    One query per name; people type a few.
    """
    found: list[int] = []
    unknown: list[str] = []
    for name in names:
        version_id = _named(session, system_id, name)
        if version_id is None:
            unknown.append(name)
        else:
            found.append(version_id)
    return found, unknown


def _named(session: Session, system_id: int, name: str) -> int | None:
    match = _NAMED.fullmatch(name.upper())
    if match is None:
        return None
    query = (
        select(EvidenceVersion.id)
        .join(EvidenceItem, EvidenceItem.id == EvidenceVersion.item_id)
        .where(EvidenceItem.system_id == system_id, EvidenceItem.number == int(match[1]))
    )
    if match[2] is None:
        query = query.where(EvidenceVersion.withdrawn_at.is_(None)).order_by(EvidenceVersion.number.desc())
    else:
        query = query.where(EvidenceVersion.number == int(match[2]))
    return session.scalars(query.limit(1)).first()
