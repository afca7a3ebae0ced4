"""Facts and results kept in this process, so that a page computes only what a change touched.

One `Derivation` per application. A look asks the database one thing, the trail number of the last change to the facts;
everything else is asked only when that moved, also when another process moved it. Knows no request.
"""

from __future__ import annotations

import gc
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from threading import Lock, RLock

from sqlalchemy.orm import Session

from itsmcomply.clauses.maturity import MaturityModel
from itsmcomply.clauses.model import Catalogue
from itsmcomply.clauses.policy import Policy
from itsmcomply.errors import NotFound
from itsmcomply.readiness.engine import Setup, Steps
from itsmcomply.readiness.engine.days import Vantage, vantage
from itsmcomply.readiness.inputs import Loaded, Planning, current_seq, load, refresh
from itsmcomply.readiness.results import Result

KEPT_SYSTEMS = 8
KEPT_RESULTS = 48
SETTLED_AFTER = timedelta(days=2)  # a change made at midnight may be committed a moment into the next day


@dataclass(frozen=True, slots=True)
class Rules:
    """What every result is computed with; loaded once."""

    catalogue: Catalogue
    policy: Policy
    models: Mapping[str, MaturityModel]

    def model(self, key: str | None) -> MaturityModel:
        """The model of this key, the default for None. Raises NotFound."""
        found = self.models.get(key) if key else next(m for m in self.models.values() if m.default)
        if found is None:
            raise NotFound("maturity model", key or "")
        return found


@dataclass(frozen=True, slots=True)
class Shelf:
    """Results by day, day of looking and model; the least used goes first."""

    results: OrderedDict[tuple[date, date, str], Result] = field(default_factory=OrderedDict)

    def find(self, setup: Setup) -> Result:
        """The kept result, or a new one. Called by one thread at a time."""
        key = (setup.day, setup.today, setup.model.key)
        found = self.results.pop(key, None) or setup.evaluate()
        self.results[key] = found
        while len(self.results) > KEPT_RESULTS:
            self.results.popitem(last=False)
        return found


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One system's facts at one moment. Answers without a query; results are frozen and shared between threads.

    `settled` holds days so long over that no later change can alter them, `recent` all others.
    """

    rules: Rules
    loaded: Loaded
    today: date
    steps: Steps
    recent: Shelf
    settled: Shelf
    lock: RLock

    @property
    def seq(self) -> int:
        """Trail number of the last change seen."""
        return self.loaded.seq

    @property
    def planning(self) -> Planning:
        return self.loaded.planning

    def vantage(self, day: date) -> Vantage:
        """What is known on the day. Raises InvalidInput for a day outside the years the product reckons with."""
        return vantage(self.loaded.facts.system.zones, day, self.today)

    def result(self, day: date, model: str | None = None) -> Result:
        """The result of the day by a maturity model (None: the default). Raises NotFound and InvalidInput."""
        shelf = self.settled if day + SETTLED_AFTER <= self.today else self.recent
        with self.lock, paused_collection():
            return shelf.find(self.setup(day, model))

    def asking(self, day: date) -> Setup:
        """What the engine's "what if" questions start from, with the kept result of the day to compare with."""
        return replace(self.setup(day), known=self.result(day))

    def setup(self, day: date, model: str | None = None) -> Setup:
        """Everything an evaluation of the day needs. Raises NotFound."""
        return Setup(
            catalogue=self.rules.catalogue,
            policy=self.rules.policy,
            model=self.rules.model(model),
            facts=self.loaded.facts,
            day=day,
            today=min(day, self.today),
            steps=self.steps,
        )


@dataclass(slots=True)
class _Kept:
    """What is known of one system in this process."""

    lock: RLock = field(default_factory=RLock)
    loaded: Loaded | None = None
    steps: Steps = field(default_factory=Steps)
    recent: Shelf = field(default_factory=Shelf)
    settled: Shelf = field(default_factory=Shelf)


class Derivation:
    """The facts of the systems looked at lately, and what was derived from them. Safe to share between threads."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._systems: OrderedDict[int, _Kept] = OrderedDict()
        self._lock = Lock()

    def snapshot(self, session: Session, system_id: int, today: date) -> Snapshot:
        """The system as it is now; `today` in its time zone. One query if nothing changed. Raises NotFound."""
        kept = self._kept(system_id)
        with kept.lock:
            loaded = self._loaded(session, system_id, kept)
            return Snapshot(self.rules, loaded, today, kept.steps, kept.recent, kept.settled, kept.lock)

    def _kept(self, system_id: int) -> _Kept:
        with self._lock:
            kept = self._systems.pop(system_id, None) or _Kept()
            self._systems[system_id] = kept
            while len(self._systems) > KEPT_SYSTEMS:
                self._systems.popitem(last=False)
            return kept

    def _loaded(self, session: Session, system_id: int, kept: _Kept) -> Loaded:
        seq, old = current_seq(session, system_id), kept.loaded
        if old is not None and old.seq == seq:
            return old
        kept.recent = Shelf()
        if old is not None and old.seq < seq:
            kept.loaded = refresh(session, system_id, old)
            return kept.loaded
        # Nothing known yet, or the database was put back to an earlier state: what was kept may be of another past.
        kept.steps, kept.settled = Steps(), Shelf()
        with paused_collection():
            kept.loaded = load(session, system_id)
            # The facts hold no cycles; without this the collector would walk over all of them, now and ever again.
            gc.freeze()
        return kept.loaded


_pauses = 0
_pauses_lock = Lock()


@contextmanager
def paused_collection() -> Iterator[None]:
    """Pause the cyclic garbage collector while many objects without cycles are made; twice as fast at 50,000 items."""
    global _pauses  # noqa: PLW0603 - the collector is one for the whole process
    with _pauses_lock:
        _pauses += 1
        gc.disable()
    try:
        yield
    finally:
        with _pauses_lock:
            _pauses -= 1
            if _pauses == 0:
                gc.enable()
