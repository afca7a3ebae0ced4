"""The exports that are recognised by their headings, and mappings that somebody writes for any other. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from itsmcomply.audits.tickets.model import FIELDS, Kind, Options, refused
from itsmcomply.clauses.strict_yaml import Unreadable, parse_yaml
from itsmcomply.wording import N_

REFERENCES = frozenset({"problem", "change", "ci"})
"""Fields a tool spreads over several columns of the same heading; the first value counts."""
LARGEST_MAPPING = 64 * 1024


@dataclass(frozen=True, slots=True)
class Layout:
    """Headings of one tool. `fields`: per field the headings that may hold it, the best first.

    `marks`: headings of which `fewest` must be there for the layout to be recognised.
    """

    key: str
    name: str
    fields: Mapping[str, tuple[str, ...]]
    marks: frozenset[str]
    fewest: int
    kind: Kind | None = None


def _fields(**names: str) -> dict[str, tuple[str, ...]]:
    return {field: tuple(text.split("|")) for field, text in names.items()}


SERVICENOW = Layout(
    "servicenow",
    "ServiceNow",
    _fields(
        number="number",
        kind="sys_class_name|task type|type",
        state="incident_state|state|problem_state",
        priority="priority",
        group="assignment_group|assignment group",
        assignee="assigned_to|assigned to",
        category="category",
        symptom="u_symptom|symptom|subcategory",
        summary="short_description|short description",
        ci="cmdb_ci|configuration item",
        problem="problem_id|problem",
        change="rfc|change request|change_request|caused_by|caused by change|caused by",
        resolution="closed_code|close_code|close code|resolution code|closed code",
        note="close_notes|close notes|resolution notes",
        approval="approval",
        test="test_plan|test plan|u_test_result|test result",
        opened_at="opened_at|opened|sys_created_on|sys_created_at|created",
        resolved_at="resolved_at|resolved",
        closed_at="closed_at|closed|work_end|actual end",
        updated_at="sys_updated_at|sys_updated_on|updated",
        reopened="reopen_count|reopen count",
        reassigned="reassignment_count|reassignment count",
        sla_met="made_sla|made sla",
    ),
    frozenset(
        {
            *("number", "incident_state", "assignment_group", "assignment group", "sys_updated_at", "sys_updated_on"),
            *("opened_at", "opened", "reassignment_count", "made_sla", "made sla", "cmdb_ci", "configuration item"),
            *("short_description", "short description"),
        }
    ),
    3,
)
JIRA = Layout(
    "jira",
    "Jira Service Management",
    _fields(
        number="issue key|key",
        kind="issue type|request type",
        state="status",
        priority="priority",
        group="assigned group|team|support group|assignment group",
        assignee="assignee",
        category="component/s|components|category",
        symptom="labels|symptom",
        summary="summary",
        ci="affected services|affected service|affected hardware|configuration item",
        problem="inward issue link (problem/incident)|outward issue link (problem/incident)|problem|linked problem",
        change="inward issue link (change)|outward issue link (change)|inward issue link (causes)|"
        "outward issue link (causes)|change|linked change",
        resolution="resolution",
        note="resolution notes|root cause|workaround",
        approval="approval|approval status|approvals|cab decision",
        test="test plan|test result|test evidence",
        opened_at="created",
        resolved_at="resolved",
        closed_at="closed",
        updated_at="updated",
        reopened="reopen count|reopened",
        reassigned="reassignment count|reassigned",
        sla_met="sla met|time to resolution met|sla",
    ),
    frozenset({"issue key", "issue type", "status", "summary"}),
    3,
)
GLPI = Layout(
    "glpi",
    "GLPI",
    _fields(
        number="id",
        kind="type|item type",
        state="status",
        priority="priority",
        group="assigned to - technician group|assigned to - group|group in charge of the ticket|technician group",
        assignee="assigned to - technician|technician",
        category="category",
        symptom="title",
        summary="title",
        ci="associated elements|associated element|associated items|items",
        problem="problems|problem|linked problems",
        change="changes|change|linked changes",
        resolution="solution type|solution - solution type|type of solution",
        note="solution|solution - content",
        approval="approval status|approval|validation status",
        test="test plan|checklists - test plan",
        opened_at="opening date|date of opening|creation date",
        resolved_at="resolution date|solve date|solution date",
        closed_at="closing date|close date",
        updated_at="last update|last updated",
        reopened="reopen count|number of reopenings",
        reassigned="reassignment count",
        sla_met="time to resolve respected|time to resolve met|sla met",
    ),
    frozenset({"id", "title", "status", "opening date", "last update", "assigned to - technician"}),
    4,
    Kind.INCIDENT,
)
LAYOUTS: dict[str, Layout] = {layout.key: layout for layout in (SERVICENOW, JIRA, GLPI)}
OWN = "mapping"


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands: places in a row, the first that holds a value counts. `layout` names who says so."""

    layout: str
    places: Mapping[str, tuple[int, ...]]
    headings: Mapping[str, str]
    kind: Kind | None


