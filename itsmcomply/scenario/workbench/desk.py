"""Takes the steps of the workbench, each through the operation that a page would call."""

from __future__ import annotations

from sqlalchemy.orm import Session

from itsmcomply.audits.tickets.table import LARGEST_FILE
from itsmcomply.clock import Clock, day_in_zone
from itsmcomply.db import db, end_read
from itsmcomply.evidence.store import Store
from itsmcomply.scenario.acting import system_of
from itsmcomply.scenario.filing import EvidenceDesk
from itsmcomply.scenario.model import Step
from itsmcomply.scenario.workbench.auditing import take_on_audits
from itsmcomply.scenario.workbench.following import take_on_findings
from itsmcomply.scenario.workbench.keys import Keys, Scribe, Written
from itsmcomply.scenario.workbench.model import (
    ApproveProgramme,
    FilePaper,
    ImportPopulation,
    OnAudits,
    OnFindings,
    OnReviews,
    OnSampling,
    OnWorkbench,
    Prepared,
    SignAudit,
    SignReview,
)
from itsmcomply.scenario.workbench.reviewing import take_on_reviews
from itsmcomply.scenario.workbench.sampling import keep_export, take_on_sampling
from itsmcomply.systems.queries import DEFAULT_ZONE, zones


class WorkbenchDesk:
    """Knows the records behind the scenario's own names for programmes, audits, findings and reviews."""

    def __init__(self, clock: Clock, scribe: Scribe, evidence: EvidenceDesk, store: Store) -> None:
        self._clock = clock
        self._store = store
        self._scribe = scribe
        self._evidence = evidence
        self._keys = Keys(evidence)

    def write(self, step: Step) -> Written | None:
        """What a step signs, written from what is stored now, or the export it brings; kept before any transaction."""
        if not isinstance(step, Prepared):
            return None
        if isinstance(step, ImportPopulation):
            return keep_export(self._store, step.read, LARGEST_FILE)
        session = db.session()
        system = system_of(session, step)
        today = day_in_zone(self._clock.now(), zones(session, [system.id]).get(system.id, DEFAULT_ZONE))
        match step:
            case ApproveProgramme():
                key = self._keys.programmes[step.system, step.programme]
                made: Written = self._scribe.programme(session, system, key, today)
            case SignAudit():
                made = self._scribe.audit_report(session, system, self._keys.audits[step.system, step.audit], today)
            case FilePaper():
                key, number = self._keys.audits[step.system, step.audit], self._keys.samples[step.system, step.sample]
                made = self._scribe.working_paper(session, system, key, number, self._clock.now())
            case SignReview():
                made = self._scribe.minutes(session, system, self._keys.reviews[step.system, step.review], today)
        end_read()
        return made

    def take(self, session: Session, step: OnWorkbench, written: Written | None) -> None:
        """Take one step of the workbench."""
        desk = self._evidence.open(session, step)
        match step:
            case OnSampling():
                take_on_sampling(desk, step, self._keys, written)
            case OnAudits():
                take_on_audits(desk, step, self._keys, written)
            case OnFindings():
                take_on_findings(desk, step, self._keys)
            case OnReviews():
                take_on_reviews(desk, step, self._keys, written)
