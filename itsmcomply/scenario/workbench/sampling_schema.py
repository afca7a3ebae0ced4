"""The shape of populations, samples and threads inside an audit. Words and defaults: `docs/scenario.md`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from itsmcomply.scenario.parts import Email, Id, Line, Part, Reviews, Text, When, Word

Count = Annotated[int, Field(ge=0, le=2000)]
Places = list[Annotated[int, Field(ge=1, le=15)]]
Field_ = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,30}$")]
RecordKind = Literal["incident", "problem", "change", "request"]
CheckName = Literal[
    "recurring_without_problem",
    "change_without_approval",
    "change_without_test",
    "broken_reference",
    "closed_without_resolution",
    "reopened_often",
    "times_out_of_order",
    "sla_missed_without_note",
]
Flaw = Literal[
    "broken",
    "late_without_note",
    "out_of_order",
    "priority",
    "recurring",
    "reopened",
    "unapproved",
    "unresolved",
    "untested",
]


class Export(Part):
    """An export of a desk tool made up from counts. `items`: what fails, with its category; `flaws`: how often."""

    name: Annotated[str, StringConstraints(pattern=r"^[^/\\\r\n\x00]{1,80}\.csv$")]
    period: When
    incidents: Annotated[int, Field(ge=20, le=2000)]
    problems: Count = 0
    changes: Count = 0
    start: Annotated[int, Field(ge=1, le=900_000)] = 40_000
    groups: Annotated[list[Line], Field(min_length=1)]
    items: Annotated[dict[Line, Line], Field(min_length=1)]
    flaws: dict[Flaw, Annotated[int, Field(ge=0, le=500)]] = {}


class Result(Part):
    """What testing one record came to; attributes by their place from 1."""

    record: Line
    no: Places = []
    not_applicable: Places = []
    untested: Places = []
    note: Text | None = None


class Testing(Part):
    """`records`: how many of the sample were tested, in its order; left out: all. Every answer not named is yes."""

    on: When | None = None
    by: Email | None = None
    records: Annotated[int, Field(ge=1, le=500)] | None = None
    results: list[Result] = []


class WorkingPaper(Part):
    """`rows`: rows of the checklist that rest on it."""

    on: When | None = None
    by: Email | None = None
    rows: list[Word] = []
    reviews: Reviews = []


class Sample(Part):
    id: Id
    on: When | None = None
    by: Email | None = None
    row: Word
    title: Line
    kind: RecordKind | None = None
    method: Literal["random", "stratified", "systematic"]
    strata: Literal["priority", "month", "group"] | None = None
    size: Annotated[int, Field(ge=1, le=500)]
    seed: Line
    confidence: Literal["80", "90", "95", "99"] = "95"
    attributes: list[Line] = []
    tested: Testing | None = None
    paper: WorkingPaper | None = None


class Noted(Part):
    """An exception between records, examined on a row; `record` is one of those it names."""

    check: CheckName
    record: Line
    row: Word
    remark: Text | None = None
    on: When | None = None
    by: Email | None = None


class Population(Part):
    """`mapping`: the column of each field, where the layout is not recognised by itself."""

    id: Id
    on: When = "first"
    by: Email | None = None
    file: Line | None = None
    export: Export | None = None
    mapping: dict[Field_, Line] = {}
    samples: list[Sample] = []
    exceptions: list[Noted] = []
    reviews: Reviews = []


class Thread(Part):
    """Records followed from a row, in order. With `population`, each record number has to be in it."""

    row: Word
    thread: Word
    steps: Annotated[list[Line], Field(min_length=2, max_length=20)]
    population: Id | None = None
    holds: bool = True
    remark: Text | None = None
    on: When = "last"
    by: Email | None = None


class FromException(Part):
    """The exception between records that a finding is raised from."""

    population: Id
    check: CheckName
    record: Line


class FromRecord(Part):
    """The tested record that a finding is raised from."""

    sample: Id
    record: Line
