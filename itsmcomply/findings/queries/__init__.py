"""Reads about findings: the register, one finding, what is open for other pages, people, limits."""

from itsmcomply.findings.queries.finding import FindingPage, finding_page
from itsmcomply.findings.queries.limits import all_limits, limits_of
from itsmcomply.findings.queries.lines import (
    Filters,
    FindingLine,
    Tally,
    filtered,
    finding_lines,
    load_open,
    needs,
    open_findings_for,
    tally,
)
from itsmcomply.findings.queries.people import people_who_answer, people_who_decide

__all__ = [
    "Filters",
    "FindingLine",
    "FindingPage",
    "Tally",
    "all_limits",
    "filtered",
    "finding_lines",
    "finding_page",
    "limits_of",
    "load_open",
    "needs",
    "open_findings_for",
    "people_who_answer",
    "people_who_decide",
    "tally",
]
