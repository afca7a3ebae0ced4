"""The result as one JSON object."""

from __future__ import annotations

import json
from datetime import date

from itsmcomply.readiness.engine import to_json
from itsmcomply.readiness.facts import Dated, Finding, Grade
from tests.readiness.small import LONG_AGO, delivered, facts, item, result_of, small, version

DAY = date(2025, 6, 15)


def test_fractions_are_text_the_unknown_is_null_and_days_are_iso() -> None:
    finding = Finding("F-1", LONG_AGO, (Dated(Grade.MINOR, LONG_AGO),), ("ops-2",))
    data = to_json(result_of(facts(item("EV-0001", "rec", version(DAY)), findings=(finding,)), DAY))

    assert (data["system"], data["as_of"], data["status"]) == ("test", "2025-06-15", "not_ready")
    # ops-2 = 2/7 is the only requirement of six with any coverage: 2/42.
    assert (data["coverage"], data["band"], data["level"], data["forecast"]) == ("1/21", "N", 1, None)
    parsed = json.loads(json.dumps(data))
    requirement = next(r for r in parsed["requirements"] if r["id"] == "ops-2")
    assert requirement["cap"] == "minor"
    assert requirement["expectations"][2] == {
        "artefact": "rec",
        "role": "primary",
        "weight": "2",
        "state": "current",
        "coverage": "1",
        "answers": ["EV-0001"],
    }
    artefact = next(a for a in parsed["artefacts"] if a["key"] == "rec")
    assert artefact["lapses_on"] == "2026-07-16"
    ops = next(p for p in parsed["processes"] if p["key"] == "ops")
    assert ops["facts"]["audited_days_ago"] is None
    assert ops["facts"]["owner_assigned"] is False
    assert ops["facts"]["lowest_band"] == "N"
    assert next(c["reasons"] for c in ops["criteria"]) == [{"kind": "owner", "key": "ops", "count": 1}]


def test_lists_stand_in_catalogue_order() -> None:
    data = json.loads(json.dumps(to_json(result_of(facts(), DAY, catalogue=delivered()))))

    assert [c["number"] for c in data["clauses"]] == list(delivered().clauses)
    assert [r["id"] for r in data["requirements"]] == list(delivered().requirements)
    assert [a["key"] for a in data["artefacts"]] == list(delivered().artefacts)
    assert [p["key"] for p in data["processes"]] == list(delivered().processes)
    assert [g["key"] for g in data["gates"]] == ["documented", "operated", "checked"]
    unrated = next(c for c in data["clauses"] if c["number"] == "4")
    assert unrated["coverage"] == "0"


def test_the_result_names_what_it_was_computed_with() -> None:
    data = json.loads(json.dumps(to_json(result_of(facts(), DAY))))

    assert data["catalogue"]["digest"] == small().digest
    assert data["model"]["key"] == "itsm_five_stage"
    assert len(data["policy"]["digest"]) == 64


def test_a_day_to_come_carries_its_renewals() -> None:
    found = facts(item("EV-0001", "rec", version(DAY)))
    data = json.loads(json.dumps(to_json(result_of(found, date(2027, 1, 1), DAY))))

    assert data["status_if_renewed"] == "not_ready"
    assert data["forecast"]["first_on"] == "2026-07-16"
    assert data["forecast"]["renewals"] == [
        {"kind": "renew", "artefact": "rec", "requirement": None, "subjects": [], "lapses_on": "2026-07-16"}
    ]
