"""Nasty values, and where they are sent: every route, and the forms that the pages show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule, UnicodeConverter

from itsmcomply.permissions import TABLE, Permission, Role
from itsmcomply.web.guards import access_of
from tests.reliability.house import House

CORPUS = Path(__file__).parents[1] / "corpus" / "nasty.txt"
PACKAGE = Path(__file__).parents[2] / "itsmcomply"
WHO = (
    ("internal_auditor", Role.INTERNAL_AUDITOR),
    ("sms_manager", Role.SMS_MANAGER),
    ("reviewer", Role.EVIDENCE_REVIEWER),
)
SPARED = frozenset({"accounts.sign_out", "accounts.end_others", "accounts.end_session"})
"""Forms that would end the session they are sent with."""
PLAUSIBLE = {"date": "2026-12-24", "number": "10", "email": "somebody@example.org", "file": ""}
MOST_PAGES = 3
"""So many pages of one route are read for their forms."""


@cache
def values() -> tuple[str, ...]:
    """The corpus as it travels: percent-encoded."""
    found = []
    for line in CORPUS.read_text().splitlines():
        if line.startswith("#"):
            continue
        times, star, text = line.partition("*")
        found.append(text * int(times) if star and times.isdigit() else line)
    return tuple(found)


def who_may(app: Flask, rule: Rule) -> str:
    """Somebody of the cast who may use a route."""
    access = access_of(app, rule.endpoint)
    if access is None or access.permission is None:
        return "sms_manager"
    if access.permission is Permission.ADMINISTER:
        return "admin"
    return next(name for name, role in WHO if access.permission in TABLE[role])


def parts_of(house: House, rule: Rule) -> dict[str, object]:
    """Parts of an address that lead to a record of the house."""
    word = {
        "slug": house.cast.slug,
        "item": "EV-0001",
        "requirement": "8.6.1-b",
        "ref": "INC-01",
        "filename": "app.css",
        "token": "none",
        "use": "objective",
        "grade": "minor",
        "by": "own",
        "check": "recurring_without_problem",
        "input_key": "feedback",
        "kind": "services",
        "key": "incident",
    }
    places = {"programme": house.programme, "audits": house.audit, "findings": house.planned}
    places |= {"management-review": house.review, "clauses": "8.6.1"}
    key = next((key for place, key in places.items() if f"/{place}/<" in rule.rule), "incident")
    words = {name for name in rule.arguments if type(rule._converters[name]) is UnicodeConverter}
    found: dict[str, object] = dict.fromkeys(rule.arguments, 1) | {n: word.get(n, "1") for n in words}
    return found | ({"key": key} if "key" in words else {}) | ({"number": "8.6.1"} if "number" in words else {})


def address(app: Flask, rule: Rule, parts: dict[str, object]) -> str:
    with app.test_request_context():
        return str(app.url_map.bind("localhost").build(rule.endpoint, parts, method=next(iter(rule.methods or ()))))


def rules(app: Flask, *methods: str) -> list[Rule]:
    return [r for r in app.url_map.iter_rules() if r.endpoint != "static" and set(methods) & (r.methods or set())]


@cache
def asked_for() -> tuple[str, ...]:
    """Names that pages look for in the query of an address."""
    text = "\n".join(path.read_text() for path in PACKAGE.rglob("*.py") if "_data" not in path.parts)
    return tuple(sorted(set(re.findall(r"args\.get(?:list)?\(\s*\"([^\"]+)\"", text)) | {"record", "actor", "area"}))


@dataclass(frozen=True)
class Filled:
    """A form of a page as somebody would send it: where to, by whom, and what stands in each field."""

    who: str
    endpoint: str
    target: str
    fields: tuple[tuple[str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for name, _ in self.fields if name != "csrf_token"))

    def body(self, name: str, value: str | None) -> str:
        """The form with another value in one field; None: without the field. `value` is percent-encoded."""
        kept = [f"{quote(n)}={quote(v)}" for n, v in self.fields if n != name]
        return "&".join([*kept, *([] if value is None else [f"{quote(name)}={value}"])])


@dataclass
class Reader:
    """Reads pages as one person and collects their forms."""

    app: Flask
    who: str
    client: FlaskClient
    read: dict[str, int] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def forms(self, start: str) -> Iterator[Filled]:
        waiting = [start]
        while waiting:
            path = waiting.pop(0)
            if path in self.seen:
                continue
            self.seen.add(path)
            endpoint = self._endpoint(path, "GET")
            if endpoint is None or self.read.get(endpoint, 0) >= MOST_PAGES:
                continue
            self.read[endpoint] = self.read.get(endpoint, 0) + 1
            answer = self.client.get(path)
            answer.close()  # a download holds its file open
            if "text/html" not in answer.content_type:
                self.read[endpoint] = MOST_PAGES  # a download holds no form, and the next one of this route neither
                continue
            if answer.status_code != 200 or not answer.text.strip():
                continue
            page: Any = html.fromstring(answer.text)
            page.make_links_absolute(f"http://localhost{path}")
            waiting += [self._local(link) for link in page.xpath("//a/@href") if link.startswith("http://localhost/")]
            yield from (filled for form in page.forms if (filled := self._filled(form)) is not None)

    def _local(self, link: str) -> str:
        parts = urlsplit(link)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def _endpoint(self, path: str, method: str) -> str | None:
        try:
            return str(self.app.url_map.bind("localhost").match(urlsplit(path).path, method=method)[0])
        except HTTPException:  # no address of ours, or not for this method
            return None

    def _filled(self, form: Any) -> Filled | None:
        target = self._local(form.action or "")
        endpoint = self._endpoint(target, "POST")
        if form.method != "POST" or endpoint is None or endpoint in SPARED:
            return None
        return Filled(self.who, endpoint, target, tuple(_filled_in(form)))


def _filled_in(form: Any) -> Iterator[tuple[str, str]]:
    """Every field with what it holds, and with something plausible where it holds nothing."""
    for one in form.inputs:
        if one.name is None:
            continue
        kind = one.get("type", "")
        if one.tag == "select":
            held = one.value if isinstance(one.value, str) else ""
            yield one.name, held or next((value for value in one.value_options if value), "")
        elif kind in {"checkbox", "radio"}:
            yield one.name, one.get("value", "on")
        else:
            yield one.name, one.value or PLAUSIBLE.get(kind, "Looked at.")
