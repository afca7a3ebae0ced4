"""What the settings pages ask, with what each answer changes. Words only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from itsmcomply.clauses.model import SubjectKind
from itsmcomply.systems.models import EntryKind


@dataclass(frozen=True, slots=True)
class FactField:
    """One fact of a system on a page. `changes` says what the answer moves elsewhere."""

    kind: EntryKind
    label: LazyString
    changes: LazyString
    shape: Literal["line", "text", "day", "zone"] = "line"


SCOPE_FIELDS = (
    FactField(
        EntryKind.ORGANISATION,
        _l("Organisation"),
        _l("Stands on the cover of the report and the workbook. Name it as the certificate will."),
    ),
    FactField(
        EntryKind.SCOPE_STATEMENT,
        _l("Scope"),
        _l(
            "One sentence: which services, delivered by whom, to whom, from where. Gate Documented asks for it; "
            "an auditor compares it with the service catalogue word by word."
        ),
        "text",
    ),
)

DATE_FIELDS = (
    FactField(
        EntryKind.OPERATING_SINCE,
        _l("Operating since"),
        _l("First day the management system was lived. Months and quarters of records are expected from here on."),
        "day",
    ),
    FactField(
        EntryKind.TIME_ZONE,
        _l("Time zone"),
        _l("Decides on which day something arrived, was decided or lapsed. Past days keep their meaning."),
        "zone",
    ),
    FactField(
        EntryKind.CERTIFICATION_BODY,
        _l("Certification body"),
        _l("Stands in the report beside the audit dates. Moves no result."),
    ),
    FactField(
        EntryKind.STAGE_1_ON,
        _l("Stage 1 audit"),
        _l("Moves the forecast on Overview, and the due dates of documents: 30 days before."),
        "day",
    ),
    FactField(
        EntryKind.STAGE_2_ON,
        _l("Stage 2 audit"),
        _l("Moves the second forecast, and the due dates of records: 30 days before."),
        "day",
    ),
    FactField(
        EntryKind.CERTIFIED_ON,
        _l("Certified on"),
        _l("From here on a longer interval between internal audits can be reasoned, and surveillance is counted."),
        "day",
    ),
    FactField(
        EntryKind.CERTIFICATE_ENDS_ON,
        _l("Certificate ends on"),
        _l("Only where it is not three years after that day, as for a restored one. Limits findings of the body."),
        "day",
    ),
    FactField(
        EntryKind.SURVEILLANCE_ON,
        _l("Next surveillance audit"),
        _l("The day to be ready again; a quick choice of the as-of day."),
        "day",
    ),
    FactField(
        EntryKind.MANAGEMENT_REVIEW_ON,
        _l("Next management review"),
        _l("A review planned before stage 2 satisfies gate Documented until it is held."),
        "day",
    ),
    FactField(
        EntryKind.AUDIT_WINDOW_REASON,
        _l("Reason for auditing over three years"),
        _l("Only after certification: with a reason here, gate Checked looks back 1,096 days instead of 395."),
        "text",
    ),
)

ALL_FIELDS: Mapping[EntryKind, FactField] = {f.kind: f for f in (*SCOPE_FIELDS, *DATE_FIELDS)}

KIND_LABELS: Mapping[EntryKind, LazyString] = {f.kind: f.label for f in ALL_FIELDS.values()} | {
    EntryKind.LIST_DECLARED: _l("List complete"),
    EntryKind.PROCESS_OWNER: _l("Process owner"),
    EntryKind.ARTEFACT_OWNER: _l("Artefact owner"),
    EntryKind.OWN_INTERVAL: _l("Own interval"),
    EntryKind.DUE_ON: _l("Due date"),
}


@dataclass(frozen=True, slots=True)
class ListWords:
    """How a list of subjects is spoken of."""

    title: LazyString
    one: LazyString
    why: LazyString
    empty: LazyString
    operates: LazyString
    none_here: LazyString


LISTS: Mapping[SubjectKind, ListWords] = {
    SubjectKind.SERVICE: ListWords(
        _l("Services"),
        _l("service"),
        _l("A service level agreement and its reports are asked for each of them."),
        _l("No service listed yet. Name each service as the scope and the service catalogue do."),
        _l("What it is for"),
        _l("There are none, and that is complete"),
    ),
    SubjectKind.EXTERNAL_SUPPLIER: ListWords(
        _l("External suppliers"),
        _l("external supplier"),
        _l("A contract and a yearly evaluation are asked for each of them."),
        _l("No external supplier listed yet. List those whose failure would be felt in a service."),
        _l("What it operates or supplies"),
        _l("We have none, and that is complete"),
    ),
    SubjectKind.INTERNAL_SUPPLIER: ListWords(
        _l("Internal suppliers and customers acting as supplier"),
        _l("internal supplier"),
        _l("An agreement and its review are asked for each of them."),
        _l("No internal supplier listed yet. Think of facilities, human resources, another IT department."),
        _l("What it operates or supplies"),
        _l("We have none, and that is complete"),
    ),
    SubjectKind.CUSTOMER: ListWords(
        _l("Customers"),
        _l("customer"),
        _l("Review meetings and satisfaction are asked for each of them."),
        _l("No customer listed yet. List who the services are agreed with, inside or outside."),
        _l("What they use"),
        _l("There are none, and that is complete"),
    ),
}
