"""What is wanted of an owner, and what a decision would change, said before it is taken."""

from __future__ import annotations

import json
from datetime import date, timedelta

from click.testing import CliRunner

from itsmcomply.cli import main
from itsmcomply.evidence.desk_web import OUTLOOK
from itsmcomply.readiness.engine import to_json, without_item
from itsmcomply.readiness.outlook import ReadinessOutlook
from itsmcomply.readiness.queries.effects import effect_of_accepting, effect_of_withdrawing, where_it_counts
from itsmcomply.readiness.queries.view import View, open_view
from itsmcomply.readiness.queries.wanted import Due, DueBecause, Wanted, WantedKind, wanted
from itsmcomply.readiness.results import GateKey, State
from itsmcomply.settings import Settings
from itsmcomply.systems.models import EntryKind
from tests.evidence.office import DOCUMENT, Office, document, month
from tests.readiness.seed import TODAY, Seed


def view(seed: Seed, day: date = TODAY) -> View:
    snapshot = seed.snapshot(today=day)
    with seed.reading() as session:
        return open_view(session, snapshot, day)


def of(seed: Seed, artefact: str = DOCUMENT, day: date = TODAY) -> Wanted | None:
    return next(iter(wanted(view(seed, day), {artefact})), None)


def test_a_missing_mandated_document_is_wanted_and_blocks_its_gate(seed: Seed) -> None:
    one = of(seed)

    assert one is not None
    assert (one.kind, one.state, one.blocks) == (WantedKind.WANTED, State.MISSING, GateKey.DOCUMENTED)
    assert one.due == Due(None, DueBecause.NONE)
    assert one.good == seed.snapshot().rules.catalogue.artefacts[DOCUMENT].good


def test_it_is_due_thirty_days_before_stage_1_unless_a_day_is_set_by_hand(seed: Seed) -> None:
    seed.entry(EntryKind.STAGE_1_ON, "2027-01-12")
    by_stage = of(seed)
    seed.entry(EntryKind.DUE_ON, "2026-12-01", key=DOCUMENT)
    by_hand = of(seed)

    assert by_stage is not None
    assert by_hand is not None
    assert by_stage.due == Due(date(2026, 12, 13), DueBecause.BEFORE_STAGE_1)
    assert by_hand.due == Due(date(2026, 12, 1), DueBecause.BY_HAND)


def test_the_same_document_goes_through_review_rejection_and_lapse(seed: Seed, office: Office) -> None:
    filed = office.file(filing=document(effective_on=date(2026, 11, 2)))
    assert [one.kind for one in wanted(view(seed), {DOCUMENT})] == [WantedKind.IN_REVIEW]

    office.reject(filed)
    assert [one.kind for one in wanted(view(seed), {DOCUMENT})] == [WantedKind.REJECTED]

    seed.cast.clock.advance(timedelta(minutes=1))
    office.accept(filed)
    assert wanted(view(seed), {DOCUMENT}) == ()

    soon = of(seed, day=date(2027, 10, 20))
    assert soon is not None
    assert (soon.kind, soon.due.on) == (WantedKind.LAPSING, date(2027, 12, 3))

    after = of(seed, day=date(2027, 12, 3))
    assert after is not None
    assert (after.kind, after.state, after.due.on) == (WantedKind.WANTED, State.LAPSED, date(2027, 12, 3))


def test_missing_months_are_wanted_by_period(seed: Seed, office: Office) -> None:
    seed.entry(EntryKind.OPERATING_SINCE, "2026-08-01")
    office.accept(office.file("inc_rec", filing=month(), name="incidents.csv"))

    one = of(seed, "inc_rec")

    assert one is not None
    assert [period.first_on for period in one.missing] == [date(2026, 8, 1), date(2026, 9, 1)]


