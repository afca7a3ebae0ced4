"""The review queue: one version beside its decision, the next opens by itself; and links that wait for a decision."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from itsmcomply.errors import Conflict, InvalidInput, NotFound
from itsmcomply.evidence.blueprint import NUMBER, blueprint
from itsmcomply.evidence.desk_web import blocking, desk, freshen, has_opened, item_of, may_see_bytes, outlook
from itsmcomply.evidence.forms import DecisionForm, MessageForm, ReasonForm
from itsmcomply.evidence.kinds import Decision, VersionKind
from itsmcomply.evidence.operations import ask_question, decide, decide_link
from itsmcomply.evidence.preview import compare
from itsmcomply.evidence.queries.memory import latest_entry, remembered
from itsmcomply.evidence.queries.review import (
    WaitingLink,
    decided_since,
    item_number_of,
    waiting_lines,
    waiting_links,
    waiting_versions,
)
from itsmcomply.evidence.queries.views import ItemView, VersionView
from itsmcomply.evidence.routes_item import effects_of, look_into
from itsmcomply.evidence.sniff import Preview
from itsmcomply.permissions import Permission
from itsmcomply.web.filters import say
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader, require_person
from itsmcomply.web.page import stand_at, today
from itsmcomply.web.resources import resources

MOST_SHOWN = 100
SHOWN_BEFORE = 20


def _queue() -> list[int]:
    session, system_id, reviewer = reader(), current_system().id, require_person().actor.user_id
    return remembered(
        session,
        latest_entry(session),
        ("queue", system_id, reviewer, today()),
        lambda: waiting_versions(session, resources().catalogue, system_id, reviewer_id=reviewer, blocking=blocking()),
    )


def _links() -> list[WaitingLink]:
    session, system_id, reviewer = reader(), current_system().id, require_person().actor.user_id
    return remembered(
        session,
        latest_entry(session),
        ("links", system_id, reviewer),
        lambda: waiting_links(session, system_id, reviewer_id=reviewer),
    )


def _decided_today() -> int:
    system = current_system()
    midnight = datetime.combine(today(), time(), ZoneInfo(system.zone))
    return decided_since(reader(), system.id, reviewer_id=require_person().actor.user_id, since=midnight)


@blueprint.get("/s/<slug>/review")
@requires(Permission.REVIEW_EVIDENCE)
def review_queue(slug: str) -> str:
    """The first version that waits, or the empty queue."""
    freshen()
    queue = _queue()
    if queue:
        return review_page(queue, queue[0])
    return render_template(
        "review/empty.html", decided=_decided_today(), links=_links(), artefacts=resources().catalogue.artefacts
    )


@blueprint.get(f"/s/<slug>/review/<{NUMBER}:version_id>")
@requires(Permission.REVIEW_EVIDENCE)
def review(slug: str, version_id: int) -> str:
    """One version for decision; a decided one too, because a second decision replaces the first."""
    freshen()
    return review_page(_queue(), version_id)


def review_page(queue: list[int], version_id: int, form: DecisionForm | None = None) -> str:
    """The three panes for one version: queue, content, decision."""
    stand_at("evidence.review_queue")
    found, version = _version(version_id)
    seen = look_into(found, version)
    changes = request.args.get("view") == "changes"
    before = _compared_with(found, version)
    comparable = before is not None and seen.kind in {Preview.TEXT, Preview.TABLE}
    position = queue.index(version_id) if version_id in queue else None
    following = _following(queue, position)
    latest = version.latest_review
    data = {"sha256": version.sha256 or "", "after_review": latest.id if latest else 0, "following": following or 0}
    return render_template(
        "review/review.html",
        queue=queue,
        shown=waiting_lines(reader(), resources().catalogue, _around(queue, position), blocking()),
        current=version_id,
        position=position,
        following=following,
        previous=queue[position - 1] if position else None,
        decided=_decided_today(),
        item=found,
        version=version,
        look=seen,
        before=before,
        comparable=comparable,
        changes=compare(look_into(found, before), seen) if changes and comparable and before else None,
        show_changes=changes and comparable,
        form=form or DecisionForm(formdata=None, data=data),
        opened=has_opened(version.sha256),
        mine=version.uploaded_by == require_person().actor.user_id,
        may_open=may_see_bytes(found),
        effects=effects_of(found),
        acceptance=_acceptance(found, version),
        today=today(),
        links=len(_links()),
    )


def _acceptance(found: ItemView, version: VersionView) -> list[str]:
    """What accepting would change; nothing for a version that is decided, or without readiness."""
    above = outlook()
    if above is None or version.latest_review is not None or version.withdrawn_at is not None:
        return []
    session, system_id, day = reader(), current_system().id, today()
    return remembered(
        session,
        latest_entry(session),
        ("accepting", version.id, day, str(get_locale())),
        lambda: above.accepting(session, system_id, found.key, version.number, day),
    )


def _around(queue: list[int], position: int | None) -> list[int]:
    """The part of the queue that a page lists: some before this one, more after it."""
    start = max(0, (position or 0) - SHOWN_BEFORE)
    return queue[start : start + MOST_SHOWN]


def _version(version_id: int) -> tuple[ItemView, VersionView]:
    numbers = item_number_of(reader(), current_system().id, version_id)
    if numbers is None:
        raise NotFound("evidence version", str(version_id))
    found = item_of(numbers[0])
    return found, found.version(numbers[1])


def _compared_with(found: ItemView, version: VersionView) -> VersionView | None:
    """The counting version with other bytes, which this one would take the place of."""
    counting = found.counting
    if counting is None or counting.number == version.number or counting.sha256 in {None, version.sha256}:
        return None
    return counting if counting.blocked_at is None and counting.kind is VersionKind.FILE else None


def _following(queue: list[int], position: int | None) -> int | None:
    """The next version to decide on, after this one; from the end back to the beginning."""
    if position is None:
        return queue[0] if queue else None
    rest = queue[position + 1 :] + queue[:position]
    return rest[0] if rest else None


@blueprint.post(f"/s/<slug>/review/<{NUMBER}:version_id>")
@requires(Permission.REVIEW_EVIDENCE)
def review_decide(slug: str, version_id: int) -> Response | tuple[str, int]:
    """Accept or reject; bound to the bytes and the reviews that the form was made from."""
    form = DecisionForm()
    found, version = _version(version_id)
    status = 422
    if form.validate():
        try:
            _decide(version, form)
        except InvalidInput as refused:
            form.show(InvalidInput({name: say(text) for name, text in refused.errors.items()}))
        except Conflict:
            flash(
                _("Somebody else decided, or the bytes are others than you saw. Look again; nothing was recorded."),
                "error",
            )
            return review_page(_queue(), version_id), 409
        else:
            return _next(slug, found, version, form)
    return review_page(_queue(), version_id, form), status


def _decide(version: VersionView, form: DecisionForm) -> None:
    with desk(Permission.REVIEW_EVIDENCE) as at:
        decide(
            at,
            version_id=version.id,
            verdict=form.verdict(),
            opened=has_opened(version.sha256),
            after_review=form.after_review.data or 0,
        )


def _next(slug: str, found: ItemView, version: VersionView, form: DecisionForm) -> Response:
    """Go on to the next version; the page there says what was decided and leads back to it."""
    following = form.following.data or 0
    done = f"{version.id}"
    if following in _queue():
        return redirect(url_for("evidence.review", slug=slug, version_id=following, done=done))
    return redirect(url_for("evidence.review_queue", slug=slug, done=done))


@blueprint.post(f"/s/<slug>/review/<{NUMBER}:version_id>/question")
@requires(Permission.REVIEW_EVIDENCE)
def review_question(slug: str, version_id: int) -> Response:
    """Ask the owner something without deciding."""
    form = MessageForm()
    _version(version_id)
    if not form.validate():
        raise InvalidInput({"text": " ".join(str(error) for error in form.text.errors)})
    with desk(Permission.REVIEW_EVIDENCE) as at:
        ask_question(at, version_id=version_id, text=form.text.data or "")
    flash(_("Your question is with the owner. The version stays in the queue."), "success")
    return redirect(url_for("evidence.review", slug=slug, version_id=version_id))


@blueprint.get("/s/<slug>/review/links")
@requires(Permission.REVIEW_EVIDENCE)
def review_links(slug: str) -> str:
    """Links that wait for a decision: does the item stand for that artefact there?"""
    stand_at("evidence.review_queue")
    return render_template("review/links.html", links=_links(), catalogue=resources().catalogue)


@blueprint.post(f"/s/<slug>/review/links/<{NUMBER}:link_id>")
@requires(Permission.REVIEW_EVIDENCE)
def review_link(slug: str, link_id: int) -> Response:
    form = ReasonForm()
    if not form.validate():
        raise InvalidInput({"reason": " ".join(str(error) for error in form.reason.errors)})
    accepted = request.form.get("decision") == Decision.ACCEPTED
    with desk(Permission.REVIEW_EVIDENCE) as at:
        decide_link(
            at,
            link_id=link_id,
            decision=Decision.ACCEPTED if accepted else Decision.REJECTED,
            reason=form.reason.data or "",
        )
    flash(_("The link is accepted.") if accepted else _("The link is rejected."), "success")
    return redirect(url_for("evidence.review_links", slug=slug))
