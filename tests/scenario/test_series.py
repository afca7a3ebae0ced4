from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from itsmcomply.scenario.contents import content_bytes
from itsmcomply.scenario.model import AskQuestion, FileVersion, GeneratedTable, ReviewVersion, Scenario
from tests.scenario.conftest import HEAD, SERIES

Read = Callable[..., Scenario]
Problems = Callable[[str], list[str]]

EXCEPTIONS = """\
        except:
          - {period: month-4, missing: true}
          - period: month-3
            reviews: [{decision: rejected, kind: not_shown, reason: Add the closing times.}]
            again: {after: 4}
          - period: month-1
            uploaded_after: 9
            reviews: []
            questions: [{by: reviewer@demo.example.org, on: uploaded+2d, text: Where is Friday?}]
"""


def filed(scenario: Scenario) -> list[FileVersion]:
    return [step for step in scenario.steps if isinstance(step, FileVersion)]


def rows_of(version: FileVersion) -> list[dict[str, str]]:
    assert isinstance(version.content, GeneratedTable)
    return list(csv.DictReader(io.StringIO(content_bytes(version.content).decode())))


def test_a_series_files_one_item_a_month_after_its_end(read: Read) -> None:
    versions = filed(read(HEAD + SERIES))

    assert [version.title for version in versions] == [
        f"Incident records {month} 2026" for month in ("May", "June", "July", "August", "September", "October")
    ]
    assert all(version.period and version.effective_on == version.period.last for version in versions)
    assert all(version.moment.date() > version.effective_on for version in versions)
    assert len({version.item for version in versions}) == 6


def test_missing_rejected_and_waiting_periods_are_exceptions(read: Read) -> None:
    scenario = read(HEAD + SERIES + EXCEPTIONS)

    versions = filed(scenario)
    reviews = [step for step in scenario.steps if isinstance(step, ReviewVersion)]
    august = [step for step in reviews if "2026-08" in step.item]
    assert [v.title for v in versions].count("Incident records July 2026") == 0
    assert [(step.number, step.accepted) for step in august] == [(1, False), (2, True)]
    assert not [step for step in reviews if "2026-10" in step.item]
    (question,) = [step for step in scenario.steps if isinstance(step, AskQuestion)]
    assert question.moment.date() == date(2026, 11, 11)


def test_the_order_of_exceptions_does_not_matter(read: Read) -> None:
    head, *blocks = EXCEPTIONS.split("          - ")
    turned = head + "".join("          - " + block for block in reversed(blocks))

    assert read(HEAD + SERIES + EXCEPTIONS).steps == read(HEAD + SERIES + turned).steps


def test_each_gives_an_item_for_every_subject(read: Read) -> None:
    text = SERIES.replace("every: month", "every: quarter\n        each: [Network, Desk]")
    text = (
        text.replace("month-6", "quarter-2")
        .replace("month-1", "quarter-1")
        .replace("{{period}}", "{{subject}} {{code}}")
    )

    versions = filed(read(HEAD + text))

    assert {(version.title[17:], version.subjects) for version in versions} == {
        ("Network 2026-Q2", ("Network",)),
        ("Desk 2026-Q2", ("Desk",)),
        ("Network 2026-Q3", ("Network",)),
        ("Desk 2026-Q3", ("Desk",)),
    }


def test_made_up_records_lie_in_their_period_with_running_numbers(read: Read) -> None:
    april, may = (rows_of(version) for version in filed(read(HEAD + SERIES))[:2])

    assert [row["number"] for row in april[:2]] == ["INC1000", "INC1001"]
    assert may[0]["number"] == "INC1040"
    assert 5 <= len(april) <= 9
    opened = [row["opened"] for row in april]
    assert opened == sorted(opened)
    assert all(row["opened"].startswith("2026-05") and row["closed"] > row["opened"] for row in april)
    assert {row["priority"] for row in april} <= {"P1", "P2"}


def test_columns_follow_recipes(read: Read) -> None:
    table = """\
            each: [Network, Desk]
            columns:
              service: {each: true}
              load: {integer: 5..7}
              share: {decimal: 97.50..99.50}
              state: {text: open}
              urgency: {choice: [high]}
              due: {lookup: {of: [service, urgency], values: {Desk high: today}}}
"""
    text = SERIES[: SERIES.index("            rows:")] + table

    rows = rows_of(filed(read(HEAD + text))[0])

    assert [row["service"] for row in rows] == ["Network", "Desk"]
    assert [row["due"] for row in rows] == ["", "today"]
    assert all(5 <= int(row["load"]) <= 7 and 97.5 <= float(row["share"]) <= 99.5 for row in rows)


def test_the_history_is_shorter_on_an_earlier_day(read: Read) -> None:
    versions = filed(read(HEAD + SERIES, datetime(2026, 11, 4, 8, 0, tzinfo=UTC)))

    assert [version.title for version in versions][-1] == "Incident records September 2026"


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("to: month-1", "to: quarter-1", "from and to have to be a month each"),
        ("from: month-6", "from: month-600", "spans more than 240 periods"),
        ("every: month", "every: week", "every: Input should be 'month' or 'quarter'"),
        ("every: month", "every: month\n        each: [Cinema]", "each.0: Cinema is not a service"),
        ("rows: 5..9", "rows: 5..9999", "the table has more than 5000 rows"),
        ("rows: 5..9", "rows: many", "table.rows: String should match"),
        ("{moment: true}", "{moment: true, text: x}", "column opened needs exactly one recipe"),
        ("rows: 5..9", "each: []", "the table needs rows or each"),
        (
            "priority: {choice: {P1: 1, P2: 10}}",
            "priority: {lookup: {of: [impact], values: {}}}",
            "column priority looks up impact, which are not all columns",
        ),
        ("after: opened", "after: lunch", "column closed comes after lunch, which is no column"),
        ("priority: {choice: {P1: 1, P2: 10}}", "priority: {choice: []}", "column priority has nothing to choose from"),
        (".csv", ".xlsx", "a table becomes a .csv"),
    ],
)
def test_a_series_that_cannot_be_is_refused(problems: Problems, old: str, new: str, wanted: str) -> None:
    assert old in SERIES

    assert any(wanted in line for line in problems(HEAD + SERIES.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("exception", "wanted"),
    [
        ("{period: month-20, missing: true}", "month-20 is not a period of this series"),
        ("{period: month-2, subject: Network}", "Network is not a subject of this series"),
        ("{period: month-2}\n          - {period: month-2}", "the same period stands here twice"),
        ("{period: month-2, missng: true}", "missng: is not a key of the format here"),
    ],
)
def test_an_exception_that_fits_nothing_is_refused(problems: Problems, exception: str, wanted: str) -> None:
    text = HEAD + SERIES + f"        except:\n          - {exception}\n"

    assert any(wanted in line for line in problems(text))