_CUSTOM = re.compile(r"custom field \((.*)\)")


def plain(heading: str) -> str:
    """A heading for comparison: lower case, single spaces, without Jira's "Custom field (...)"."""
    text = " ".join(heading.replace("\u00a0", " ").replace("\ufeff", "").lower().split())
    found = _CUSTOM.fullmatch(text)
    return found[1] if found else text


def columns_of(header: Sequence[str], options: Options) -> Columns:
    """Where the fields stand in this heading. Raises Refused when nothing fits, or two columns claim one field."""
    if options.mapping:
        return _mapped(header, options)
    known = [plain(heading) for heading in header]
    layout = LAYOUTS.get(options.layout) if options.layout else _recognised(set(known))
    if layout is None:
        names = ", ".join(one.name for one in LAYOUTS.values())
        text = N_(
            "Row 1 is no heading of %(names)s. Say which column holds what in a mapping, at least for the number. "
            "The columns are: %(columns)s."
        )
        shown = ", ".join(heading[:40] for heading in header[:20])
        raise refused(text, 1, names=names, columns=shown)
    places: dict[str, tuple[int, ...]] = {}
    for field, wanted in layout.fields.items():
        found = [[i for i, heading in enumerate(known) if heading == name] for name in wanted]
        for one in found:
            if len(one) > 1 and field not in REFERENCES and layout is not JIRA:
                raise _twice(header, one)
        if flat := tuple(i for one in found for i in one):
            places[field] = flat
    return _complete(layout.key, places, header, options.kind or _kind_by_heading(layout, set(known)))


def _recognised(known: set[str]) -> Layout | None:
    fitting = [layout for layout in LAYOUTS.values() if len(layout.marks & known) >= layout.fewest]
    fitting = [layout for layout in fitting if set(layout.fields["number"]) & known]
    return max(fitting, key=lambda layout: len(layout.marks & known) / len(layout.marks), default=None)


def _kind_by_heading(layout: Layout, known: set[str]) -> Kind | None:
    if "incident_state" in known:
        return Kind.INCIDENT
    return Kind.PROBLEM if "problem_state" in known else layout.kind


def _mapped(header: Sequence[str], options: Options) -> Columns:
    known = [plain(heading) for heading in header]
    places = {}
    for field, heading in options.mapping.items():
        if field == "kind" and heading in set(Kind):
            continue
        found = [i for i, one in enumerate(known) if one == plain(heading)]
        if not found:
            text = N_("The mapping names the column %(heading)s for %(field)s, and row 1 has none of that name.")
            raise refused(text, 1, heading, heading=heading, field=field)
        if len(found) > 1 and field not in REFERENCES:
            raise _twice(header, found)
        places[field] = tuple(found)
    told = options.mapping.get("kind", "")
    kind = options.kind or (Kind(told) if told in set(Kind) else None)
    return _complete(OWN, places, header, kind)


def _twice(header: Sequence[str], places: Sequence[int]) -> Exception:
    text = N_("Row 1: columns %(first)s and %(second)s are both called %(column)s. Rename or remove one of them.")
    return refused(text, 1, header[places[0]], first=places[0] + 1, second=places[1] + 1)


def _complete(layout: str, places: dict[str, tuple[int, ...]], header: Sequence[str], kind: Kind | None) -> Columns:
    if "number" not in places:
        raise refused(N_("Row 1 has no column for the number of a record, so records cannot be told apart."), 1)
    return Columns(layout, places, {field: header[one[0]] for field, one in places.items()}, kind)


def read_mapping(path: Path) -> dict[str, str]:
    """A mapping file: `field: heading` per line, as YAML or JSON. Raises Refused."""
    try:
        if path.stat().st_size > LARGEST_MAPPING:
            raise refused(N_("The mapping file is too large. It holds one line per field."))
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise refused(N_("The mapping file cannot be read: %(what)s."), what=str(error)) from error
    return parse_mapping(text)


def parse_mapping(text: str) -> dict[str, str]:
    """The mapping in a text, YAML or JSON, perhaps under `columns:`. Raises Refused naming unknown fields."""
    found: object
    try:
        found = json.loads(text) if text.lstrip().startswith("{") else parse_yaml(text)
    except (Unreadable, ValueError, RecursionError) as error:
        raise refused(N_("The mapping is no proper YAML or JSON: %(what)s."), what=str(error)) from error
    if isinstance(found, dict) and isinstance(found.get("columns"), dict):
        found = found["columns"]
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise refused(N_("A mapping holds one line per field: the field, a colon, the heading of its column."))
    unknown = sorted(str(key) for key in set(found) - set(FIELDS))
    if unknown:
        text = N_("The mapping names unknown fields: %(unknown)s. Known are: %(known)s.")
        raise refused(text, unknown=", ".join(unknown), known=", ".join(FIELDS))
    return {str(field): str(heading).strip() for field, heading in found.items() if str(heading).strip()}
