"""The chapters on audits, findings and management reviews of the real report, compared with the read model."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from itsmcomply.findings import words as finding_words
from itsmcomply.reports import words
from itsmcomply.reports.audit_model import AuditPart
from itsmcomply.reports.word.findings import open_sentence
from tests.reports.readback import paragraphs, report, styled
from tests.reports.sample import empty, make

CHAPTERS = ["6 Audits", "7 Findings and corrective action", "8 Management reviews"]
Made = tuple[AuditPart, list[str], Path]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    pack, _ = make()
    path = report(pack, tmp_path_factory.mktemp("report"))
    return pack.audit, paragraphs(path), path


def test_the_chapters_follow_the_gaps(made: Made) -> None:
    headings = styled(made[2], "Heading1")

    assert headings[5:8] == CHAPTERS
    assert headings[4].startswith("5 ")


def test_the_summary_says_how_much_was_audited_and_what_is_open(made: Made) -> None:
    said = [text for text in made[1] if text.startswith("Within the last twelve months")]

    assert said[0].endswith("1 nonconformity is open, the oldest for 76 days; 1 is overdue.")
    assert "1 of 4 clauses and 1 of 4 processes" in said[0]


def test_what_was_not_audited_is_named(made: Made) -> None:
    assert "Clauses not covered: 8.6.1." in made[1]
    assert "Clauses overdue: 8.6.1." in made[1]
    assert set(words.COVERAGE.values()) <= {text.strip("\u00a0").replace("\u00a0", " ") for text in made[1]}


def test_a_signed_audit_stands_with_its_result_and_a_planned_one_without(made: Made) -> None:
    signed, planned = made[0].audits

    assert f"{signed.key} {signed.title}" in styled(made[2], "Heading3")
    assert f"{planned.key} {planned.title}" not in styled(made[2], "Heading3")
    assert {signed.conclusion, signed.uncovered} <= set(made[1])
    assert "14 Sep 2026 by Internal auditor; report EV-0001 v1" in made[1]
    assert "4 of 6" in made[1]


def test_a_signed_audit_says_what_its_samples_came_to(made: Made) -> None:
    told = [text.replace("\u00a0", " ") for text in made[1]]

    assert (
        "SMP-01 Incidents of the quarter: 3 of 260 records, stratified by priority, seed seed 2. "
        "1 of 2 tested are in error, 50.0 %; with 95 % confidence at most 97.5 %. Working paper EV-0001 v1."
    ) in told


def test_open_nonconformities_say_age_delay_and_what_they_wait_for(made: Made) -> None:
    finding = made[0].findings[0]

    assert f"{finding.key} {finding.title}" in made[1]
    assert {"76 days", "12 days overdue", *finding.waits_for} <= set(made[1])


def test_actions_to_be_done_are_listed_without_those_done_or_given_up(made: Made) -> None:
    waiting = {f"{row.of}/{row.number}" for row in made[0].actions if row.done_on is None and row.state != "given_up"}

    assert waiting == {"NC-2026-01/1", "NC-2026-01/2"}
    assert waiting <= set(made[1])
    assert "NC-2026-01/3" not in made[1]


def test_a_review_stands_with_judgement_decisions_and_actions(made: Made) -> None:
    (review,) = made[0].reviews

    assert f"8.1 {review.key}, held on 2 Oct 2026" in styled(made[2], "Heading2")
    assert {review.statement, made[0].decisions[0].text, "MR-2026-01/1"} <= set(made[1])
    assert "5 Oct 2026 by Service manager; minutes EV-0002 v1" in made[1]


def test_verified_effects_are_told_with_who_saw_them(tmp_path: Path) -> None:
    pack, _ = make()
    verified = replace(
        pack.audit.findings[0], effective=False, verified_on=date(2026, 11, 1), verified_by="Second auditor"
    )
    changed = replace(pack, audit=replace(pack.audit, findings=(verified,)))

    found = paragraphs(report(changed, tmp_path))

    assert "Second auditor, 1 Nov 2026" in found
    assert "\u00a0Not\u00a0effective\u00a0" in found
    assert finding_words.STATES[verified.state] in found


def test_an_empty_system_says_that_nothing_was_audited(tmp_path: Path) -> None:
    pack, _ = empty()

    found = paragraphs(report(pack, tmp_path))

    assert "No audit is signed." in found
    assert open_sentence(()) in found
