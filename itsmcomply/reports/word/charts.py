"""The charts of the report: the drawings of the pages as pictures, each with the sentence that says it."""

from __future__ import annotations

from dataclasses import dataclass

from itsmcomply import charts
from itsmcomply.figures import percent_number
from itsmcomply.language import _, say
from itsmcomply.reports import tallies, words
from itsmcomply.reports.model import Pack
from itsmcomply.wording import N_

SCALE = 2.5


@dataclass(frozen=True, slots=True)
class Chart:
    """A PNG with its caption and its text alternative."""

    png: bytes
    caption: str
    alt: str


def band_chart(pack: Pack) -> Chart:
    rows = [
        charts.BandRow(f"{tally.key} {tally.name}", {band.value: number for band, number in tally.counts.items()})
        for tally in tallies.band_tallies(pack)
    ]
    totals = tallies.band_totals(pack)
    alt = say(
        N_("Requirements by band: %(counts)s."),
        counts=", ".join(f"{number} {words.BANDS[band]}" for band, number in reversed(totals.items())),
    )
    title = _("Requirements by band and part of the standard")
    drawing = charts.band_bars(rows, key="bands", title=title, desc=alt)
    return Chart(charts.to_png(drawing, SCALE), title, alt)


def heat_chart(pack: Pack) -> Chart:
    rows = []
    for key in tallies.parts(pack.catalogue):
        numbers = [c.number for c in pack.catalogue.clauses.values() if c.requirements and _is_in(key, c.number)]
        cells = tuple(_heat_cell(pack, number) for number in numbers)
        rows.append(charts.HeatRow(f"{key} {pack.catalogue.clauses[key].label}", cells))
    title = _("Coverage of each clause that carries requirements")
    worst = [n for n, found in pack.result.clauses.items() if found.band and found.band.value == "N"]
    none = _("No clause is in band N.")
    alt = say(N_("In band N: %(clauses)s."), clauses=words.joined(worst, 30)) if worst else none
    return Chart(charts.to_png(charts.heat_map(rows, key="heat", title=title, desc=alt), SCALE), title, alt)


def _is_in(part: str, number: str) -> bool:
    return tallies.part_of(number) == part


def _heat_cell(pack: Pack, number: str) -> charts.HeatCell:
    found = pack.result.clauses[number]
    letter = found.band.value if found.band else None
    share = "" if found.coverage is None else percent_number(found.coverage)
    capped = any(pack.result.requirements[r].cap for r in pack.catalogue.clauses[number].requirements)
    return charts.HeatCell(number, letter, share, flag=capped)


def radar_chart(pack: Pack) -> Chart | None:
    """Maturity index by process group; None where there are too few groups for a radar."""
    groups = tallies.group_tallies(pack)
    if len(groups) < 3:
        return None
    title = _("Maturity index by process group")
    alt = "; ".join(f"{group.name} {words.fixed(group.index)}" for group in groups)
    spokes = [charts.Spoke(group.name, group.index) for group in groups]
    return Chart(charts.to_png(charts.radar(spokes, key="radar", title=title, desc=alt), SCALE), title, alt)
