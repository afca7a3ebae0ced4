"""My work: what one person's artefacts need, what was rejected, what lapses soon, what is with a reviewer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sized
from urllib.parse import urlencode

from flask import Flask, render_template, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from itsmcomply.clauses.model import Process
from itsmcomply.evidence.blueprint import blueprint
from itsmcomply.evidence.desk_web import freshen, outlook, owners_now
from itsmcomply.evidence.outlook import Standing, Wanted
from itsmcomply.evidence.queries.memory import latest_entry, remembered
from itsmcomply.evidence.queries.register import Owners
from itsmcomply.evidence.queries.review import waiting_count
from itsmcomply.evidence.queries.work import (
    Mine,
    RejectedWork,
    WaitingWork,
    artefacts_of,
    decided_lately,
    lapsing_work,
    open_questions,
    rejected_work,
    unfiled_uploads,
    waiting_work,
)
from itsmcomply.permissions import Permission, Role
from itsmcomply.systems.queries import SystemRef
from itsmcomply.web.beside import tasks
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import SignedIn, current_system, reader, require_person, settings
from itsmcomply.web.numbers import Spelled, capital
from itsmcomply.web.page import add_counter, today
from itsmcomply.web.resources import resources

SHOWN_AT_FIRST = 10
MOST_LAPSING = 10
MOST_REJECTED = 10


def mine_in(found: SignedIn, system: SystemRef, owned_by: Owners) -> Mine:
    """What this person answers for: everything without an owner for the SMS manager, else their own."""
    catalogue = resources().catalogue
    homes = {key: artefact.home_process for key, artefact in catalogue.artefacts.items()}
    actor = found.actor
    artefacts = artefacts_of(owned_by, actor.user_id, actor.processes(system.id), homes)
    if Role.SMS_MANAGER in actor.roles(system.id):
        named = set(owned_by.artefacts) | {key for key, home in homes.items() if home in owned_by.processes}
        artefacts |= frozenset(homes) - named
    return Mine(actor.user_id, artefacts)


@blueprint.get("/s/<slug>/my-work")
@requires(Permission.FILE_EVIDENCE)
def my_work(slug: str) -> str:
    """One page of what needs this person, most urgent first."""
    freshen()
    system, found, shared = current_system(), require_person(), resources()
    session, day = reader(), today()
    owned_by = owners_now()
    mine = mine_in(found, system, owned_by)
    rejected = rejected_work(session, system.id, mine)
    lapsing = lapsing_work(
        session,
        system.id,
        mine,
        per_subject=frozenset(key for key, artefact in shared.catalogue.artefacts.items() if artefact.per),
        today=day,
        days=shared.policy.planning.lapses_soon_days,
    )
    lapsing = [work for work in lapsing if not work.pending]
    waiting = waiting_work(session, system.id, mine)
    questions = open_questions(session, system.id, mine)
    uploads = unfiled_uploads(session, system.id, found.actor.user_id)
    wanted = _wanted(mine, rejected, waiting)
    asked = tasks()
    return render_template(
        "evidence/my_work.html",
        tasks=asked,
        rejected=rejected[:MOST_REJECTED],
        rejected_more=max(0, len(rejected) - MOST_REJECTED),
        lapsing=lapsing[:MOST_LAPSING],
        lapsing_more=max(0, len(lapsing) - MOST_LAPSING),
        waiting=waiting,
        questions=questions,
        wanted=wanted[:SHOWN_AT_FIRST],
        later=wanted[SHOWN_AT_FIRST:],
        uploads=uploads,
        waiting_tokens=[f"id:{upload.id}" for upload, _blob in uploads],
        decided=decided_lately(session, system.id, found.actor.user_id),
        processes=_processes(mine, shared.catalogue.processes),
        standings=_standings(),
        artefacts=shared.catalogue.artefacts,
        strip=_strip,
        need=_things(_counted(asked, rejected, questions, wanted)),
        soon_days=shared.policy.planning.lapses_soon_days,
        limit=settings().upload_limit_bytes,
        today=day,
    )


def _wanted(mine: Mine, rejected: Iterable[RejectedWork], waiting: Iterable[WaitingWork]) -> list[Wanted]:
    """What readiness misses, without what is rejected (shown above) or already with a reviewer."""
    above = outlook()
    if above is None:
        return []
    session, system_id, day = reader(), current_system().id, today()
    found = remembered(
        session,
        latest_entry(session),
        ("wanted", system_id, mine.artefacts, day, str(get_locale())),
        lambda: above.wanted(session, system_id, mine.artefacts, day),
    )
    handled = {one.artefact for one in rejected} | {one.artefact for one in waiting}
    return [one for one in found if one.artefact not in handled]


def _things(number: int) -> str:
    """The verdict of the page in words."""
    if number == 0:
        return _("Nothing needs you")
    return capital(ngettext("One thing needs you", "%(num)s things need you", Spelled(number)))


def _standings() -> Mapping[str, Standing]:
    """How each process stands, by process; empty where readiness is not there to say."""
    above = outlook()
    return {} if above is None else above.standings(reader(), current_system().id, today())


def _strip(wanted: Wanted, slug: str) -> list[dict[str, str]]:
    """The period strip of a recurring artefact; each missing square leads to filing with that period set."""
    page = url_for("evidence.file_new", slug=slug)
    return [
        {
            "letter": cell.letter,
            "name": cell.name,
            "state": cell.state,
            "url": f"{page}?{urlencode({'artefact': wanted.artefact, 'from': cell.start, 'to': cell.end})}",
        }
        for cell in wanted.periods
    ]


def _processes(mine: Mine, processes: Mapping[str, Process]) -> list[Process]:
    homes = {resources().catalogue.artefacts[key].home_process for key in mine.artefacts}
    return [process for key, process in processes.items() if key in homes]


def count_for_side_bar(found: SignedIn, system: SystemRef) -> dict[str, int]:
    """Figures beside "My work" and "Review queue": what needs this person. One query where nothing changed."""
    session, actor = reader(), found.actor
    seq, counts = latest_entry(session), dict[str, int]()
    if actor.may(Permission.REVIEW_EVIDENCE, system.id):
        key = ("review", system.id, actor.user_id)
        counts["review"] = remembered(
            session, seq, key, lambda: waiting_count(session, system.id, reviewer_id=actor.user_id)
        )
    if actor.may(Permission.FILE_EVIDENCE, system.id):
        mine = ("my work", system.id, actor.user_id, actor.grants, today())
        counts["my_work"] = remembered(session, seq, mine, lambda: _need(found, system))
    return counts


def _need(found: SignedIn, system: SystemRef) -> int:
    """How many things the heading of "My work" counts."""
    session, mine = reader(), mine_in(found, system, owners_now())
    rejected, waiting = rejected_work(session, system.id, mine), waiting_work(session, system.id, mine)
    return _counted(tasks(), rejected, open_questions(session, system.id, mine), _wanted(mine, rejected, waiting))


def _counted(asked: Sized, rejected: Sized, questions: Sized, wanted: Sized) -> int:
    return len(asked) + len(rejected) + len(questions) + min(len(wanted), SHOWN_AT_FIRST)


def init_counts(app: Flask) -> None:
    add_counter(app, count_for_side_bar)
