"""Decisions about systems: names, dated entries, roles. Pure."""

from __future__ import annotations

import re
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from itsmcomply.permissions import Role

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
MAX_INTERVAL_DAYS = 1096
EXTERNAL_ACCESS_DAYS = 366


def slug_problem(slug: str) -> str | None:
    """Why a short name cannot be part of an address; None if it can."""
    if _SLUG.fullmatch(slug) is None:
        return "Use small letters, digits and hyphens, at most 60, for example managed-services."
    return None


def zone_problem(zone: str) -> str | None:
    """Why a time zone is not accepted; None if it is one of the IANA data base."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"{zone!r} is no time zone. Choose one such as Europe/Amsterdam."
    return None


def role_problem(role: Role, process: str | None, until_on: date | None) -> str | None:
    """A process owner needs a process, others have none; an external auditor needs a last day."""
    if (role is Role.PROCESS_OWNER) != (process is not None):
        return "A process owner is appointed for a process; other roles are not."
    if role is Role.EXTERNAL_AUDITOR and until_on is None:
        return "An external auditor needs a last day of access."
    return None
