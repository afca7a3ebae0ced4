"""One evidence item: its page and its bytes."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, render_template
from flask_babel import get_locale
from flask_babel import gettext as _

from itsmcomply.errors import NotFound, NotPermitted
from itsmcomply.evidence.blueprint import NUMBER, blueprint
from itsmcomply.evidence.desk_web import item_of, may_see_bytes, outlook, owners_now, remember_opened
from itsmcomply.evidence.forms import (
    ConfirmForm,
    LinkForm,
)
from itsmcomply.evidence.names import plain_name
from itsmcomply.evidence.outlook import Effect
from itsmcomply.evidence.preview import EXTRACTED, NOTHING, Look, look
from itsmcomply.evidence.queries.links import control_choices
from itsmcomply.evidence.queries.memory import latest_entry, remembered
from itsmcomply.evidence.queries.views import ItemView, VersionView
from itsmcomply.evidence.sniff import Preview, by_key
from itsmcomply.permissions import Permission
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import current_system, reader, require_person
from itsmcomply.web.page import stand_at, today
from itsmcomply.web.resources import resources

_BYTES_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'self'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}
"""What a browser is told with every stored byte (`reliability` of uploads: nothing runs, nothing stays)."""

ITEM = "/s/<slug>/evidence/<item:number>"
VERSION = f"{ITEM}/versions/<{NUMBER}:version>"


@blueprint.get(ITEM)
@requires(Permission.VIEW_EVIDENCE)
def item(slug: str, number: int) -> str:
    return item_page(item_of(number))


def item_page(found: ItemView, **forms: object) -> str:
    """The page of an item; `forms` holds one that was refused, with its errors."""
    stand_at("evidence.register")
    shared, actor, system = resources(), require_person().actor, current_system()
    artefact = found.artefact
    owned = owners_now()
    effects = effects_of(found)
    default_owner = owned.name(owned.of(artefact.key, artefact.home_process))
    return render_template(
        "evidence/item.html",
        item=found,
        process=shared.catalogue.processes[artefact.home_process],
        owner=found.owner or default_owner,
        requirements=[shared.catalogue.requirements[key] for key in artefact.used_by],
        effects=effects,
        effects_words=losses(effects),
        texts={e.requirement: shared.catalogue.requirements[e.requirement].text for e in effects},
        artefacts=shared.catalogue.artefacts,
        all_requirements=list(shared.catalogue.requirements),
        controls=control_choices(reader(), system.id),
        may_open=may_see_bytes(found),
        may_change=may_change(found),
        may_file=actor.may(Permission.FILE_EVIDENCE, system.id),
        may_review=actor.may(Permission.REVIEW_EVIDENCE, system.id),
        may_block=actor.may(Permission.BLOCK_EVIDENCE, system.id),
        me=actor.user_id,
        today=today(),
        link_form=forms.get("link_form", LinkForm(formdata=None)),
        confirm_form=forms.get("confirm_form", ConfirmForm(formdata=None, data={"effective_on": today()})),
    )


def effects_of(found: ItemView) -> list[Effect]:
    """Where the item counts and what would be left without it; empty where readiness is not there to say."""
    above = outlook()
    if above is None:
        return []
    session, system_id, day = reader(), current_system().id, today()
    key = ("effects", system_id, found.id, day, str(get_locale()))
    return remembered(session, latest_entry(session), key, lambda: above.effects(session, system_id, found.key, day))


def losses(effects: list[Effect]) -> list[str]:
    """What would be lost without an item, in words, for the second click before it is withdrawn."""
    fallen = [e for e in effects if e.without_band != e.band]
    return [
        _("%(requirement)s falls from %(now)s to %(then)s.", requirement=e.requirement, now=e.band, then=e.without_band)
        for e in fallen
    ]


def may_change(found: ItemView) -> bool:
    """Whether this person answers for the item, for showing buttons; the operation decides again."""
    actor, system = require_person().actor, current_system()
    mine = {found.owner_id, found.created_by, *(v.uploaded_by for v in found.versions)}
    return actor.may(Permission.FILE_EVIDENCE, system.id) and (
        actor.user_id in mine
        or actor.may(Permission.EDIT_SYSTEM, system.id)
        or found.artefact.home_process in actor.processes(system.id)
    )


@blueprint.get(f"{VERSION}/file")
@requires(Permission.VIEW_EVIDENCE)
def download(slug: str, number: int, version: int) -> Response:
    """The exact bytes, always as an attachment; checked against their SHA-256 on the way out."""
    found, wanted = _open(number, version)
    return _send(found, wanted, disposition="attachment")


@blueprint.get(f"{VERSION}/preview")
@requires(Permission.VIEW_EVIDENCE)
def preview(slug: str, number: int, version: int) -> Response:
    """An image for the page that shows it; other kinds have no preview of their own."""
    found, wanted = _open(number, version)
    if by_key(wanted.detected_type).preview is not Preview.IMAGE:
        raise NotFound("preview", f"{found.key} version {version}")
    return _send(found, wanted, disposition="inline")


def _open(number: int, version: int) -> tuple[ItemView, VersionView]:
    found = item_of(number)
    wanted = found.version(version)
    if not may_see_bytes(found):
        raise NotPermitted(
            _("This item is restricted. Its owner, uploader, reviewers and the SMS manager can open it.")
        )
    if wanted.sha256 is None:
        raise NotFound("file", f"{found.key} version {version}")
    if wanted.blocked_at is not None:
        raise NotPermitted(_("The bytes of this version were blocked: %(reason)s", reason=wanted.blocked_reason))
    return found, wanted


def _send(found: ItemView, version: VersionView, *, disposition: str) -> Response:
    sha256 = version.sha256 or ""
    chunks = resources().store.chunks(sha256)
    remember_opened(sha256)
    answer = Response(chunks, mimetype=None)
    answer.headers.update(_BYTES_HEADERS)
    answer.headers["Content-Type"] = by_key(version.detected_type).media_type
    answer.headers["Content-Length"] = str(version.size)
    plain = plain_name(version.file_name or "", f"{found.key}_v{version.number}")
    exact = quote(version.file_name or plain, safe="")
    answer.headers["Content-Disposition"] = f"{disposition}; filename=\"{plain}\"; filename*=UTF-8''{exact}"
    return answer


def look_into(found: ItemView, version: VersionView) -> Look:
    """What a page may show of a version to this person; marks the bytes as opened when it shows them."""
    if version.sha256 is None or version.blocked_at is not None or not may_see_bytes(found):
        return NOTHING
    seen = look(resources().store, version.sha256, version.size, version.detected_type)
    if seen.kind in {Preview.TEXT, Preview.TABLE} and not seen.cut and version.detected_type not in EXTRACTED:
        remember_opened(version.sha256)
    return seen


@blueprint.get(f"{VERSION}/look")
@requires(Permission.VIEW_EVIDENCE)
def version_look(slug: str, number: int, version: int) -> str:
    """The content of a version as far as a page can show it, else the facts and the original."""
    found, wanted = _open(number, version)
    stand_at("evidence.register")
    return render_template("evidence/look.html", item=found, version=wanted, look=look_into(found, wanted))
