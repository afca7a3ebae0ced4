"""Words for checks and kinds of records on pages."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from itsmcomply.audits import words
from itsmcomply.audits.tickets.linkage import Check
from itsmcomply.audits.tickets.model import DateOrder, Kind

CHECKS: Mapping[Check, LazyString] = {
    Check.RECURRING: _l("Incidents recur without a problem"),
    Check.UNAPPROVED: _l("Change without approval"),
    Check.UNTESTED: _l("Change without test"),
    Check.BROKEN: _l("Reference to a record that is not there"),
    Check.UNRESOLVED: _l("Closed without a resolution"),
    Check.REOPENED: _l("Reopened again and again"),
    Check.BACKWARDS: _l("Times out of order"),
    Check.LATE: _l("Target missed without a note"),
}
KINDS: Mapping[Kind, LazyString] = {key: _l(text) for key, text in words.RECORDS.items()}
ORDERS: Mapping[DateOrder, LazyString] = {
    DateOrder.ISO: _l("year first"),
    DateOrder.DAY_FIRST: _l("day first"),
    DateOrder.MONTH_FIRST: _l("month first"),
    DateOrder.NAMED_MONTH: _l("months by name"),
    DateOrder.CELL: _l("days as cells of the workbook"),
    DateOrder.NONE: _l("no day in it"),
}
"""How the days of a column are written."""
