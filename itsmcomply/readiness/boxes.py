"""Read models in the shape the template parts take: words told, places made addresses, cures only for who may."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from flask_babel import gettext as _

from itsmcomply.figures import percent_number
from itsmcomply.readiness.frame import may_go
from itsmcomply.readiness.phrases import Place, PlaceKind
from itsmcomply.readiness.queries.criteria import CriterionView
from itsmcomply.readiness.queries.gates import GateView, Need, RuleView
from itsmcomply.readiness.queries.heat import Cell, MapKind, Row
from itsmcomply.readiness.queries.lapses import Lapse
from itsmcomply.readiness.queries.strips import Strip
from itsmcomply.readiness.telling import period_letter, period_name, sentence, tell, url_of
from itsmcomply.readiness.words import GATES


@dataclass(frozen=True, slots=True)
class NeedBox:
    """As `parts/gate.html` takes a blocker."""

    state: str
    icon: str
    name: str
    url: str
    reason: str
    verb: str
    cure_url: str


@dataclass(frozen=True, slots=True)
class RuleBox:
    text: str
    passed: bool
    met: int
    total: int
    blockers: tuple[NeedBox, ...]
    more: int
    more_url: str


@dataclass(frozen=True, slots=True)
class GateBox:
    key: str
    title: str
    question: str
    passed: bool
    blockers: int
    rules: tuple[RuleBox, ...]
    foot: str


def gate_box(gate: GateView) -> GateBox:
    title, question = GATES[gate.key]
    rules = tuple(rule_box(rule) for rule in gate.rules)
    return GateBox(gate.key.value, _(title), _(question), gate.passed, gate.blockers, rules, tell(gate.foot))


def rule_box(rule: RuleView) -> RuleBox:
    needs = tuple(need_box(need) for need in rule.needs)
    more_url = url_of(Place(PlaceKind.RULE, rule.key.value))
    return RuleBox(_(rule.text), rule.passed, rule.met, rule.total, needs, rule.hidden, more_url)


def need_box(need: Need) -> NeedBox:
    reason = tell(need.reason)
    return NeedBox(
        state=need.state,
        icon=need.icon,
        name=tell(need.name),
        url=url_of(need.place),
        reason=_("%(reason)s, %(owner)s", reason=reason, owner=need.owner) if need.owner else reason,
        verb=_(need.verb) if need.verb else "",
        cure_url=url_of(need.cure) if may_go(need.cure) else "",
    )


@dataclass(frozen=True, slots=True)
class CellBox:
    """As `parts/heatmap.html` takes a cell."""

    number: str
    title: str
    letter: str | None
    value: Fraction | None
    url: str
    flag: bool
    change: str | None


@dataclass(frozen=True, slots=True)
class MapRow:
    number: str
    title: str
    letter: str | None
    value: Fraction | None
    sub: bool
    cells: tuple[CellBox, ...]

    @property
    def flagged(self) -> bool:
        """Whether an open nonconformity limits one of its cells."""
        return any(cell.flag for cell in self.cells)


def map_rows(rows: Iterable[Row], kind: MapKind) -> tuple[MapRow, ...]:
    return tuple(
        MapRow(
            row.number,
            row.title,
            row.band,
            row.coverage,
            row.part,
            tuple(_cell_box(cell, kind) for cell in row.cells),
        )
        for row in rows
    )


def _cell_box(cell: Cell, kind: MapKind) -> CellBox:
    change = None
    if kind is MapKind.CHANGE:
        change = signed(cell.change)
    elif kind is MapKind.FINDINGS:
        change = str(cell.findings) if cell.findings else "–"
    url = url_of(Place(PlaceKind.CLAUSE, cell.number))
    return CellBox(cell.number, cell.title, cell.band, cell.coverage, url, cell.findings > 0, change)


def signed(change: Fraction | None) -> str:
    """Points of coverage with their sign, such as +12; "0" for none."""
    if not change:
        return "0"
    return f"{'+' if change > 0 else '−'}{percent_number(abs(change))}"


@dataclass(frozen=True, slots=True)
class LapseBox:
    """As `parts/overview.html` takes what lapses."""

    day: object
    name: str
    url: str
    about: str


def lapse_box(lapse: Lapse) -> LapseBox:
    return LapseBox(lapse.day, tell(lapse.name), url_of(lapse.place), tell(lapse.about))


@dataclass(frozen=True, slots=True)
class CriterionBox:
    """As `parts/criterion.html` takes a criterion."""

    met: bool
    text: str
    needed: str
    actual: str
    value: Fraction | None
    limit: Fraction | None
    because: str
    cure_url: str
    verb: str


def criterion_box(found: CriterionView) -> CriterionBox:
    return CriterionBox(
        met=found.met,
        text=_(found.text),
        needed=tell(found.needed),
        actual=tell(found.actual),
        value=found.value,
        limit=found.limit,
        because=sentence(found.because),
        cure_url=url_of(found.cure) if may_go(found.cure) else "",
        verb=_(found.verb) if found.verb else "",
    )


@dataclass(frozen=True, slots=True)
class SquareBox:
    """As `parts/months.html` takes a period."""

    letter: str
    name: str
    state: str
    url: str


@dataclass(frozen=True, slots=True)
class StripBox:
    subject: str
    cells: tuple[SquareBox, ...]
    quarters: bool
    met: int
    total: int


def strip_box(strip: Strip) -> StripBox:
    cells = tuple(
        SquareBox(
            period_letter(cell.first_on, cell.every),
            period_name(cell.first_on, cell.every),
            cell.state.value,
            url_of(cell.cure) if may_go(cell.cure) else "",
        )
        for cell in strip.cells
    )
    quarters = bool(strip.cells) and strip.cells[0].every.value == "quarter"
    return StripBox(strip.subject, cells, quarters, strip.met, strip.total)
