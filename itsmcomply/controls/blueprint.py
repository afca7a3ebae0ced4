"""The blueprint of the control pages and what all of them need."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from itsmcomply.permissions import Permission
from itsmcomply.systems.models import ManagementSystem
from itsmcomply.web.identity import Write, current_system, require_person
from itsmcomply.web.page import as_of, stand_at, today

blueprint = Blueprint("controls", __name__)

Answer = Response | str | tuple[str, int]


def enter() -> None:
    """Every page of controls stands below Controls in the side bar."""
    stand_at("controls.index")


def may_edit() -> bool:
    """Whether the page offers changes: the right role, and today."""
    may = require_person().actor.may(Permission.EDIT_CONTROLS, current_system().id)
    return may and (request.method != "GET" or as_of() == today())


def this_system(write: Write) -> ManagementSystem:
    """The system of this address inside an open transaction."""
    return write.session.get_one(ManagementSystem, current_system().id)
