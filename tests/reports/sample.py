"""A pack of a made-up organisation from the delivered catalogue: facts by a fixed seed, evaluated by the real engine.

`texts` take turns in everything that people write, for the corpora.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import cycle
from pathlib import Path

from itsmcomply.clauses.loader import load_catalogue, load_models, load_policy
from itsmcomply.clauses.maturity import MaturityModel
from itsmcomply.clauses.model import Artefact, Catalogue, Facet, SubjectKind
from itsmcomply.clauses.policy import Policy
from itsmcomply.readiness import facts as f
from itsmcomply.readiness.engine import evaluate
from itsmcomply.reports.audit_model import AuditPart
from itsmcomply.reports.compose import Around, compose
from itsmcomply.reports.model import (
    About,
    ActivityRow,
    ActivitySummary,
    ControlRow,
    EvidenceCounts,
    Mode,
    Pack,
    RegisterRow,
    RegisterState,
    SubjectLine,
)
from tests.reports.audit_sample import audit_part

FOLDER = Path(__file__).parents[2] / "clause_catalog"
DAY = date(2026, 11, 24)
SINCE = date(2025, 5, 1)
SERVICES = ("Workplace", "Customer portal", "Payroll platform")
KINDS = {
    SubjectKind.SERVICE: SERVICES,
    SubjectKind.EXTERNAL_SUPPLIER: ("Data centre north", "Network carrier"),
    SubjectKind.INTERNAL_SUPPLIER: (),
    SubjectKind.CUSTOMER: ("Retail division", "Logistics division"),
}


@cache
def catalogue() -> Catalogue:
    return load_catalogue(FOLDER)


@cache
def policy() -> Policy:
    return load_policy(FOLDER)


@cache
def model() -> MaturityModel:
    return next(iter(load_models(FOLDER).values()))


def _at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


class Said:
    """What people wrote: the default, or the given texts in turn."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = cycle(texts) if texts else None

    def __call__(self, default: str) -> str:
        return next(self._texts) if self._texts else default


@dataclass
class ListRegister:
    """A register held in memory."""

    held: list[RegisterRow] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.held)

    def rows(self) -> Iterator[RegisterRow]:
        return iter(self.held)


@dataclass
class _Maker:
    """Files evidence for the artefacts of the catalogue, most of it good."""

    said: Said
    random: random.Random
    items: list[f.Item] = field(default_factory=list)
    rows: list[RegisterRow] = field(default_factory=list)

    def fill(self, artefact: Artefact) -> None:
        chance = self.random.random()
        if chance < 0.12:
            return
        if artefact.every is not None or artefact.facet is not Facet.DOCUMENTED:
            for back in range(12 if chance < 0.6 else 8):
                self._file(artefact, DAY - timedelta(days=20 + 30 * back), "accepted")
        elif chance < 0.2:
            self._file(artefact, DAY - timedelta(days=600), "accepted")
        elif chance < 0.26:
            self._file(artefact, DAY - timedelta(days=10), "")
        elif chance < 0.3:
            self._file(artefact, DAY - timedelta(days=10), "rejected")
        else:
            self._file(artefact, DAY - timedelta(days=60), "accepted")

    def _file(self, artefact: Artefact, day: date, decision: str) -> None:
        key = f"EV-{len(self.items) + 1:04d}"
        is_record = artefact.facet is not Facet.DOCUMENTED
        start = day.replace(day=1) if is_record else None
        reviews = (f.Review(decision == "accepted", _at(day, 15), opened=True),) if decision else ()
        digest = hashlib.sha256(key.encode()).hexdigest()
        version = f.Version(
            1, f.VersionKind.FILE, day, _at(day), reviews, start, day if is_record else None, digest=digest
        )
        self.items.append(f.Item(key, artefact.key, (version,)))
        self.rows.append(self._row(key, artefact, version, decision))

    def _row(self, key: str, artefact: Artefact, version: f.Version, decision: str) -> RegisterRow:
        states = {"accepted": RegisterState.CURRENT, "rejected": RegisterState.REJECTED, "": RegisterState.IN_REVIEW}
        name = f"{artefact.name} {version.effective_on:%Y-%m}.pdf"
        return RegisterRow(
            key=key,
            version=1,
            state=states[decision],
            title=self.said(artefact.name),
            artefact=artefact.name,
            process=catalogue().processes[artefact.home_process].name,
            kind="file",
            source=self.said(name),
            sha256=version.digest,
            size=self.random.randrange(2_000, 2_000_000),
            effective_on=version.effective_on,
            period_from=version.period_from,
            period_to=version.period_to,
            valid_until=None,
            lapses_on=None,
            covers=self.said(""),
            linked=self.said(""),
            received_at=version.received_at.replace(tzinfo=None),
            uploader=self.said("Service desk lead"),
            owner=self.said("Change manager"),
            decision=decision,
            decided_at=datetime.combine(version.effective_on, datetime.min.time()) if decision else None,
            reviewer=self.said("Quality manager"),
            opened=True if decision else None,
            remark=self.said("Name the approver and the day" if decision == "rejected" else ""),
            confidentiality="internal",
            document_version=self.said("1.4"),
            document_approver=self.said("Service director"),
        )


