"""An audit of everything asks the database as often as an audit of four rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.audits.shop import Shop


@contextmanager
def _counted() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(*args: object) -> None:
        seen.append(str(args[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def _queries(client: FlaskClient, page: str) -> int:
    client.get(page)  # the first look of the day brings the register up to date
    with _counted() as seen:
        assert client.get(page).status_code == 200
    return sum(statement.lstrip().upper().startswith("SELECT") for statement in seen)


@pytest.fixture
def both(shop: Shop) -> tuple[str, str]:
    """An audit of one clause and one of all."""
    with shop.desk("viewer") as desk:
        everything = [c.number for c in desk.catalogue.clauses.values() if c.auditable]
    return shop.running("8.6.2"), shop.running(*everything)


@pytest.mark.parametrize("path", ["", "/rows/8.6.2-a", "/result"])
def test_the_queries_of_a_page_do_not_grow_with_the_checklist(shop: Shop, both: tuple[str, str], path: str) -> None:
    client = shop.cast.client("internal_auditor")

    few, all_ = (_queries(client, shop.cast.url(f"/audits/{key}{path}")) for key in both)

    assert few == all_
    assert all_ <= 35
