"""What verifying sees of a trail that was tampered with, and what the database itself refuses."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from sqlalchemy import Connection, create_engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from itsmcomply.accounts.models import User
from itsmcomply.accounts.operations import store_password
from itsmcomply.activity.models import ActivityEntry
from itsmcomply.activity.queries import ChainReport, verify_chain
from itsmcomply.activity.rules import FIRST_PREV, canonical, sha256_text
from itsmcomply.db import db, transaction, write_connection
from itsmcomply.permissions import SYSTEM_ACTOR
from tests.cast import Cast

PLACES = 12
"""Random places of each kind of tampering in one run."""


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """The cast with passwords set through the operation: the shared one writes them straight into the rows."""
    with cast.app.app_context(), transaction() as session:
        for user in session.execute(select(User)).scalars().all():
            store_password(session, SYSTEM_ACTOR, cast.clock, user=user, password_hash=user.password_hash or "")
    return cast


def _verify(cast: Cast) -> ChainReport:
    with cast.app.app_context(), Session(db.engine) as session:
        return verify_chain(session)


def _disarm(connection: Connection) -> None:
    """Take the triggers away, as somebody with the database in hand can."""
    if connection.dialect.name == "sqlite":
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in names:
            connection.execute(text(f"DROP TRIGGER {name}"))
    else:
        connection.execute(text("ALTER TABLE activity_entry DISABLE TRIGGER USER"))
    connection.commit()


def _tamper(url: str, act: Callable[[Connection], None]) -> None:
    engine = create_engine(url)
    with write_connection(engine) as connection:
        _disarm(connection)
        act(connection)
        connection.commit()
    engine.dispose()


def _last(connection: Connection) -> int:
    return int(connection.execute(text("SELECT max(seq) FROM activity_entry")).scalar_one())


def _edit(connection: Connection, seq: int) -> None:
    connection.execute(text("UPDATE activity_entry SET line = line || ' ' WHERE seq = :s"), {"s": seq})


def _edit_and_rehash(connection: Connection, seq: int) -> None:
    line = connection.execute(text("SELECT line FROM activity_entry WHERE seq = :s"), {"s": seq}).scalar_one()
    line = f"{line} "
    connection.execute(
        text("UPDATE activity_entry SET line = :l, line_hash = :h WHERE seq = :s"),
        {"l": line, "h": sha256_text(line), "s": seq},
    )


def _delete(connection: Connection, seq: int) -> None:
    connection.execute(text("DELETE FROM activity_entry WHERE seq = :s"), {"s": seq})


def _swap(connection: Connection, seq: int) -> None:
    other = seq + 1 if seq < _last(connection) else seq - 1
    for old, new in ((seq, -1), (other, seq), (-1, other)):
        connection.execute(text("UPDATE activity_entry SET seq = :n WHERE seq = :o"), {"n": new, "o": old})


def _relabel(connection: Connection, seq: int) -> None:
    connection.execute(text("UPDATE activity_entry SET actor_name = 'Nobody' WHERE seq = :s"), {"s": seq})


INSERT = """
    INSERT INTO activity_entry (seq, line, line_hash, at, actor_id, actor_name, action, record_kind, record_key)
    SELECT :n, '{}', :h, at, 0, 'x', 'y', 'z', 'k' FROM activity_entry WHERE seq = :s
