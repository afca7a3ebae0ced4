"""What the parser of every workbench section needs: the shelf, the names given to entries, and texts filled in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from itsmcomply.scenario.dates import SATURDAY
from itsmcomply.scenario.evidence import filled
from itsmcomply.scenario.model import ReviewVersion, Step
from itsmcomply.scenario.parts import Reviews
from itsmcomply.scenario.place import NO_NAMES, Names, Place
from itsmcomply.scenario.reviews import Filed, review_steps
from itsmcomply.scenario.words import Words
from itsmcomply.scenario.workbench.model import Seen
from itsmcomply.scenario.workbench.populations import Known
from itsmcomply.scenario.workbench.shelf import Shelf

NOON = time(12)


@dataclass
class Bench:
    """Shared by all sections of one system. `audits`: what is known of each by its id, for findings raised there."""

    shelf: Shelf
    programmes: set[str] = field(default_factory=set)
    audits: dict[str, AuditScope] = field(default_factory=dict)
    begun: dict[str, datetime] = field(default_factory=dict)
    raised: dict[str, set[str]] = field(default_factory=dict)
    """Requirements, by audit, whose row is concluded by the finding raised from it."""

    populations: dict[str, Known] = field(default_factory=dict)
    samples: dict[str, DrawnSample] = field(default_factory=dict)
    exports: dict[str, tuple[Reviews, Place]] = field(default_factory=dict)
    """How the export of each population is reviewed once it is filed, and where that is said."""
    rested: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    """By population, when something rested on its export first, which files it, and by whom."""

    def rest_on(self, population: str, on: datetime, by: str) -> None:
        """Note that something rests on an export from this moment."""
        self.rested[population] = min(self.rested.get(population, (on, by)), (on, by))

    def export_reviews(self) -> Iterator[Step]:
        """How exports that something rests on are reviewed."""
        for name, (on, by) in self.rested.items():
            reviews, at = self.exports[name]
            yield from filed_reviews(reviews, export_item(at.system.slug, name), by, on, at)

    def seen(self, references: Sequence[str], moment: datetime, at: Place) -> tuple[Seen, ...]:
        """The versions these references mean at that moment; problems are noted at each."""
        found = (self.shelf.find(name, moment, at.at(place)) for place, name in enumerate(references))
        return tuple(one for one in found if one is not None)


@dataclass(frozen=True, slots=True)
class DrawnSample:
    """The audit a sample is drawn in, and its records by number, in their order.

    `failed`: those that a filed working paper shows to have failed.
    """

    audit: str
    numbers: tuple[str, ...]
    failed: frozenset[str]


def export_item(slug: str, population: str) -> str:
    """The name of the item that holds an export once it is filed."""
    return f"{slug}/population/{population}"


@dataclass(frozen=True, slots=True)
class AuditScope:
    """The days and the requirements of an audit that stands in the file."""

    first: date
    last: date
    requirements: tuple[str, ...]
    is_own: bool

    @property
    def names(self) -> Names:
        return {"first": self.first, "last": self.last}


def once(seen: set[str], name: str, at: Place) -> str:
    """The name, noted as a problem where another entry of this kind has it already."""
    if name in seen:
        at.at("id").refuse(f"{name} stands here twice")
    seen.add(name)
    return name


def told(text: str | None, at: Place, names: Names = NO_NAMES) -> str:
    """A text with its placeholders filled; "" for none."""
    if text is None:
        return ""
    return filled(text.strip(), Words(at.today, names, f"{at.system.slug}|{'.'.join(map(str, at.key))}"), at)


def moment(
    at: Place, text: str, usual: time = NOON, names: Names = NO_NAMES, *, least: datetime | None = None
) -> datetime:
    """The moment of an entry, soon after `least` where it names that day alone. Earlier than `least` is a problem."""
    found = at.at("on").moment(text, usual, names)
    if least is None or found >= least:
        return found
    if found.date() < least.astimezone(found.tzinfo).date() or ":" in text:
        at.at("on").refuse(f"lies before what it follows from, on {least:%Y-%m-%d %H:%M}")
    return least + timedelta(minutes=5)


def auditor_of(named: str | None, at: Place) -> str:
    """Who audits where nobody is named."""
    return at.at("by").person(named or at.system.defaults.auditor or at.system.defaults.manager)


def manager_of(named: str | None, at: Place) -> str:
    return at.at("by").person(named or at.system.defaults.manager)


def filed_reviews(reviews: Reviews, item: str, by: str, signed: datetime, at: Place) -> Iterator[Step]:
    """How the document that was filed with a signature is reviewed."""
    names = {"uploaded": signed.date()}
    steps = review_steps(reviews, Filed(item, 1, by, signed), at.at("reviews"), names)
    yield from (step for step in steps if isinstance(step, ReviewVersion))


def weekday(day: date) -> date:
    """The day, or the Monday after its weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= SATURDAY else day


def working_days(first: date, last: date) -> list[date]:
    """The days from first to last without weekends; the first day where there is no other."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [day for day in days if day.weekday() < SATURDAY] or [first]
