from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from itsmcomply.activity.reading import Change, StoredEntry, changes_of, read_entry
from itsmcomply.activity.rules import Plain
from itsmcomply.activity.verified import Verified, last_verified, write_verified
from itsmcomply.activity.wording import action_label, field_label, trail_value

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def _entry(line: str, action: str = "system.scope_statement") -> StoredEntry:
    return StoredEntry(7, line, "h", AT, "SMS manager", action, "system", "managed-services")


def test_fields_empty_on_both_sides_are_left_out() -> None:
    changes = changes_of({"a": "", "b": "old"}, {"b": "new", "a": None, "c": []})

    assert changes == (Change("b", "old", "new"),)


def test_a_line_that_is_no_json_shows_without_changes() -> None:
    assert read_entry(_entry("broken"), "").changes == ()


def test_an_entry_of_a_clock_that_went_back_is_marked() -> None:
    assert read_entry(_entry('{"clock_behind": "x"}'), "").behind


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "none"),
        (True, "yes"),
        (False, "no"),
        (["a", "b"], "a, b"),
        ([], "none"),
        ({"role": "x"}, "Role: x"),
        (3, "3"),
    ],
)
def test_values_read_as_words(app: Flask, value: Plain, text: str) -> None:
    with app.test_request_context():
        assert trail_value(value) == text


def test_unknown_actions_and_fields_read_as_their_key(app: Flask) -> None:
    with app.test_request_context():
        assert action_label("evidence.sent_back") == "Evidence sent back"
        assert field_label("valid_until") == "Valid until"


def test_an_entry_that_only_ended_a_fact_says_so(app: Flask) -> None:
    row = read_entry(_entry('{"before": {"scope_statement": "All"}, "after": {"scope_statement": null}}'), "")

    with app.test_request_context():
        assert action_label(row) == "Scope recorded: ended"


def test_the_last_verification_is_kept_and_read_back(app: Flask) -> None:
    instance = app.extensions["itsmcomply.settings"].instance
    result = Verified(AT, 120, "ab" * 32, 8, 0)

    assert last_verified(instance) is None
    write_verified(instance, result)

    assert last_verified(instance) == result


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"at": "never"}'])
def test_a_note_that_cannot_be_read_counts_as_none(app: Flask, text: str) -> None:
    instance = app.extensions["itsmcomply.settings"].instance
    (instance / "verify.json").write_text(text)

    assert last_verified(instance) is None
