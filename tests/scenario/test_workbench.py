"""The workbench sections as steps: what follows from an entry, and what is wrong with one, named by its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar, get_args

import pytest
from pydantic import BaseModel

from itsmcomply.audits.kinds import AuditKind, Conclusion
from itsmcomply.scenario.model import FileVersion, ReviewVersion, Scenario
from itsmcomply.scenario.workbench import model
from itsmcomply.scenario.workbench.schema import Workbench
from tests.scenario.story import AUDITOR, STORY, changed

Read = Callable[..., Scenario]
Problems = Callable[[str], list[str]]
S = TypeVar("S")
DOCS = Path(__file__).parents[2] / "docs" / "scenario.md"


def steps_of(scenario: Scenario, kind: type[S]) -> list[S]:
    return [step for step in scenario.steps if isinstance(step, kind)]


def rows_of(scenario: Scenario, audit: str) -> dict[str, model.ConcludeRow]:
    return {step.requirement: step for step in steps_of(scenario, model.ConcludeRow) if step.audit == audit}


def test_a_row_follows_its_own_entry_before_that_of_its_clause(read: Read) -> None:
    rows = rows_of(read(STORY), "incidents")

    assert rows["8.6.1-a"].entry.conclusion is Conclusion.CONFORMS
    assert rows["8.6.1-i"].entry.conclusion is Conclusion.NOT_TRIGGERED
    assert rows["8.6.1-c"].entry.statement == "Brief."
    assert rows["8.6.1-a"].actor == AUDITOR


def test_a_row_with_a_finding_is_left_to_the_finding(read: Read) -> None:
    scenario = read(STORY)

    assert {"8.6.1-b", "8.6.1-h"}.isdisjoint(rows_of(scenario, "incidents"))
    raised = {step.finding: step for step in steps_of(scenario, model.RaiseFinding)}
    assert (raised["priority"].audit, raised["priority"].row) == ("incidents", "8.6.1-b")


def test_rows_are_spread_over_the_working_days_in_the_order_of_the_catalogue(read: Read) -> None:
    rows = list(rows_of(read(STORY), "incidents").values())

    assert [row.requirement for row in rows] == sorted(row.requirement for row in rows)
    assert len({row.moment.date() for row in rows}) == 2
    assert all(row.moment.weekday() < 5 for row in rows)


def test_an_audit_that_runs_is_concluded_as_far_as_its_days_have_passed(read: Read) -> None:
    scenario = read(STORY)

    rows = rows_of(scenario, "problems")
    assert 0 < len(rows) < 10
    assert "later" not in {step.audit for step in steps_of(scenario, model.BeginAudit)}
    assert max(step.moment for step in scenario.steps) <= scenario.loaded_at


def test_a_clause_stands_for_all_below_it_and_a_process_for_its_own(read: Read) -> None:
    plans = {step.audit: step.plan for step in steps_of(read(STORY), model.PlanAudit)}

    assert {"7.1", "7.2", "7.5.3.2"} <= set(plans["later"].clauses)
    assert plans["problems"].clauses == ("8.6.3",)
    assert plans["stage-1"].kind is AuditKind.STAGE_1


def test_days_on_a_weekend_move_to_monday_and_days_count_working_days(read: Read) -> None:
    scenario = read(STORY, datetime(2026, 11, 28, 12, tzinfo=UTC))

    plan = next(step.plan for step in steps_of(scenario, model.PlanAudit) if step.audit == "incidents")
    assert (plan.first_on, plan.last_on) == (date(2026, 9, 4), date(2026, 9, 7))


def seen(scenario: Scenario, found: model.Seen) -> FileVersion:
    return next(
        step for step in steps_of(scenario, FileVersion) if (step.item, step.number) == (found.item, found.number)
    )


def test_evidence_is_the_version_accepted_last_at_that_moment(read: Read) -> None:
    scenario = read(STORY)

    raised = next(step for step in steps_of(scenario, model.RaiseFinding) if step.finding == "priority")
    done = next(step for step in steps_of(scenario, model.CompleteAction))
    assert [seen(scenario, one).number for one in raised.evidence] == [1]
    assert [seen(scenario, one).number for one in done.evidence] == [2]


def test_a_version_that_nobody_accepted_yields_to_an_accepted_one(read: Read) -> None:
    text = changed("text: On the screen.}, reviews: accepted}", "text: On the screen.}, reviews: []}")

    done = next(step for step in steps_of(read(text), model.CompleteAction))

    assert [one.number for one in done.evidence] == [1]


def test_a_rejected_version_is_not_found_but_may_be_named(read: Read) -> None:
    rejected = "reviews: [{decision: rejected, kind: not_shown, reason: No}]}"
    text = changed("text: On the screen.}, reviews: accepted}", f"text: On the screen.}}, {rejected}")
    by_number = next(step for step in steps_of(read(text), model.VerifyEffect))

    assert [one.number for one in by_number.evidence] == [2]
    assert next(step for step in steps_of(read(text), model.CompleteAction)).evidence[0].number == 1


def test_expected_evidence_is_what_the_row_expects_and_the_auditor_did_not_upload(read: Read) -> None:
    scenario = read(STORY)

    rows = rows_of(scenario, "incidents")
    assert [seen(scenario, one).artefact for one in rows["8.6.1-e"].examined] == ["mi_proc"]
    assert rows["8.6.1-a"].examined == ()

    text = changed("        title: Major incident procedure\n", f"        title: Procedure\n        by: {AUDITOR}\n")
    assert rows_of(read(text), "incidents")["8.6.1-e"].examined == ()


def test_a_period_names_the_record_of_that_period(read: Read) -> None:
    series = (
        "    series:\n      - artefact: inc_rec\n        title: Records\n        every: month\n        from: month-6\n"
        "        to: month-1\n        content: {name: r.txt, text: x}\n    auditors:\n"
    )
    text = changed("    auditors:\n", series).replace(
        "evidence: [matrix]\n        correction", "evidence: [inc_rec month-5]\n        correction"
    )

    raised = next(step for step in steps_of(read(text), model.RaiseFinding) if step.finding == "priority")

    (found,) = raised.evidence
    assert "/2026-06/" in found.item


def test_documents_filed_by_signatures_are_reviewed_as_written(read: Read) -> None:
    scenario = read(STORY)

    items = {step.item for step in steps_of(scenario, ReviewVersion)}
    assert {"small/programme/cycle", "small/audit/incidents", "small/review/first"} <= items
    assert "small/audit/stage-1" not in items


def test_placeholders_are_filled_in_texts(read: Read) -> None:
    scenario = read(STORY)

    (approved,) = steps_of(scenario, model.ApproveProgramme)
    assert approved.note == "Approved on 28 August 2026."
    raised = next(step for step in steps_of(scenario, model.RaiseFinding) if step.finding == "priority")
    assert raised.raising.objective == "Ten records of August 2026."


def test_inputs_prepared_beforehand_keep_their_words_when_they_are_considered(read: Read) -> None:
    saved = [s for s in steps_of(read(STORY), model.SaveInput) if (s.review, s.input) == ("first", "feedback")]

    assert [(s.entry.addition, s.entry.consideration is None) for s in saved] == [
        ("One complaint.", True),
        ("One complaint.", False),
    ]


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("subject: auditing", "subject: flying", "auditors.0.subject: Input should be"),
        (
            "evidence: mi_proc, on: today-90d",
            "evidence: mi_rep, on: today-90d",
            "auditors.0.evidence: no version of mi_rep is on file",
        ),
        (
            "evidence: mi_proc, on: today-90d",
            "evidence: nothing, on: today-90d",
            "auditors.0.evidence: nothing is not an artefact or the id",
        ),
        ("id: matrix", "id: mi_proc", "evidence.1.id: mi_proc is taken, by another item or by an artefact"),
        ("id: problems", "id: incidents", "audits.1.id: incidents stands here twice"),
        (
            "programme: cycle\n        title: Incidents",
            "programme: other\n        title: Incidents",
            "audits.0.programme: other is not a programme",
        ),
        (
            "clauses: [8.6.1]\n        services",
            "clauses: [8.6.99]\n        services",
            "audits.0.clauses.0: 8.6.99 is not a clause",
        ),
        ("services: [Desk]", "services: [Moon]", "audits.0.services.0: Moon is not a service"),
        (
            "clauses: [8.6.1]\n        services",
            "clauses: [8.3.1]\n        services",
            "audits.0: names no clause with requirements",
        ),
        ("        days: 2\n", "        days: 2\n        to: today\n", "audits.0: says either days, or to"),
        ("{day: 2, starts", "{day: 3, starts", "audits.0.timetable.0.day: the audit has 2 working days"),
        ('starts: "09:00"', 'starts: "9 o clock"', "audits.0.timetable.0.starts"),
        ("rows: [8.6.1-i]", "rows: [8.6.3-a]", "audits.0.rows.1.rows.0: 8.6.3-a is not in the scope"),
        ("rows: [8.6.1-c, 8.6.1-d]", "rows: [8.6.1-i, 8.6.1-d]", "audits.0.rows.2.rows.0: 8.6.1-i stands here twice"),
        ("conclusion: not_triggered", "conclusion: nonconformity", "audits.0.rows.1.conclusion: Input should be"),
        ("{name: Guest, role: observer}", "{role: observer}", "audits.0.team.1: names either a person"),
        ("        opening: {people: Incident manager}\n", "", "audits.0.signed: needs an opening"),
        ("row: 8.6.1-h", "row: 8.6.1-b", "findings.2.row: another finding was raised from 8.6.1-b"),
        ("audit: incidents, row: 8.6.1-h", "audit: unknown, row: 8.6.1-h", "findings.2.audit: unknown is not an audit"),
        ("row: 8.6.1-h", "row: 8.6.3-a", "findings.2.row: 8.6.3-a is not in the scope"),
        (
            "requirements: [8.6.1-b]",
            "requirements: [8.6.1-z]",
            "findings.1.requirements.0: 8.6.1-z is not a requirement",
        ),
        ("on: last 11:00", "on: first-1d 11:00", "findings.0.on: lies before what it follows from"),
        ("whys: [Habit., The rule is not seen.]", "whys: []", "findings.0.cause: holds either whys, or causes"),
        (
            "closed: {on: today-27d}",
            "closed: {on: today-100d}",
            "findings.0.closed.on: lies before what it follows from",
        ),
        ("evidence: [matrix/2]", "evidence: [matrix/7]", "findings.0.verified.evidence.0: no version of matrix/7"),
        ("evidence: [matrix/2]", "evidence: []", "findings.0.verified.evidence: List should have at least 1"),
        ("          feedback:", "          weather:", "management_reviews.0.inputs.weather: weather is not an input"),
        ("        held: {day: today-63d}\n", "", "management_reviews.0.signed: needs held"),
        ("input: feedback", "input: weather", "management_reviews.0.decisions.0.input: weather is not an input"),
        ("step: moved", "step: gone", "management_reviews.0.decisions.0.actions.0.steps.0.step: Input should be"),
        ("id: next", "id: first", "management_reviews.1.id: first stands here twice"),
        (
            "    owners:",
            "    expects: {levels: {incidents: 3}}\n    owners:",
            "expects.levels.incidents: incidents is not a process",
        ),
        ("    owners:", "    improvements: []\n    owners:", "improvements: is not a key of the format here"),
    ],
)
def test_what_is_wrong_is_named_with_file_line_and_entry(problems: Problems, old: str, new: str, wanted: str) -> None:
    lines = problems(changed(old, new))

    assert any(f"systems.0.{wanted}" in line for line in lines), lines
    assert all(re.match(r"scenario\.yaml, line \d+: ", line) for line in lines)


def test_sections_of_an_included_file_may_refer_to_the_main_file(read: Read, tmp_path: Path) -> None:
    head, findings = STORY.split("    findings:\n")
    findings, reviews = findings.split("    management_reviews:\n")
    lines = [line.removeprefix("    ") for line in findings.splitlines()]
    (tmp_path / "more.yaml").write_text("system: small\nfindings:\n" + "\n".join(lines), encoding="utf-8")
    main = head.replace("people:\n", "include: [more.yaml]\npeople:\n", 1) + "    management_reviews:\n" + reviews

    assert len(steps_of(read(main), model.RaiseFinding)) == 4


def keys_of(part: type[BaseModel], seen: set[type[BaseModel]]) -> set[str]:
    """Every key of a part and of the parts inside it."""
    seen.add(part)
    found = {info.alias or name for name, info in part.model_fields.items()}
    for info in part.model_fields.values():
        inner = [info.annotation, *get_args(info.annotation)]
        inner += [one for argument in inner for one in get_args(argument)]
        for one in inner:
            if isinstance(one, type) and issubclass(one, BaseModel) and one not in seen:
                found |= keys_of(one, seen)
    return found


def test_every_key_of_the_workbench_is_described() -> None:
    described = set(re.findall(r"[a-z_]+", DOCS.read_text(encoding="utf-8")))

    assert keys_of(Workbench, set()) - described == set()