def _system(said: Said) -> f.SystemFacts:
    subjects = tuple(
        f.Subject(f"{kind}-{place}", kind, SINCE, _at(SINCE))
        for kind, names in KINDS.items()
        for place, _ in enumerate(names)
    )
    owned = [key for place, key in enumerate(catalogue().processes) if place % 7 != 3]
    return f.SystemFacts(
        slug="managed-services",
        zones=(f.Dated("Europe/Amsterdam", _at(SINCE)),),
        operating_since=(f.Dated(SINCE, _at(SINCE)),),
        owners={key: (f.Dated(said("Change manager"), _at(SINCE)),) for key in owned},
        subjects=subjects,
        declared_lists={kind: (f.Dated(None, _at(SINCE)),) for kind in KINDS},
        scope=(f.Dated("Managed services", _at(SINCE)),),
    )


def _around(maker: _Maker, system: f.SystemFacts, mode: Mode) -> Around:
    said = maker.said
    about = About(
        slug="managed-services",
        name=said("Managed services"),
        organisation=said("Example Managed Services"),
        scope=said("The SMS that supports the delivery of managed workplace and application services to divisions"),
        zone="Europe/Amsterdam",
        operating_since=SINCE,
        certification_body=said(""),
        stage_1_on=date(2027, 1, 12),
        stage_2_on=date(2027, 3, 2),
        surveillance_on=None,
        certified_on=None,
        subjects=tuple(SubjectLine(k.value, said(n), said(""), SINCE) for k, names in KINDS.items() for n in names),
        declared=frozenset(k.value for k in KINDS),
    )
    return Around(
        about=about,
        mode=mode,
        owners={key: dated[0].value for key, dated in system.owners.items()},
        artefact_owners={},
        controls=_controls(said),
        titles={row.key: row.title for row in maker.rows},
        subjects={f"{k}-{n}": said(name) for k, names in KINDS.items() for n, name in enumerate(names)},
        audit=audit_part(said),
        activity=_activity(said),
        evidence=EvidenceCounts(len(maker.items), len(maker.rows), ((RegisterState.CURRENT, len(maker.rows)),)),
    )


def _controls(said: Said) -> tuple[ControlRow, ...]:
    return tuple(
        ControlRow(
            ref=c.ref,
            title=said(c.title),
            description=said(c.description),
            test=said(c.test),
            process_name=catalogue().processes[c.process].name,
            owner=said("Change manager"),
            kind=c.kind,
            frequency=said(c.frequency),
            status="operating",
            requirements=c.requirements,
        )
        for c in list(catalogue().controls.values())[:60]
    )


def _activity(said: Said) -> ActivitySummary:
    rows = (
        ActivityRow(date(2026, 10, 1), said("evidence.filed"), 41),
        ActivityRow(date(2026, 11, 1), said("evidence.accepted"), 38),
    )
    return ActivitySummary(rows, 79, 812, "ab" * 32, _at(SINCE).replace(tzinfo=None), _at(DAY).replace(tzinfo=None))


def make(*texts: str, day: date = DAY, mode: Mode = Mode.REAL, seed: int = 7) -> tuple[Pack, ListRegister]:
    """A pack and its register. With `texts` these take turns in every word that people write."""
    said = Said(texts)
    maker = _Maker(said, random.Random(seed))
    for artefact in catalogue().artefacts.values():
        maker.fill(artefact)
    system = _system(said)
    facts = f.Facts(system, f.by_artefact(maker.items))
    result = evaluate(catalogue(), policy(), model(), facts, day, today=DAY)
    pack = compose(catalogue(), policy(), model(), result, _around(maker, system, mode))
    return pack, ListRegister(maker.rows)


def empty() -> tuple[Pack, ListRegister]:
    """The pack of a system in which nothing is recorded."""
    result = evaluate(catalogue(), policy(), model(), f.Facts(f.SystemFacts(slug="empty")), DAY)
    about = About("empty", "Empty", "", "", "UTC", None, "", None, None, None, None)
    nothing = ActivitySummary((), 0, 0, "", None, None)
    around = Around(about, Mode.TRIAL, {}, {}, (), {}, {}, AuditPart(), nothing, EvidenceCounts(0, 0, ()))
    return compose(catalogue(), policy(), model(), result, around), ListRegister()