"""


def _insert(connection: Connection, seq: int) -> None:
    values = {"n": _last(connection) + 1, "h": sha256_text(f"{{}}{seq}"), "s": seq}
    connection.execute(text(INSERT), values)


ACTS = {
    "edit": _edit,
    "edit and rehash": _edit_and_rehash,
    "delete": _delete,
    "insert": _insert,
    "swap": _swap,
    "column beside the line": _relabel,
}


def test_an_untouched_installation_verifies(cast: Cast) -> None:
    report = _verify(cast)

    assert report.problems == []
    assert report.entries > 10
    assert report.rows > 10


@pytest.mark.parametrize("name", ACTS)
def test_tampering_with_an_entry_is_seen(cast: Cast, database_url: str, name: str) -> None:
    seq = Random(name).randint(1, _verify(cast).entries)

    _tamper(database_url, lambda c: ACTS[name](c, seq))

    assert not _verify(cast).whole


@pytest.mark.parametrize("place", range(PLACES))
def test_an_edit_is_seen_wherever_it_is(cast: Cast, database_url: str, place: int) -> None:
    entries = _verify(cast).entries
    seq = 1 + place * (entries - 1) // (PLACES - 1)

    _tamper(database_url, lambda c: _edit_and_rehash(c, seq))

    report = _verify(cast)
    assert any(f"entry {seq}" in p or f"entry {seq + 1}" in p or "head" in p for p in report.problems)


def _cut(connection: Connection) -> None:
    last = _last(connection)
    connection.execute(text("DELETE FROM activity_entry WHERE seq > :s"), {"s": last - 3})
    hashed = connection.execute(text("SELECT line_hash FROM activity_entry WHERE seq = :s"), {"s": last - 3}).scalar()
    connection.execute(text("UPDATE activity_head SET seq = :s, line_hash = :h"), {"s": last - 3, "h": hashed})


def test_a_cut_tail_with_its_head_shows_only_against_rows_or_a_head_kept_elsewhere(
    cast: Cast, database_url: str
) -> None:
    kept_elsewhere = _verify(cast).head_hash

    _tamper(database_url, _cut)

    report = _verify(cast)
    assert not any(p.startswith("entry ") or "head" in p for p in report.problems)  # the chain alone cannot see it
    assert report.head_hash != kept_elsewhere


def _forge(connection: Connection) -> None:
    """Write the whole chain anew with another name in it."""
    import json

    prev = FIRST_PREV
    lines = connection.execute(select(ActivityEntry.seq, ActivityEntry.line).order_by(ActivityEntry.seq)).all()
    connection.execute(text("UPDATE activity_entry SET line_hash = CAST(seq AS TEXT)"))
    for seq, line in lines:
        content = json.loads(line) | {"prev": prev}
        content["actor"]["name"] = "Somebody else"
        forged = canonical(content)
        prev = sha256_text(forged)
        connection.execute(
            text("UPDATE activity_entry SET line = :l, line_hash = :h, actor_name = 'Somebody else' WHERE seq = :s"),
            {"l": forged, "h": prev, "s": seq},
        )
    connection.execute(text("UPDATE activity_head SET line_hash = :h"), {"h": prev})


def test_a_chain_forged_from_the_start_shows_only_against_a_head_kept_elsewhere(cast: Cast, database_url: str) -> None:
    kept_elsewhere = _verify(cast).head_hash

    _tamper(database_url, _forge)

    report = _verify(cast)
    assert report.problems == []
    assert report.head_hash != kept_elsewhere


SLIPPED_IN = """
    INSERT INTO membership (system_id, user_id, role, process, granted_at, granted_by)
    SELECT system_id, user_id, 'sms_manager', '', granted_at, granted_by FROM membership WHERE role = 'viewer'
"""


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE membership SET role = 'sms_manager' WHERE role = 'viewer'", "differs from what entry"),
        ("UPDATE app_user SET is_admin = :yes WHERE email = 'viewer@example.org'", "differs from what entry"),
        ("DELETE FROM membership WHERE role = 'viewer'", "gone, though entry"),
        (SLIPPED_IN, "no entry tells of it"),
    ],
    ids=["promoted", "made administrator", "deleted", "slipped in"],
)
def test_rows_changed_behind_the_trail_are_named(cast: Cast, database_url: str, statement: str, found: str) -> None:
    engine = create_engine(database_url)
    with write_connection(engine) as connection:
        connection.execute(text(statement), {"yes": True} if ":yes" in statement else {})
        connection.commit()
    engine.dispose()

    assert any(found in problem for problem in _verify(cast).problems)


def test_many_problems_are_counted_and_the_first_hundred_named() -> None:
    report = ChainReport()

    report.note(f"entry {n}" for n in range(250))

    assert (report.count, len(report.problems), report.whole) == (250, 100, False)


def test_progress_is_told_in_entries(cast: Cast) -> None:
    told: list[tuple[int, int]] = []

    with cast.app.app_context(), Session(db.engine) as session:
        report = verify_chain(session, progress=lambda done, total: told.append((done, total)))

    assert told == [(report.entries, report.entries)]


REFUSED = [
    "UPDATE activity_entry SET line = 'x' WHERE seq = 1",
    "DELETE FROM activity_entry WHERE seq = 1",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_refuses_to_rewrite_the_trail(cast: Cast, database_url: str, statement: str) -> None:
    engine = create_engine(database_url)
    with write_connection(engine) as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(statement))
    engine.dispose()

    assert _verify(cast).whole


def test_replacing_and_truncating_are_refused_too(cast: Cast, database_url: str) -> None:
    engine = create_engine(database_url)
    sqlite = engine.dialect.name == "sqlite"
    replace = (
        "INSERT OR REPLACE INTO activity_entry SELECT seq, 'x', 'h', at, system_id, actor_id, actor_name, action, "
        "record_kind, record_key FROM activity_entry WHERE seq = 1"
    )
    with write_connection(engine) as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(replace if sqlite else "TRUNCATE activity_entry"))
    engine.dispose()

    assert _verify(cast).whole
