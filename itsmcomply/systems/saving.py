"""The one way settings pages save dated entries: form, permission, three-way save, conflict page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from itsmcomply.accounts.browser import open_browser_session, remember
from itsmcomply.accounts.models import User, UserSession
from itsmcomply.errors import Conflict, InvalidInput
from itsmcomply.permissions import Permission
from itsmcomply.systems.forms import FactsForm, choice_words
from itsmcomply.systems.models import ManagementSystem
from itsmcomply.systems.operations import save_facts, save_owners
from itsmcomply.systems.queries import EntryRow, Facts, facts
from itsmcomply.systems.rules import USER_KINDS, field_name
from itsmcomply.web.identity import Write, current_system, reader, require_person, writing
from itsmcomply.web.page import as_of, stand_at, today

Answer = Response | str | tuple[str, int]


@dataclass(frozen=True, slots=True)
class ClashRow:
    """A field that two people changed, for the conflict page."""

    name: str
    label: str
    theirs: str
    yours: str
    theirs_text: str
    yours_text: str


def enter() -> None:
    """Every settings page stands below Settings in the side bar."""
    stand_at("systems.settings")


def may_edit(permission: Permission = Permission.EDIT_SYSTEM) -> bool:
    """Whether the page shows fields: the right role, and today."""
    return require_person().actor.may(permission, current_system().id) and (
        request.method != "GET" or as_of() == today()
    )


def facts_shown() -> Facts:
    """The facts a settings page shows: as a change would find them today, else as they stood on the day."""
    day = as_of() if request.method == "GET" else today()
    return facts(reader(), current_system(), None if day == today() else day)


def this_system(write: Write) -> ManagementSystem:
    """The system of this address inside an open transaction."""
    return write.session.get_one(ManagementSystem, current_system().id)


def save(form: FactsForm, labels: Mapping[str, str], page: Callable[[FactsForm, int], Answer], back: str) -> Answer:
    """Save what a person changed and go back to the page; 422 with the page, or 409 with both values, otherwise."""
    if not form.validate_on_submit():
        return page(form, 422)
    changes = form.changes()
    owners = any(change.kind in USER_KINDS for change in changes)
    keep = save_owners if owners else save_facts
    try:
        with writing(Permission.EDIT_SYSTEM) as write:
            count = keep(write.session, write.actor, write.clock, system=this_system(write), changes=changes)
            token = renewed(write) if owners else None
    except InvalidInput as error:
        form.show(error)
        return page(form, 422)
    except Conflict as clash:
        return _conflict_page(form, clash, labels, back)
    if token:
        remember(token)
    _say_saved(count)
    return redirect(back)


def renewed(write: Write) -> str | None:
    """A new session for this browser if what was just saved ended it, because the person's own roles changed."""
    alive = write.session.get_one(UserSession, require_person().row.session_id, populate_existing=True)
    if alive.revoked_at is None:
        return None
    return open_browser_session(write.session, write.session.get_one(User, write.actor.user_id))


def _say_saved(count: int) -> None:
    if count:
        flash(ngettext("Saved: %(num)d change.", "Saved: %(num)d changes.", count), "success")
    else:
        flash(_("Nothing was changed."))


def _conflict_page(form: FactsForm, clash: Conflict, labels: Mapping[str, str], back: str) -> Answer:
    """Both values of each field that clashed; the rest of what was typed travels on unseen."""
    found = facts(reader(), current_system())
    rows = [_clash_row(found, form, name, labels, clash) for name in clash.theirs]
    kept: dict[str, str] = {}
    for change in form.changes():
        if change.field not in clash.theirs:
            kept |= {change.field: change.value, f"was-{change.field}": change.was}
    who = [r for (k, key), r in found.in_force.items() if field_name(k, key) in clash.theirs]
    page = render_template(
        "systems/conflict.html", rows=rows, kept=kept, theirs=clash.theirs, by=_latest(who), back=back
    )
    return page, 409


def _latest(rows: list[EntryRow]) -> EntryRow | None:
    return max(rows, key=lambda row: row.recorded_at, default=None)


def _clash_row(found: Facts, form: FactsForm, name: str, labels: Mapping[str, str], clash: Conflict) -> ClashRow:
    kind, key = next(place for place in form.places if field_name(*place) == name)
    theirs, yours = clash.theirs[name], clash.yours[name]
    yours_text = choice_words(form[name]).get(yours, yours)
    return ClashRow(name, labels.get(name, name), theirs, yours, found.text(kind, key), yours_text)
