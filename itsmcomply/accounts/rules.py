"""Decisions about passwords, sessions, one-time links and throttling. Pure."""

from __future__ import annotations

import hashlib
import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from itsmcomply.errors import InvalidInput


class Theme(StrEnum):
    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class LinkPurpose(StrEnum):
    """What a one-time link lets its holder do, once."""

    SETUP = "setup"
    INVITATION = "invitation"
    PASSWORD = "password"  # noqa: S105 - a purpose, not a secret


LOCALES = ("en_GB",)
"""Languages a person may choose."""

PASSWORD_MIN = 12
PASSWORD_MAX = 128
LOCK_AFTER = 10
LOCK_WINDOW = timedelta(minutes=15)
LINK_LIFETIME = {
    LinkPurpose.SETUP: timedelta(hours=1),
    LinkPurpose.INVITATION: timedelta(days=14),
    LinkPurpose.PASSWORD: timedelta(hours=24),
}

EMAIL_MAX = 254
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_hashing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hashing")
"""Computes every hash, one at a time: each takes 19 MiB, which stays with the thread that used it. A burst of sign-ins
must not eat the worker's memory.
"""


@cache
def _nobody() -> str:
    return _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Argon2id hash, 19 MiB and two passes; one at a time in a process."""
    return _hashing.submit(_hasher.hash, password).result()


def password_matches(password: str, stored: str | None) -> bool:
    """Compare in the same time whether or not there is a stored hash."""
    return _hashing.submit(_verify, password, stored).result()


def _verify(password: str, stored: str | None) -> bool:
    nobody = _nobody()  # computed at the first call whoever that is about
    try:
        return _hasher.verify(stored or nobody, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def password_problem(password: str, *about: str) -> str | None:
    """One sentence why a password is refused, or None. `about`: words that must not carry it (name, e-mail)."""
    if len(password) < PASSWORD_MIN:
        return f"The password needs at least {PASSWORD_MIN} characters."
    if len(password) > PASSWORD_MAX:
        return f"The password may have at most {PASSWORD_MAX} characters."
    from zxcvbn import zxcvbn  # its word lists take 40 MB and half a second: loaded when first needed

    result = zxcvbn(password[:72], user_inputs=[*about, "itsmcomply"])
    if int(result["score"]) < 3:
        return "The password is easy to guess. Take a longer one, of words that do not belong together."
    return None


def chosen_hash(password: str, *about: str) -> str:
    """The hash of a password a person chose. Raises InvalidInput on a weak one; takes some 30 ms, so no transaction
    should be open.
    """
    problem = password_problem(password, *about)
    if problem:
        raise InvalidInput({"password": problem})
    return hash_password(password)


def new_token() -> str:
    """A 256-bit secret for a session or a one-time link, safe in a URL."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def normal_email(text: str) -> str:
    return text.strip().lower()


def email_problem(address: str) -> str | None:
    """Why an address is not accepted; None if it looks like one. Whether mail arrives there nobody can tell."""
    if len(address) > EMAIL_MAX or _EMAIL.fullmatch(address) is None:
        return "Write an e-mail address such as change.manager@example.org."
    return None


def locked_until(failures: list[datetime], now: datetime) -> datetime | None:
    """When an account opens again after too many failed sign-ins (`failures` in any order), None if it is open."""
    recent = sorted(f for f in failures if f > now - LOCK_WINDOW)
    if len(recent) < LOCK_AFTER:
        return None
    return recent[-LOCK_AFTER] + LOCK_WINDOW


def session_is_alive(
    created_at: datetime, last_seen_at: datetime, now: datetime, *, idle: timedelta, longest: timedelta
) -> bool:
    return now < last_seen_at + idle and now < created_at + longest


_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_name(agent: str) -> str:
    """What a browser says it is, shortened for people: "Firefox on Linux"; the first word of anything unknown."""
    program = next((name for mark, name in _BROWSERS if mark in agent), agent.split("/", maxsplit=1)[0][:40])
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{program} on {system}" if program and system else program
