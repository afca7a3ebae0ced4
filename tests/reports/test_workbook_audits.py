"""The sheets of audits, findings and reviews, opened again and compared with the read model; links lead to records."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from itsmcomply.audits import words as audit_words
from itsmcomply.findings import words as finding_words
from itsmcomply.reports import words
from itsmcomply.reports.audit_model import AuditPart
from tests.reports.readback import single_table, texts, workbook
from tests.reports.sample import empty, make

EMPTY = {
    "Audit programme": "No audit programme is recorded.",
    "Audits": "No audit is recorded.",
    "Audited requirements": "No audit is signed.",
    "Samples": "No sample is drawn.",
    "Tested records": "No sample of a signed audit was tested.",
    "Findings": "No finding is recorded.",
    "Corrective actions": "No corrective action is recorded.",
    "Management reviews": "No management review is recorded.",
    "Review results": "No review has decided anything.",
}
LINKED = (
    *("Audits", "Audited requirements", "Samples", "Tested records"),
    *("Findings", "Corrective actions", "Review results"),
)
Made = tuple[AuditPart, Path, Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    pack, register = make()
    path = workbook(pack, register, tmp_path_factory.mktemp("audits"))
    return pack.audit, path, load_workbook(path)


def moment(day: date | None) -> datetime | None:
    return None if day is None else datetime(day.year, day.month, day.day)  # noqa: DTZ001 - cells hold no zone


def test_programmes_and_audits_are_those_of_the_pack(made: Made) -> None:
    part, path, _ = made

    programmes, audits = single_table(path, "Audit programme"), single_table(path, "Audits")

    assert [(r["Programme"], r["Approved by"]) for r in programmes] == [(p.key, p.approved_by) for p in part.programmes]
    assert [r["Audit"] for r in audits] == [line.key for line in part.audits]
    for row, line in zip(audits, part.audits, strict=True):
        assert row["State"] == audit_words.STATES[line.state]
        assert row["Programme"] == line.programme
        assert row["Closed on"] == moment(line.signed_on)
        assert row["SHA-256 of the report"] == (line.report.sha256 if line.report else None)
        assert row["Audited"] == (line.tally.audited if line.signed_on else None)


def test_coverage_lists_clauses_then_processes_with_their_standing(made: Made) -> None:
    part, path, _ = made

    rows = single_table(path, "Audit coverage")

    wanted = [(p.key, words.COVERAGE[p.standing], p.age) for p in (*part.clauses, *part.processes)]
    assert [(r["Clause or process"], r["Standing"], r["Days since"]) for r in rows] == wanted
    assert [r["What"] for r in rows] == ["Clause"] * len(part.clauses) + ["Process"] * len(part.processes)


def test_audited_requirements_name_conclusion_evidence_and_finding(made: Made) -> None:
    part, path, _ = made

    rows = single_table(path, "Audited requirements")

    assert len(rows) == len(part.checks)
    for row, check in zip(rows, part.checks, strict=True):
        assert (row["Audit"], row["Requirement"]) == (check.audit, check.requirement)
        assert row["Conclusion"] == audit_words.CONCLUSIONS[check.conclusion]
        assert row["Evidence examined"] == ", ".join(str(one) for one in check.evidence)
        assert (row["Finding"] or "") == check.finding


def test_samples_can_be_drawn_again_and_say_their_error_rate_once_signed(made: Made) -> None:
    part, path, _ = made

    rows = single_table(path, "Samples")

    assert len(rows) == len(part.samples)
    for row, sample in zip(rows, part.samples, strict=True):
        assert (row["Sample"], row["Audit"]) == (sample.place, sample.audit)
        assert (row["SHA-256 of the export"], row["Seed"], row["Size"]) == (sample.sha256, sample.seed, sample.size)
        assert row["In error"] == (sample.errors if sample.signed else None)
        assert row["Error rate"] == (float(sample.rate) if sample.rate is not None else None)
        assert row["At most"] == (float(sample.upper) if sample.upper is not None else None)
        assert (row["Working paper"] or "") == (str(sample.paper) if sample.paper else "")
        assert (row["Findings"] or "") == ", ".join(sample.findings)
    assert [row["Method"] for row in rows] == ["Stratified by priority", "Systematic"]
    assert rows[0]["Attributes, errors of tested"] == "Priority follows from the rule: 1/2"


def test_tested_records_say_which_attribute_is_not_met(made: Made) -> None:
    part, path, _ = made

    rows = single_table(path, "Tested records")

    assert [row["Result"] for row in rows] == ["Exception", "No exception", "Not tested"]
    for row, record in zip(rows, part.tested, strict=True):
        assert (row["Sample"], row["Record"]) == (record.sample, record.number)
        assert (row["Not met"] or "") == "\n".join(record.failed)
        assert (row["Note"] or "") == record.note


def test_findings_and_actions_are_those_of_the_pack(made: Made) -> None:
    part, path, _ = made

    findings, actions = single_table(path, "Findings"), single_table(path, "Corrective actions")

    for row, wanted in zip(findings, part.findings, strict=True):
        assert row["Finding"] == wanted.key
        assert row["Grade"] == finding_words.GRADES[wanted.grade]
        assert row["State"] == finding_words.STATES[wanted.state]
        assert row["Age in days"] == wanted.age
        assert (row["Days late"] or 0) == wanted.late_days
        assert row["Closed on"] == moment(wanted.closed_on)
        assert (row["Waits for"] or "") == "\n".join(wanted.waits_for)
    states = [words.ACTION_STATES[action.state] for action in part.actions]
    assert [(r["Finding"], r["Action"]) for r in actions] == [(a.of, a.number) for a in part.actions]
    assert [r["State"] for r in actions] == states


def test_reviews_stand_with_their_decisions_and_actions(made: Made) -> None:
    part, path, _ = made

    reviews, results = single_table(path, "Management reviews"), single_table(path, "Review results")

    assert [(r["Review"], r["SHA-256 of the minutes"]) for r in reviews] == [("MR-2026-01", "d" * 64)]
    assert [(r["What"], r["Text"]) for r in results] == [
        *(("Decision", one.text) for one in part.decisions),
        *(("Action", one.text) for one in part.review_actions),
    ]


def test_keys_lead_to_the_rows_of_their_records(made: Made) -> None:
    book = made[2]

    followed = {
        (sheet, str(cell.value)): book[target][place].value
        for sheet in LINKED
        for row in book[sheet].iter_rows(min_row=5)
        for cell in row
        if cell.hyperlink
        for target, place in [cell.hyperlink.location.replace("'", "").split("!")]
    }

    assert followed[("Audits", "AP-01")] == "AP-01"
    assert followed[("Audited requirements", "IA-2026-01")] == "IA-2026-01"
    assert followed[("Audited requirements", "NC-2026-01")] == "NC-2026-01"
    assert followed[("Findings", "IA-2026-01")] == "IA-2026-01"
    assert followed[("Corrective actions", "NC-2026-01")] == "NC-2026-01"
    assert followed[("Review results", "MR-2026-01")] == "MR-2026-01"
    assert followed[("Audits", "EV-0001 v1")] == "EV-0001"


def test_a_system_without_audits_says_so_on_each_sheet(tmp_path: Path) -> None:
    book = load_workbook(workbook(*empty(), tmp_path))

    for sheet, sentence in EMPTY.items():
        assert sentence in texts(book, sheet)
        assert book[sheet].tables == {}
