"""Charts of open findings by clause, grade and age, with their values for the table beside each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from itsmcomply.charts.counts import CountPart, CountRow, count_bars
from itsmcomply.clauses.model import Catalogue
from itsmcomply.findings.kinds import Grade
from itsmcomply.findings.queries.lines import Tally
from itsmcomply.web.filters import label, say

FILLS: dict[Grade, str] = {
    Grade.MAJOR: "#b8281b",
    Grade.MINOR: "#e6a937",
    Grade.AREA_OF_CONCERN: "#5a3fa6",
    Grade.OBSERVATION: "#5a6675",
    Grade.OPPORTUNITY: "#a3b1bf",
}
"""Printed colours; the page recolours by class."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with its heading and values. `rows`: row header first."""

    title: str
    drawing: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def _part(grade: Grade, count: int) -> CountPart:
    return CountPart(label(grade, "grade"), count, FILLS[grade], f"g-{grade.value}")


def clause_chart(counts: Tally, catalogue: Catalogue) -> Chart:
    """Open findings by clause, each bar parted by grade."""
    grades = [grade for grade in FILLS if any(grade in found for _, found in counts.by_clause)]
    rows = [
        CountRow(_clause_name(number, catalogue), tuple(_part(grade, found.get(grade, 0)) for grade in grades))
        for number, found in counts.by_clause
    ]
    title = _("Open findings by clause")
    total = sum(sum(found.values()) for _, found in counts.by_clause)
    desc = _("%(total)s against %(clauses)s clauses.", total=total, clauses=len(rows))
    return Chart(
        title,
        count_bars(rows, key="by-clause", title=title, desc=desc, key_of_parts=len(grades) > 1),
        [_("Clause"), *(label(grade, "grade") for grade in grades), _("All")],
        [
            [row.label, *(str(part.count) for part in row.parts), str(sum(part.count for part in row.parts))]
            for row in rows
        ],
    )


def _clause_name(number: str, catalogue: Catalogue) -> str:
    clause = catalogue.clauses[number]
    return f"{number} {clause.title or clause.label}"


def grade_chart(counts: Tally) -> Chart:
    """Open findings by grade, the gravest first."""
    rows = [CountRow(label(grade, "grade"), (_part(grade, count),)) for grade, count in counts.by_grade]
    return _simple(_("Open findings by grade"), "by-grade", _("Grade"), rows)


def age_chart(counts: Tally) -> Chart:
    """Open findings by days since they were found."""
    rows = [CountRow(say(one.name), (CountPart("", count, "#5a6675", "fi"),)) for one, count in counts.by_age]
    return _simple(_("Open findings by age"), "by-age", _("Age"), rows)


def _simple(title: str, key: str, column: str, rows: list[CountRow]) -> Chart:
    total = sum(part.count for row in rows for part in row.parts)
    desc = _("%(total)s open findings.", total=total)
    return Chart(
        title,
        count_bars(rows, key=key, title=title, desc=desc),
        [column, _("Open")],
        [[row.label, str(row.parts[0].count)] for row in rows],
    )
