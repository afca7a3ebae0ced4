"""What the delivered catalogue holds: a change of these numbers is a change of the catalogue's version."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest

from itsmcomply.clauses.check import check_catalogue
from itsmcomply.clauses.loader import load_catalogue, load_models, load_policy
from itsmcomply.clauses.maturity import Comparison, Fact
from itsmcomply.clauses.model import Basis, Catalogue, ExpectationRole, Facet, Period, SubjectKind
from itsmcomply.clauses.policy import Band, Weights
from tests.clauses.conftest import FOLDER


def test_the_delivered_catalogue_has_no_problem() -> None:
    assert check_catalogue(FOLDER) == []


def test_all_numbered_clauses_are_there(catalogue: Catalogue) -> None:
    assert len(catalogue.clauses) == 88
    assert sum(clause.auditable for clause in catalogue.clauses.values()) == 62
    assert [number for number in catalogue.clauses if "." not in number] == ["4", "5", "6", "7", "8", "9", "10"]


def test_everything_else_is_there_in_its_number(catalogue: Catalogue) -> None:
    assert len(catalogue.requirements) == 248
    assert len(catalogue.artefacts) == 177
    assert len(catalogue.processes) == 29
    assert len(catalogue.kpis) == 103
    assert len(catalogue.controls) == 97
    assert len(catalogue.common_nonconformities) == 47
    assert len(catalogue.finding_grades) == 6
    assert Counter(check.stage for check in catalogue.stage_checks) == {"stage_1": 15, "stage_2": 13}


def test_artefacts_are_spread_over_basis_facet_and_period(catalogue: Catalogue) -> None:
    artefacts = catalogue.artefacts.values()

    assert Counter(each.basis for each in artefacts) == {
        Basis.EXPLICIT: 49,
        Basis.IMPLIED: 79,
        Basis.GOOD_PRACTICE: 48,
        Basis.EXAMINED: 1,
    }
    assert Counter(each.facet for each in artefacts) == {
        Facet.DOCUMENTED: 72,
        Facet.OPERATED: 71,
        Facet.MEASURED: 29,
        Facet.IMPROVED: 5,
    }
    assert Counter(each.every for each in artefacts) == {None: 154, Period.QUARTER: 16, Period.MONTH: 7}
    assert Counter(each.per for each in artefacts if each.per) == {
        SubjectKind.SERVICE: 5,
        SubjectKind.EXTERNAL_SUPPLIER: 4,
        SubjectKind.INTERNAL_SUPPLIER: 2,
        SubjectKind.CUSTOMER: 2,
    }
    assert sum(each.event_driven for each in artefacts) == 23


def test_clauses_come_in_the_order_of_their_numbers(catalogue: Catalogue) -> None:
    numbers = list(catalogue.clauses)

    assert (
        numbers.index("8.2") < numbers.index("8.2.1") < numbers.index("8.3") < numbers.index("9") < numbers.index("10")
    )
    assert catalogue.clauses["8.6"].children == ("8.6.1", "8.6.2", "8.6.3")
    assert catalogue.clauses["8.6.1"].parent == "8.6"
    assert catalogue.clauses["8.6.1"].level == 3


def test_artefacts_come_in_the_order_in_which_requirements_expect_them(catalogue: Catalogue) -> None:
    seen = dict.fromkeys(each.artefact for row in catalogue.requirements.values() for each in row.expectations)

    assert list(catalogue.artefacts) == [*seen, "aud_work"]


def test_what_audits_examine_serves_no_requirement(catalogue: Catalogue) -> None:
    assert [a.key for a in catalogue.artefacts.values() if not a.used_by] == ["aud_work"]


def test_a_clause_without_official_title_carries_our_label(catalogue: Catalogue) -> None:
    assert catalogue.clauses["6.1.1"].untitled
    assert catalogue.clauses["6.1.1"].title is None
    assert catalogue.clauses["6.1.1"].label == "Finding risks and opportunities"
    assert not catalogue.clauses["6.2.1"].untitled


def test_only_the_climate_decision_comes_from_the_amendment(catalogue: Catalogue) -> None:
    amended = [row.id for row in catalogue.requirements.values() if "Amd 1:2024" in row.source]

    assert amended == ["4.1-b"]


@pytest.mark.parametrize(
    ("requirement", "artefact", "role"),
    [
        ("4.3-a", "scope", ExpectationRole.DEMANDED),  # mandated by 4.3 itself
        ("4.3-b", "catalogue", ExpectationRole.SUPPORTING),  # mandated, but by 8.2.4
        ("4.1-a", "ctx_reg", ExpectationRole.PRIMARY),  # listed first
        ("6.3-c", "oblig", ExpectationRole.PRIMARY),  # implied by 6.3, listed second
        ("4.2-b", "oblig", ExpectationRole.SUPPORTING),  # implied by 6.3, not by 4.2
        ("4.1-a", "mr_min", ExpectationRole.SUPPORTING),
    ],
)
def test_roles_follow_from_the_clause_and_the_order(
    catalogue: Catalogue, requirement: str, artefact: str, role: ExpectationRole
) -> None:
    found = {each.artefact: each.role for each in catalogue.requirements[requirement].expectations}

    assert found[artefact] is role


def test_every_expectation_is_known_from_both_sides(catalogue: Catalogue) -> None:
    forth = {(row.id, each.artefact) for row in catalogue.requirements.values() for each in row.expectations}
    back = {(row, each.key) for each in catalogue.artefacts.values() for row in each.used_by}

    assert forth == back


def test_mandated_means_that_the_standard_itself_demands_it(catalogue: Catalogue) -> None:
    for artefact in catalogue.artefacts.values():
        assert artefact.mandated == (artefact.mandated_by is not None)


def test_processes_have_dutch_names_and_a_group(catalogue: Catalogue) -> None:
    assert catalogue.processes["incident"].name_nl == "Incidentbeheer"
    assert len(catalogue.groups) == 8
    assert catalogue.groups[catalogue.processes["incident"].group].name == "Resolution and fulfilment"


def test_clauses_are_mapped_to_five_frameworks(catalogue: Catalogue) -> None:
    frameworks = {name for clause in catalogue.clauses.values() for name, _ in clause.mappings}

    assert frameworks == {"itil4", "cobit2019", "iso27001_2022", "iso9001_2015", "fitsm1_v3"}
    assert all(len(clause.mappings) == 5 for clause in catalogue.clauses.values() if clause.auditable)


def test_starter_controls_map_every_requirement(catalogue: Catalogue) -> None:
    mapped = {row for control in catalogue.controls.values() for row in control.requirements}

    assert mapped == set(catalogue.requirements)


def test_the_digest_is_stable_and_of_the_content() -> None:
    first, second = load_catalogue(FOLDER), load_catalogue(FOLDER)

    assert first == second
    assert len(first.digest) == 64


def test_the_policy_holds_the_numbers_of_the_derivation() -> None:
    policy = load_policy(FOLDER)

    assert policy.weights == Weights(Fraction(3), Fraction(2), Fraction(1), Fraction(1))
    assert policy.weights.of(ExpectationRole.DEMANDED, Basis.GOOD_PRACTICE) == 1
    assert policy.weights.of(ExpectationRole.DEMANDED, Basis.EXPLICIT) == 3
    assert policy.weights.of(ExpectationRole.PRIMARY, Basis.IMPLIED) == 2
    assert policy.weights.of(ExpectationRole.SUPPORTING, Basis.EXPLICIT) == 1
    assert (policy.caps.major, policy.caps.minor) == (Fraction(1, 2), Fraction(17, 20))
    assert policy.caps.floor_without_good_practice == Fraction(43, 50)
    assert policy.freshness.own_interval_max_days == 1096
    assert policy.freshness.link_max_days == 92
    assert (policy.gates.audit_window_days, policy.gates.audit_window_certified_days) == (395, 1096)
    assert policy.recurrence.of(Period.MONTH).due_offset_days == 15
    assert policy.recurrence.of(Period.QUARTER).expected == 4


@pytest.mark.parametrize(("interval", "grace"), [(31, 10), (59, 10), (60, 30), (365, 30)])
def test_grace_is_longer_for_long_intervals(interval: int, grace: int) -> None:
    assert load_policy(FOLDER).freshness.grace_days(interval) == grace


@pytest.mark.parametrize(
    ("share", "band"),
    [
        ("0", "N"),
        ("0.15", "N"),
        ("0.1501", "P"),
        ("0.50", "P"),
        ("0.51", "L"),
        ("0.85", "L"),
        ("0.86", "F"),
        ("1", "F"),
    ],
)
def test_a_band_begins_just_above_its_cut(share: str, band: str) -> None:
    found = load_policy(FOLDER).bands.band(Fraction(share))

    assert found is Band(band)
    assert Band.N.rank < Band.P.rank < Band.L.rank < Band.F.rank


def test_the_five_stage_model_has_the_criteria_of_the_derivation() -> None:
    model = load_models(FOLDER)["itsm_five_stage"]

    counts = [len(level.criteria) for level in model.levels]
    top = {each.fact: (each.op, each.threshold) for each in model.level(5).criteria}
    assert [level.name for level in model.levels] == ["Initial", "Repeatable", "Defined", "Managed", "Optimising"]
    assert counts == [0, 3, 5, 6, 6]
    assert model.default
    assert top[Fact.LOWEST_BAND] == (Comparison.AT_LEAST, Band.L)
    assert top[Fact.KPIS_ON_TARGET] == (Comparison.AT_LEAST, Fraction(3, 4))
    assert top[Fact.OVERDUE_ACTIONS] == (Comparison.EQUAL, 0)
    assert model.level(2).criteria[0].threshold is True


def test_a_criterion_can_hold_for_some_processes_or_for_all_but_some() -> None:
    everywhere = load_models(FOLDER)["itsm_five_stage"].level(2).criteria[0]
    only = replace(everywhere, processes=("incident",))
    but = replace(everywhere, except_=("incident",))

    assert [each.applies_to("incident") for each in (everywhere, only, but)] == [True, True, False]
    assert [each.applies_to("problem") for each in (everywhere, only, but)] == [True, False, True]


def test_no_text_speaks_in_the_verb_of_the_standard(catalogue: Catalogue) -> None:
    texts = [row.text for row in catalogue.requirements.values()]
    texts += [point for each in catalogue.artefacts.values() for point in each.good]

    assert not [text for text in texts if "shall" in text.split()]
