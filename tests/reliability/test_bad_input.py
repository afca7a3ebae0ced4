"""C1: whatever is sent to any address, the answer is no server error, and a refused change leaves nothing behind.

A part of all combinations in the normal run, the same each time; all of them with ITSMCOMPLY_DEEP.
SEED chooses another run; the deep run draws anew each time.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule, UnicodeConverter
from werkzeug.test import TestResponse

from tests.cast import csrf
from tests.reliability.drawing import seed
from tests.reliability.house import House, counts
from tests.reliability.nasty import Filled, Reader, address, asked_for, parts_of, rules, values, who_may

pytestmark = pytest.mark.slow
DEEP = bool(os.environ.get("ITSMCOMPLY_DEEP"))
SEED = seed()
FORM = "application/x-www-form-urlencoded"
T = TypeVar("T")


def some(draw: random.Random, every: Sequence[T], count: int) -> Sequence[T]:
    return every if DEEP or len(every) <= count else draw.sample(every, count)


@dataclass
class Sender:
    """Sends as whoever may, and notes server errors and what refused requests left behind."""

    house: House
    clients: dict[str, tuple[FlaskClient, str]] = field(default_factory=dict)
    wrong: list[tuple[str, ...]] = field(default_factory=list)
    sent: int = 0

    def client(self, who: str) -> tuple[FlaskClient, str]:
        if who not in self.clients:
            client = self.house.cast.client(who)
            self.clients[who] = client, csrf(client, "/profile")
        return self.clients[who]

    def get(self, who: str, path: str) -> None:
        self._judge(self.client(who)[0].get(path), "GET", path)

    def send(self, who: str, method: str, path: str, body: str, kind: str = FORM) -> None:
        client, token = self.client(who)
        before = counts(self.house.cast.app)
        answer = client.open(
            path,
            method=method,
            data=body.encode(),
            content_type=kind,
            headers={"X-CSRFToken": token},
        )
        self._judge(answer, method, path, body[:300])
        if answer.status_code >= 400 and counts(self.house.cast.app) != before:
            self.wrong.append(("left something behind", method, path, body[:300]))
        if answer.location and "/sign-in" in answer.location:
            del self.clients[who]

    def _judge(self, answer: TestResponse, *what: str) -> None:
        self.sent += 1
        if answer.status_code >= 500 or b"Traceback" in answer.data[:10_000]:
            self.wrong.append((str(answer.status_code), *what))


@pytest.fixture
def sender(house: House) -> Sender:
    print(f"SEED={SEED}")
    return Sender(house)


def test_no_query_of_an_address_gives_a_server_error(sender: Sender) -> None:
    app, draw = sender.house.cast.app, random.Random(SEED)
    short = [value for value in values() if len(value) < 10_000]  # servers refuse longer addresses
    for rule in rules(app, "GET"):
        who, path = who_may(app, rule), address(app, rule, parts_of(sender.house, rule))
        for value in some(draw, short, 2):
            sender.get(who, f"{path}?" + "&".join(f"{name}={value}" for name in asked_for() if name != "as-of"))
            name = draw.choice([*asked_for(), "as-of"])
            sender.get(who, f"{path}?{name}={draw.choice(short)}&{name}={value}")

    assert sender.wrong == []
    assert sender.sent > 300


def test_no_part_of_an_address_gives_a_server_error(sender: Sender) -> None:
    app, draw = sender.house.cast.app, random.Random(SEED)
    short = [value for value in values() if len(value) < 10_000]
    for rule in rules(app, "GET", "POST", "PUT"):
        parts = parts_of(sender.house, rule)
        path = address(app, rule, {**parts, **{n: "NASTY" for n in words_of(rule) if n != "slug"}})
        for value in some(draw, short, 3) if "NASTY" in path else ():
            method = "GET" if "GET" in (rule.methods or ()) else "POST" if "POST" in (rule.methods or ()) else "PUT"
            if method == "GET":
                sender.get(who_may(app, rule), path.replace("NASTY", value))
            else:
                sender.send(who_may(app, rule), method, path.replace("NASTY", value), "")

    assert sender.wrong == []


def words_of(rule: Rule) -> list[str]:
    return [name for name, kind in rule._converters.items() if type(kind) is UnicodeConverter]


def test_no_body_gives_a_server_error_or_is_stored_in_part(sender: Sender) -> None:
    app, draw = sender.house.cast.app, random.Random(SEED)
    bodies = [("", FORM), ('{"title": [1, {"a": null}], "x": NaN}', "application/json"), ("[" * 100_000, "text/plain")]
    for rule in rules(app, "POST", "PUT"):
        who, path = who_may(app, rule), address(app, rule, parts_of(sender.house, rule))
        method = "POST" if "POST" in (rule.methods or ()) else "PUT"
        if rule.endpoint == "accounts.sign_out":
            continue
        for body, kind in some(draw, bodies, 1):
            sender.send(who, method, path, body, kind)
        sender.send(who, method, path, "is_admin=1&id=1&row_version=0&version=0&plan=0&number=-1", FORM)

    assert sender.wrong == []


def test_no_field_of_a_form_gives_a_server_error_or_is_stored_in_part(sender: Sender) -> None:
    draw = random.Random(SEED)
    forms = forms_of(sender)
    cases = [(form, name, value) for form in forms for name in form.names for value in (None, *values())]
    for form, name, value in some(draw, cases, 200):
        sender.send(form.who, "POST", form.target, form.body(name, value))

    assert sender.wrong == []
    assert len({form.endpoint for form in forms}) > 30


def forms_of(sender: Sender) -> list[Filled]:
    """Forms of the pages that each role reads; two of each kind."""
    found: dict[tuple[str, tuple[str, ...]], list[Filled]] = {}
    for who in ("internal_auditor", "sms_manager", "process_owner", "reviewer", "admin"):
        reader = Reader(sender.house.cast.app, who, sender.client(who)[0])
        starts: Iterable[str] = ["/admin/people"] if who == "admin" else [sender.house.cast.url("/"), "/profile"]
        for start in starts:
            for form in reader.forms(start):
                found.setdefault((form.endpoint, form.names), []).append(form)
    return [form for same in found.values() for form in same[:2]]
