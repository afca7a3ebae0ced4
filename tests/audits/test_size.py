"""An audit of everything: 248 rows open within 50 ms, with the same number of queries as an audit of four."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.audits.shop import Shop
from tests.conftest import ON_POSTGRES


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


@pytest.mark.skipif(ON_POSTGRES, reason="the limit is stated for the embedded database")
@pytest.mark.parametrize("path", ["", "/rows/8.6.2-a"])
def test_an_audit_of_248_rows_opens_within_fifty_milliseconds(shop: Shop, both: tuple[str, str], path: str) -> None:
    client = shop.cast.client("internal_auditor")
    page = shop.cast.url(f"/audits/{both[1]}{path}")
    client.get(page)
    # Time of the processor, so that other work on the machine does not count.
    taken = []
    for _ in range(9):
        start = time.process_time()
        assert client.get(page).status_code == 200
        taken.append(time.process_time() - start)

    assert min(taken) < 0.05, f"{min(taken) * 1000:.0f} ms"
