"""A house in which every kind of fact is on record: each table of facts holds a row, put there by an operation.

What a test proves of every table, or of every address, it proves on this house.
"""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, literal, select, union_all

from itsmcomply.accounts.models import User
from itsmcomply.accounts.operations import store_password
from itsmcomply.activity.models import ActivityHead
from itsmcomply.audits.kinds import Competence, TeamRole
from itsmcomply.audits.operations import (
    Assignment,
    Report,
    add_slot,
    approve_programme,
    assign,
    begin_audit,
    create_programme,
    examine,
    follow_thread,
    plan_audit,
    programme_content,
    record_competence,
)
from itsmcomply.audits.operations.desk import programme_by_key
from itsmcomply.audits.operations.programme import ProgrammeData
from itsmcomply.audits.rules import Slot
from itsmcomply.clauses.model import SubjectKind
from itsmcomply.controls.operations import adopt_starter_controls
from itsmcomply.db import Base, db, end_read
from itsmcomply.evidence.kinds import Decision
from itsmcomply.evidence.operations import Desk, ask_question, decide_link, file_evidence, link_to_requirement
from itsmcomply.evidence.store import LocalStore
from itsmcomply.findings.kinds import EvidenceUse, Grade
from itsmcomply.findings.limits import Limits
from itsmcomply.findings.operations import answer_finding, bind_evidence, set_limits, withdraw_finding
from itsmcomply.performance.kinds import Step
from itsmcomply.performance.operations import follow_action
from itsmcomply.performance.rules import NewStep
from itsmcomply.permissions import SYSTEM_ACTOR
from itsmcomply.reports.operations import request_export
from itsmcomply.reports.rules import ExportKind
from itsmcomply.systems.models import EntryKind, InstallationMode
from itsmcomply.systems.operations import add_subject, mark_installation, set_entry
from itsmcomply.web.resources import resources_of
from tests.audits.shop import Shop, plan_of
from tests.audits.tickets.exports import OWN_MAPPING, SERVICENOW
from tests.cast import Cast, csrf
from tests.digest import DERIVED
from tests.evidence.office import Office, document
from tests.findings.bench import Bench
from tests.performance.hall import Hall


@dataclass
class House:
    """The records by their keys. `audit` has begun and holds a sample; `closed` is signed off."""

    cast: Cast
    audit: str = ""
    closed: str = ""
    programme: str = ""
    finding: str = ""
    planned: str = ""
    withdrawn: str = ""
    review: str = ""
    signed: str = ""


def furnish(cast: Cast) -> House:
    """Put one of everything into the system of the cast."""
    house, shop, office = House(cast), Shop(cast), office_of(cast)
    with shop.desk("admin") as desk:
        mark_installation(desk.session, cast.clock, mode=InstallationMode.TRIAL)
    _facts(shop)
    _evidence(shop, office)
    _audits(shop, house)
    _samples(shop, house)
    _findings(Bench(office), house)
    _reviews(Hall(office), house)
    with shop.desk("sms_manager") as desk:
        request_export(
            desk.session,
            desk.actor,
            cast.clock,
            system_id=desk.system.id,
            kind=ExportKind.REPORT,
            day=desk.today,
            model=next(iter(resources_of(cast.app).models)),
        )
    return house


def office_of(cast: Cast) -> Office:
    """Desks on the store of the application, every password on the trail: the cast writes them into the rows."""
    found = resources_of(cast.app)
    assert isinstance(found.store, LocalStore)
    office = Office(cast, found.store, found.policy)
    with office.desk("admin") as desk:
        for user in desk.session.scalars(select(User)):
            store_password(desk.session, SYSTEM_ACTOR, cast.clock, user=user, password_hash=user.password_hash or "")
    return office


def counts(app: Flask) -> list[int]:
    """How many rows each table of facts holds, and where the trail ends. One query."""
    tables = [t for t in Base.metadata.sorted_tables if t.name not in DERIVED]
    parts = [select(literal(at).label("at"), func.count().label("n")).select_from(t) for at, t in enumerate(tables)]
    parts.append(select(literal(len(tables)), ActivityHead.seq))
    with app.app_context():
        found = [n for _, n in sorted(db.session.execute(union_all(*parts)).all())]
        end_read()
    return found


def _facts(shop: Shop) -> None:
    with shop.desk("sms_manager") as desk:
        session, actor, clock = desk.session, desk.actor, shop.cast.clock
        for kind, value in ((EntryKind.ORGANISATION, "North"), (EntryKind.SCOPE_STATEMENT, "Managed services")):
            set_entry(session, actor, clock, system=desk.system, kind=kind, value=value)
        adopt_starter_controls(session, actor, clock, desk.catalogue, system=desk.system)


