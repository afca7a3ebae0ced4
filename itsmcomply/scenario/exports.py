"""A made-up export of a desk tool: incidents, their problems and changes, with the flaws asked for. Pure.

Numbers and links depend on the recipe and the seed alone; days follow the period, so the same sample is drawn whenever
the scenario is loaded.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from itsmcomply.scenario.dates import Span
from itsmcomply.scenario.workbench.sampling_schema import Export

HEAD = (
    *("number", "sys_class_name", "state", "impact", "urgency", "priority", "assignment_group", "category"),
    *("short_description", "cmdb_ci", "problem_id", "rfc", "close_code", "close_notes", "approval", "test_plan"),
    *("opened_at", "resolved_at", "closed_at", "reopen_count", "made_sla"),
)
PRIORITIES = {1: "1 - Critical", 2: "2 - High", 3: "3 - Moderate", 4: "4 - Low"}
RULE = {(1, 1): 1, (1, 2): 2, (2, 1): 2, (1, 3): 3, (2, 2): 3, (3, 1): 3, (2, 3): 4, (3, 2): 4, (3, 3): 4}
"""Priority by impact and urgency."""
HOURS = {1: (0.5, 4), 2: (1, 8), 3: (4, 40), 4: (8, 90)}
"""Least and most hours to a resolution within its target."""
COMPLAINTS = ("does not work", "is slow", "cannot be reached", "reports an error", "fails again and again")
ENDS = (("Solved", "Cause removed, confirmed by the caller."), ("Workaround", "Works again by the known way around."))
WORKS = ("Update of", "Replacement of", "Settings corrected on", "Repair of", "Move of")
OUTCOME = ("close_code", "close_notes", "made_sla")
"""Empty while somebody works on a record."""
CLUSTER_WITHIN = 0.22
"""Share of the period inside which incidents of one cause follow each other."""

Record = dict[str, str]


def export_bytes(recipe: Export, span: Span, seed: str) -> bytes:
    """The export as UTF-8 CSV, changes first, with the headings ServiceNow gives them."""
    made = _Maker(recipe, span, random.Random(seed))  # noqa: S311 - invented figures, nothing secret
    stream = io.StringIO()
    writer = csv.DictWriter(stream, HEAD, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(made.records())
    return stream.getvalue().encode()


class _Maker:
    """Draws in a fixed order, so that one recipe gives one set of records."""

    def __init__(self, recipe: Export, span: Span, source: random.Random) -> None:
        self.recipe, self.source = recipe, source
        self.begin = datetime.combine(span.first, time())
        self.days = (span.last - span.first).days + 1
        self.taken: set[str] = set()

    def records(self) -> Sequence[Record]:
        changes = [self._change(number, at) for number, at in enumerate(self._moments(self.recipe.changes))]
        incidents = [self._incident(number, at) for number, at in enumerate(self._moments(self.recipe.incidents))]
        problems = self._problems(incidents, changes)
        self._recur(incidents)
        self._spoil(incidents, changes)
        return [*changes, *problems, *incidents]

    def _moments(self, count: int) -> list[float]:
        """Places in the period from 0 to 1, in order."""
        return sorted(self.source.random() for _ in range(count))

    def _at(self, place: float) -> datetime:
        """The moment at a place of the period, in the hours people work."""
        day = int(place * self.days)
        minutes = int(self.source.triangular(6 * 60, 21 * 60, 10 * 60))
        return self.begin + timedelta(days=day, minutes=minutes)

    def _times(self, opened: datetime, hours: float) -> Record:
        """Its moments; what lies past the period has not happened yet."""
        resolved = opened + timedelta(hours=hours)
        closed = resolved + timedelta(hours=self.source.uniform(20, 70))
        end = self.begin + timedelta(days=self.days)
        if resolved >= end:
            return {"opened_at": _text(opened), "state": "In Progress"} | dict.fromkeys(OUTCOME, "")
        known = {"opened_at": _text(opened), "resolved_at": _text(resolved), "state": "Resolved"}
        return known if closed >= end else known | {"closed_at": _text(closed), "state": "Closed"}

    def _item(self) -> Record:
        name = self.source.choice(list(self.recipe.items))
        asset = self.source.randint(1, 400)
        return {"category": self.recipe.items[name], "cmdb_ci": f"{name} {asset:03d}"}

    def _incident(self, number: int, place: float) -> Record:
        impact, urgency = self.source.choices([1, 2, 3], [2, 5, 6])[0], self.source.choices([1, 2, 3], [4, 5, 5])[0]
        priority = RULE[impact, urgency]
        low, high = HOURS[priority]
        is_late = self.source.random() < 0.05
        hours = high * self.source.uniform(1.1, 1.6) if is_late else self.source.uniform(low, high)
        item, (code, note) = self._item(), self.source.choices(ENDS, [5, 1])[0]
        made = {
            "number": f"INC{self.recipe.start + number:07d}",
            "sys_class_name": "Incident",
            "impact": str(impact),
            "urgency": str(urgency),
            "priority": PRIORITIES[priority],
            "assignment_group": self.source.choice(self.recipe.groups),
            "short_description": f"{item['cmdb_ci']} {self.source.choice(COMPLAINTS)}",
            "close_code": code,
            "close_notes": "Waited for a part; the caller was told." if is_late else note,
            "reopen_count": str(self.source.choices([0, 1], [14, 1])[0]),
            "made_sla": "false" if is_late else "true",
        }
        return item | made | self._times(self._at(place), hours)

    def _change(self, number: int, place: float) -> Record:
        item = self._item()
        made = {
            "number": f"CHG{self.recipe.start // 8 + number:07d}",
            "sys_class_name": "Change Request",
            "priority": PRIORITIES[self.source.choices([2, 3, 4], [1, 4, 4])[0]],
            "assignment_group": self.source.choice(self.recipe.groups),
            "short_description": f"{self.source.choice(WORKS)} {item['cmdb_ci']}",
            "close_code": self.source.choices(["Successful", "Successful with issues"], [9, 1])[0],
            "close_notes": "Reviewed with the requester.",
            "approval": "approved",
            "test_plan": "Tried on the test bench; way back kept ready.",
            "reopen_count": "0",
        }
        return item | made | self._times(self._at(place), self.source.uniform(20, 160))

    def _problems(self, incidents: Sequence[Record], changes: Sequence[Record]) -> list[Record]:
        """Each with a few incidents of one item, and for most a change that removed the cause."""
        found = []
        for number in range(self.recipe.problems):
            name = f"PRB{self.recipe.start // 30 + number:07d}"
            members = self._cluster(incidents, self.source.randint(2, 5))
            if not members:
                break
            opened = _moment(members[-1]["opened_at"]) + timedelta(hours=self.source.uniform(2, 30))
            change = self._solved_by(changes, members[-1], opened) if self.source.random() < 0.75 else None
            for one in members:
                one["problem_id"] = name
                one["rfc"] = change["number"] if change else ""
            found.append(self._problem(name, members[0], change, opened))
        return found

    def _problem(self, name: str, first: Record, change: Record | None, opened: datetime) -> Record:
        code = "Cause removed" if change else "Accepted as known error"
        made = {
            "number": name,
            "sys_class_name": "Problem",
            "priority": first["priority"],
            "assignment_group": first["assignment_group"],
            "short_description": f"Repeated failures of {first['cmdb_ci']}",
            "rfc": change["number"] if change else "",
            "close_code": code,
            "close_notes": "Cause and way around recorded.",
            "reopen_count": "0",
        }
        item = {key: first[key] for key in ("category", "cmdb_ci")}
        return item | made | self._times(opened, self.source.uniform(60, 300))

    def _solved_by(self, changes: Sequence[Record], last: Record, opened: datetime) -> Record | None:
        """The next change after the problem was opened, made to be about the item of its incidents."""
        after = _text(opened)
        later = [one for one in changes if one["opened_at"] > after and one["number"] not in self.taken]
        if not later:
            return None
        found, work = later[0], self.source.choice(WORKS)
        self.taken.add(found["number"])
        found.update({key: last[key] for key in ("category", "cmdb_ci", "assignment_group")})
        found["short_description"] = f"{work} {last['cmdb_ci']}"
        return found

    def _recur(self, incidents: Sequence[Record]) -> None:
        for _ in range(self.recipe.flaws.get("recurring", 0)):
            self._cluster(incidents, self.source.randint(5, 7))

    def _cluster(self, incidents: Sequence[Record], size: int) -> list[Record]:
        """Incidents close to each other that are made to be about one item; those used already are left alone."""
        width = max(size, int(len(incidents) * CLUSTER_WITHIN))
        start = self.source.randrange(max(1, len(incidents) - width))
        free = [one for one in incidents[start : start + width] if not one.get("problem_id")]
        if len(free) < size:
            return []
        members = [free[place] for place in sorted(self.source.sample(range(len(free)), size))]
        first = members[0]
        for one in members:
            one.update({key: first[key] for key in ("category", "cmdb_ci", "assignment_group", "short_description")})
        return members

    def _spoil(self, incidents: Sequence[Record], changes: Sequence[Record]) -> None:
        flaws = self.recipe.flaws
        should = [one for one in incidents if RULE[int(one["impact"]), int(one["urgency"])] == 2]
        closed = [one for one in incidents if one["state"] == "Closed"]
        late = [one for one in incidents if one["made_sla"] == "false"]
        loose = [one for one in incidents if not one.get("problem_id")]
        self._set(should, flaws.get("priority", 0), priority=PRIORITIES[3])
        self._set(changes, flaws.get("unapproved", 0), approval="requested")
        self._set(changes, flaws.get("untested", 0), test_plan="")
        self._set(closed, flaws.get("unresolved", 0), close_code="")
        self._set(incidents, flaws.get("reopened", 0), reopen_count="3")
        self._set(late, flaws.get("late_without_note", 0), close_notes="")
        self._set(loose, flaws.get("broken", 0), problem_id=f"PRB{self.recipe.start // 30 - 7:07d}")
        for one in self._some(closed, flaws.get("out_of_order", 0)):
            one["resolved_at"] = _text(_moment(one["opened_at"]) - timedelta(hours=3))

    def _set(self, records: Sequence[Record], count: int, **values: str) -> None:
        for one in self._some(records, count):
            one.update(values)

    def _some(self, records: Sequence[Record], count: int) -> list[Record]:
        return self.source.sample(list(records), min(count, len(records)))


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - text in a file, local time
