"""Decisions about systems: names, dated entries, roles. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from itsmcomply.permissions import Role

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
MAX_INTERVAL_DAYS = 1096
EXTERNAL_ACCESS_DAYS = 366
NAME_MAX = 120
SUBJECT_NAME_MAX = 200
FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2100, 1, 1)

DATE_KINDS: Final = frozenset(
    {
        "operating_since",
        "stage_1_on",
        "stage_2_on",
        "surveillance_on",
        "certified_on",
        "certificate_ends_on",
        "management_review_on",
        "due_on",
    }
)
"""Kinds of dated entries whose value is a day (values of `models.EntryKind`)."""

USER_KINDS: Final = frozenset({"process_owner", "artefact_owner"})
"""Kinds whose value is a person."""


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


def grant_problems(role: Role, process: str | None, until_on: date | None, today: date) -> dict[str, str]:
    """Why a role cannot be given, by field; empty if it can. External auditors leave within a year (policy)."""
    errors: dict[str, str] = {}
    problem = role_problem(role, process, until_on)
    if problem:
        errors["until_on" if role is Role.EXTERNAL_AUDITOR and until_on is None else "role"] = problem
    elif until_on is not None and until_on < today:
        errors["until_on"] = "The last day of access is over already."
    elif role is Role.EXTERNAL_AUDITOR and until_on and until_on > today + timedelta(days=EXTERNAL_ACCESS_DAYS):
        errors["until_on"] = f"External access lasts at most {EXTERNAL_ACCESS_DAYS} days; renew it then."
    return errors


def field_name(kind: str, key: str = "") -> str:
    """The name of the form field of a dated entry, and of its errors."""
    return f"{kind}-{key}" if key else str(kind)


def entry_problem(kind: str, value: str, *, has_user: bool) -> str | None:
    """Why a kind of entry cannot hold this value; "" ends an entry and always may, except for the time zone."""
    if kind in USER_KINDS:
        return "This entry names a person." if value else None
    if has_user:
        return "This entry names no person."
    if kind == "time_zone":
        return zone_problem(value)
    if not value:
        return None
    if kind in DATE_KINDS:
        return day_problem(value)
    if kind == "own_interval":
        return interval_problem(value)
    return None


def day_problem(value: str) -> str | None:
    """Why a text is no day we can reckon with; None if it is."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        day = None
    if day is None or len(value) != 10:
        return "Write the day as year-month-day, for example 2027-01-12."
    return None if FIRST_DAY <= day <= LAST_DAY else f"Choose a day between {FIRST_DAY.year} and {LAST_DAY.year}."


def interval_problem(value: str) -> str | None:
    """An organisation's own interval is 1 to 1,096 days (`derivation.md` 2)."""
    if not (value.isascii() and value.isdecimal() and len(value) < 6 and 1 <= int(value) <= MAX_INTERVAL_DAYS):
        return f"An interval is a whole number of days, 1 to {MAX_INTERVAL_DAYS:,}."
    return None


def suggested_slug(name: str) -> str:
    """A short name for addresses made from a name: "Managed services" gives managed-services; "" if nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].rstrip("-")
