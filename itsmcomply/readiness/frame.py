"""What every page of readiness starts from: the view of the day asked for, and the basis its numbers rest on."""

from __future__ import annotations

from flask import g, request

from itsmcomply.permissions import Permission
from itsmcomply.readiness.access import snapshot
from itsmcomply.readiness.phrases import Place, PlaceKind
from itsmcomply.readiness.queries.view import View, open_view
from itsmcomply.web.identity import current_system, reader, require_person
from itsmcomply.web.page import as_of, today
from itsmcomply.web.shell import Basis

_NEEDED = {
    PlaceKind.FILE: Permission.FILE_EVIDENCE,
    PlaceKind.REVIEW: Permission.REVIEW_EVIDENCE,
    PlaceKind.SETTING: Permission.EDIT_SYSTEM,
}


def page_view() -> View:
    """The view for `?as-of=` and `?model=`. Two queries where nothing changed. Raises InvalidInput and NotFound."""
    view = open_view(reader(), snapshot(), as_of(), request.args.get("model") or None)
    result = view.result
    g.basis = Basis(min(view.day, view.today), result.catalogue.digest, result.policy.digest, result.model.digest)
    return view


def may_go(place: Place | None) -> bool:
    """Whether this person may use a cure, on a page that may change things."""
    if place is None:
        return False
    permission = _NEEDED.get(place.kind)
    if permission is None:
        return True
    return as_of() == today() and require_person().actor.may(permission, current_system().id)