def _evidence(shop: Shop, office: Office) -> None:
    accepted, rejected = office.file(), office.file(content=b"%PDF-1.7 other", name="other.pdf")
    office.accept(accepted)
    office.reject(rejected)
    with office.desk("reviewer") as desk:
        ask_question(desk, version_id=accepted.id, text="Who approves it?")
    linked = shop.file("process_owner", "inc_prio", "priorities")
    with office.desk("process_owner") as desk:
        link = link_to_requirement(desk, item_id=linked.item.id, requirement="8.6.1-b", artefact="inc_rec")
    with office.desk("reviewer") as desk:
        decide_link(desk, link_id=link.id, decision=Decision.ACCEPTED)
    with office.desk("sms_manager") as desk:
        party = add_subject(
            desk.session,
            desk.actor,
            office.cast.clock,
            system=desk.system,
            kind=SubjectKind.EXTERNAL_SUPPLIER,
            name="Hosting company",
            from_on=date(2026, 1, 1),
        )
        desk.session.flush()
        named = replace(document("Contract"), subjects=frozenset({party.id}))
        file_evidence(desk, artefact="contract", filing=named, upload=office.upload(desk, b"%PDF-1.7 contract"))
        office.upload(desk, b"waits to be filed", "later.txt")


def _audits(shop: Shop, house: House) -> None:
    filed = shop.file("process_owner", "inc_rec", "records")
    with shop.desk("internal_auditor") as desk:
        data = ProgrammeData("Internal audits 2026", date(2026, 1, 1), date(2026, 12, 31), "Cover every clause.")
        house.programme = create_programme(desk, data).key
    with shop.desk("sms_manager") as desk:
        programme = programme_by_key(desk, house.programme)
        house.audit = plan_audit(desk, plan_of("8.6.1", "8.6.3"), programme=programme).key
        record_competence(
            desk,
            user_id=shop.cast.ids["internal_auditor"],
            subject=Competence.AUDITING,
            text="Lead auditor course",
            item_key="EV-0001",
            valid_until=date(2028, 1, 1),
        )
        assign(desk, house.audit, Assignment(TeamRole.LEAD, shop.cast.ids["internal_auditor"]))
        add_slot(desk, house.audit, Slot(date(2026, 11, 24), "09:00", "10:00", "Incidents"))
        stored = resources_of(shop.cast.app).store.put(io.BytesIO(b"programme"), limit=100, name="p.docx")
        approve_programme(desk, house.programme, Report(stored, "p.docx", programme_content(desk.session, programme)))
    with shop.desk("internal_auditor") as desk:
        begin_audit(desk, house.audit)
        examine(desk, house.audit, "8.6.1-a", [filed.version.id])
        follow_thread(desk, house.audit, "8.6.1-a", thread="incident", steps="INC001\nPRB001", holds=True)
    house.closed = shop.signed("8.6.2")


@dataclass
class Page:
    """Somebody at a page of the system: forms go out with its token."""

    client: FlaskClient
    at: str
    token: str

    def post(self, path: str, **data: object) -> None:
        answer = self.client.post(f"{self.at}{path}", data={"csrf_token": self.token, **data})
        assert answer.status_code in (302, 303), answer.text


def at_page(cast: Cast, who: str, path: str) -> Page:
    client = cast.client(who)
    return Page(client, cast.url(path), csrf(client, cast.url(path)))


def _samples(shop: Shop, house: House) -> None:
    """Over HTTP, because a child process reads the export."""
    page = at_page(shop.cast, "internal_auditor", f"/audits/{house.audit}")
    page.post("/mappings", name="Own tool", content=OWN_MAPPING)
    page.post("/populations/from/0", files=(io.BytesIO(SERVICENOW.encode()), "export.csv"))
    for thread in threading.enumerate():
        if thread.name.startswith("import-"):
            thread.join(60)
    drawn = {
        "method": "random",
        "by": "priority",
        "size": 2,
        "confidence": "95",
        "seed": "42",
        "requirement": "8.6.1-a",
    }
    page.post("/populations/1", title="Incidents of February", kind="incident", **drawn)
    page.post("/samples/1/records/1", version=1, a1="yes")
    workbook = page.client.get(f"{page.at}/checklist.xlsx").data
    page.post("/returns", file=(io.BytesIO(workbook), "checklist.xlsx"))


def _findings(bench: Bench, house: House) -> None:
    house.planned, house.withdrawn = bench.planned(), bench.raised()
    house.finding = bench.verified()
    bench.close(house.finding)
    observation = bench.graded(Grade.OBSERVATION)
    seen = bench.version()

    def complete(desk: Desk) -> None:
        answer_finding(desk, observation, text="Nothing will be done: it is intended.")
        set_limits(desk, grade=Grade.MINOR, by_body=False, limits=Limits(20, 80))

    bench.do("sms_manager", complete)
    bench.do("internal_auditor", lambda desk: withdraw_finding(desk, house.withdrawn, reason="Raised twice."))
    bench.do(
        "internal_auditor",
        lambda desk: bind_evidence(desk, house.planned, use=EvidenceUse.OBJECTIVE, versions=[seen]),
    )


def _reviews(hall: Hall, house: House) -> None:
    house.signed = hall.signed()
    hall.office.cast.clock.advance(timedelta(days=1))
    house.review = hall.held()
    hall.consider_all(house.review)
    hall.decide(house.review)
    shown = hall.office.file(content=b"%PDF-1.7 measured", name="measured.pdf")
    step = NewStep(Step.DONE, "Measured.", versions=(shown.id,))
    hall.do(lambda desk: follow_action(desk, house.signed, 1, step))