def test_what_blocks_a_gate_comes_first_then_what_gains_most(seed: Seed) -> None:
    found = wanted(view(seed), seed.snapshot().rules.catalogue.artefacts)

    gates = [len(GateKey) if one.blocks is None else list(GateKey).index(one.blocks) for one in found]
    documented = [one.gain for one in found if one.blocks is GateKey.DOCUMENTED]

    assert gates == sorted(gates)
    assert documented == sorted(documented, reverse=True)


def test_accepting_does_what_was_said_it_would(seed: Seed, office: Office) -> None:
    filed = office.file()
    said = effect_of_accepting(seed.snapshot(), "EV-0001", 1, TODAY)

    office.accept(filed)

    result = seed.snapshot().result(TODAY)
    assert said.requirements
    assert all(result.requirements[one.requirement].coverage == one.after for one in said.requirements)
    assert said.coverage_after == result.coverage
    assert [(one.artefact, one.after) for one in said.artefacts] == [(DOCUMENT, State.CURRENT)]


def test_withdrawing_takes_back_what_accepting_gave(seed: Seed, office: Office) -> None:
    filed = office.file()
    gives = effect_of_accepting(seed.snapshot(), "EV-0001", 1, TODAY)
    office.accept(filed)

    takes = effect_of_withdrawing(seed.snapshot(), "EV-0001", 1, TODAY)

    assert [(one.requirement, one.after) for one in takes.requirements] == [
        (one.requirement, one.before) for one in gives.requirements
    ]


def test_where_an_item_counts_agrees_with_evaluating_everything_without_it(seed: Seed, office: Office) -> None:
    office.accept(office.file())
    office.accept(office.file("inc_rec", filing=month(), name="incidents.csv"))
    snapshot = seed.snapshot()

    found = where_it_counts(snapshot, "EV-0001", TODAY)

    whole = without_item(snapshot.setup(TODAY), "EV-0001").after
    assert {one.requirement for one in found} == set(snapshot.rules.catalogue.artefacts[DOCUMENT].used_by)
    assert all(one.coverage_without == whole.requirements[one.requirement].coverage for one in found)


def test_evidence_hears_what_readiness_knows(seed: Seed, office: Office) -> None:
    office.file()
    outlook = seed.cast.app.extensions[OUTLOOK]
    assert isinstance(outlook, ReadinessOutlook)

    with seed.cast.app.test_request_context(), seed.reading() as session:
        system = seed.cast.system_id
        gates = outlook.blocking(session, system, TODAY)
        wants = outlook.wanted(session, system, frozenset({"sm_policy", DOCUMENT}), TODAY)
        lines = outlook.accepting(session, system, "EV-0001", 1, TODAY)

    assert gates[DOCUMENT] == "Documented"
    assert [(one.artefact, one.because, one.gate) for one in wants] == [("sm_policy", "Nothing filed", "Documented")]
    assert any(line.startswith("Mandated documents are current: ") for line in lines)


def test_the_command_prints_the_result_as_data(seed: Seed, office: Office, settings: Settings) -> None:
    office.accept(office.file())
    environ = {"DATABASE_URL": settings.database_url}
    day = TODAY.isoformat()
    arguments = ["--instance", str(settings.instance), "readiness", "--system", "managed-services", "--as-of", day]

    printed = CliRunner().invoke(main, [*arguments, "--format", "json"], env=environ, catch_exceptions=False)
    told = CliRunner().invoke(main, arguments, env=environ, catch_exceptions=False)

    result = seed.snapshot(today=TODAY).result(TODAY)
    assert json.loads(printed.output) == to_json(result)
    assert told.output.startswith(f"managed-services on {day}: not ready\n")
    assert "Mandated documents are current" in told.output
    assert result.catalogue.digest[:12] in told.output


def test_the_command_names_an_unknown_system(seed: Seed, settings: Settings) -> None:
    environ = {"DATABASE_URL": settings.database_url}
    arguments = ["--instance", str(settings.instance), "readiness", "--system", "nowhere"]

    assert CliRunner().invoke(main, arguments, env=environ).exit_code == 1
