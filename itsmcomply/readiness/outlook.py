"""What readiness tells pages of evidence, which lie below it; see `evidence.outlook`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from itsmcomply.evidence.outlook import Effect, PeriodCell, Standing, Wanted
from itsmcomply.readiness.cache import Derivation
from itsmcomply.readiness.phrases import Phrase
from itsmcomply.readiness.queries import wanted as wants
from itsmcomply.readiness.queries.effects import Effect as Effects
from itsmcomply.readiness.queries.effects import effect_of_accepting, where_it_counts
from itsmcomply.readiness.queries.strips import strips
from itsmcomply.readiness.queries.view import View, open_view
from itsmcomply.readiness.telling import period_letter, period_name, tell
from itsmcomply.readiness.words import GATES, RULES
from itsmcomply.web.filters import percent

MOST_TOLD = 8


@dataclass(frozen=True, slots=True)
class ReadinessOutlook:
    """Implements `evidence.outlook.Outlook` from the kept derivation; two queries where nothing changed."""

    derivation: Derivation

    def wanted(self, session: Session, system_id: int, artefacts: frozenset[str], today: date) -> list[Wanted]:
        view = self._view(session, system_id, today)
        return [
            _wanted(view, one)
            for one in wants.wanted(view, artefacts)
            if one.kind in {wants.WantedKind.REJECTED, wants.WantedKind.WANTED}
        ]

    def standings(self, session: Session, system_id: int, today: date) -> Mapping[str, Standing]:
        view = self._view(session, system_id, today)
        return {
            one.key: Standing(
                process=one.key,
                level=one.level,
                level_name=view.model.level(one.level).name,
                coverage=one.coverage,
                band=None if one.band is None else one.band.value,
            )
            for one in view.result.processes.values()
        }

    def blocking(self, session: Session, system_id: int, today: date) -> Mapping[str, str]:
        view = self._view(session, system_id, today)
        return {artefact: str(_(GATES[gate][0])) for artefact, gate in wants.blocking(view).items()}

    def effects(self, session: Session, system_id: int, item_key: str, today: date) -> list[Effect]:
        snapshot = self.derivation.snapshot(session, system_id, today)
        return [
            Effect(
                requirement=one.requirement,
                role=one.role.value,
                weight=one.weight,
                coverage=one.coverage,
                band=one.band.value,
                without=one.coverage_without,
                without_band=one.band_without.value,
            )
            for one in where_it_counts(snapshot, item_key, today)
        ]

    def accepting(self, session: Session, system_id: int, item_key: str, version: int, today: date) -> list[str]:
        snapshot = self.derivation.snapshot(session, system_id, today)
        found = effect_of_accepting(snapshot, item_key, version, today)
        return list(_told(found))[:MOST_TOLD] or [_("Nothing changes today.")]

    def _view(self, session: Session, system_id: int, today: date) -> View:
        return open_view(session, self.derivation.snapshot(session, system_id, today), today)


def _told(effect: Effects) -> Iterator[str]:
    """Gates first, then what is counted, then requirements with both figures."""
    for rule in effect.rules:
        if rule.opens:
            yield _("Gate %(gate)s opens.", gate=_(GATES[rule.gate][0]))
        yield _(
            "%(rule)s: %(after)s instead of %(before)s of %(total)s.",
            rule=_(RULES[rule.rule]),
            before=rule.met_before,
            after=rule.met_after,
            total=rule.total,
        )
    for level in effect.levels:
        yield _("%(process)s rises to level %(n)s.", process=level.name, n=level.after)
    for change in effect.requirements:
        yield _(
            "%(requirement)s: %(after)s %(share_after)s instead of %(before)s %(share_before)s.",
            requirement=change.requirement,
            before=change.band_before.value,
            after=change.band_after.value,
            share_before=percent(change.before),
            share_after=percent(change.after),
        )


def _wanted(view: View, one: wants.Wanted) -> Wanted:
    reason: Phrase = one.need.reason
    outcome = view.result.artefacts[one.artefact.key].outcome
    cells = [cell for strip in strips(view, one.artefact, outcome) for cell in strip.cells]
    return Wanted(
        artefact=one.artefact.key,
        state=one.state.value,
        because=tell(reason),
        due_on=one.due.on,
        gate="" if one.blocks is None else str(_(GATES[one.blocks][0])),
        coverage=outcome.coverage,
        periods=tuple(
            PeriodCell(
                period_letter(cell.first_on, cell.every),
                period_name(cell.first_on, cell.every),
                cell.state.value,
                cell.first_on,
                cell.last_on,
            )
            for cell in (cells if one.artefact.per is None else ())
        ),
    )
