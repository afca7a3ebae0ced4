"""The search box over the catalogue: exact ids first, names next, words last; accents and case do not matter."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmcomply.clauses.loader import load_catalogue
from itsmcomply.clauses.model import Catalogue
from itsmcomply.clauses.search import CatalogueIndex, HitKind, Match, build_index
from tests.clauses.conftest import FOLDER


@pytest.fixture(scope="module")
def index(catalogue: Catalogue) -> CatalogueIndex:
    return build_index(catalogue)


@pytest.mark.parametrize(
    ("query", "kind", "key"),
    [
        ("8.6.1", HitKind.CLAUSE, "8.6.1"),
        ("clause 8.6.1", HitKind.CLAUSE, "8.6.1"),
        ("Clause 10", HitKind.CLAUSE, "10"),
        ("8.6.1-c", HitKind.REQUIREMENT, "8.6.1-c"),
        ("8.6.1-C", HitKind.REQUIREMENT, "8.6.1-c"),
        ("inc_rec", HitKind.ARTEFACT, "inc_rec"),
        ("incident", HitKind.PROCESS, "incident"),
        ("kpi-incident-02", HitKind.KPI, "KPI-INCIDENT-02"),
        ("Incident records", HitKind.ARTEFACT, "inc_rec"),
        ("incidentregistraties", HitKind.ARTEFACT, "inc_rec"),
        ("Servicecontinuïteitsplan", HitKind.ARTEFACT, "bcp"),
        ("servicecontinuiteitsplan", HitKind.ARTEFACT, "bcp"),
        ("organisational roles", HitKind.CLAUSE, "5.3"),
        ("statement of applicability", HitKind.ARTEFACT, "is_ctl"),
        ("mean time to restore", HitKind.KPI, "KPI-INCIDENT-01"),
    ],
)
def test_what_a_person_types_finds_the_entry_first(index: CatalogueIndex, query: str, kind: HitKind, key: str) -> None:
    first = index.search(query)[0]

    assert (first.kind, first.key) == (kind, key)


def test_a_clause_number_brings_its_parts_after_it(index: CatalogueIndex) -> None:
    hits = index.search("8.6", limit=6)

    assert [hit.key for hit in hits[:4]] == ["8.6", "8.6.1", "8.6.2", "8.6.3"]
    assert hits[0].match is Match.EXACT_ID
    assert hits[4].key == "8.6.1-a"


def test_a_number_does_not_bring_longer_numbers_that_begin_alike(index: CatalogueIndex) -> None:
    found = [hit.key for hit in index.search("1", limit=100) if hit.match <= Match.ID_BEGINS]

    assert found == []


def test_every_word_has_to_occur(index: CatalogueIndex) -> None:
    assert index.search("incident zebra") == ()


def test_a_word_inside_a_dutch_compound_is_found(index: CatalogueIndex) -> None:
    keys = [hit.key for hit in index.search("continuiteitsplan")]

    assert "bcp" in keys


def test_every_id_of_the_catalogue_finds_itself(catalogue: Catalogue, index: CatalogueIndex) -> None:
    ids = [*catalogue.clauses, *catalogue.requirements, *catalogue.processes, *catalogue.artefacts, *catalogue.kpis]

    lost = [key for key in ids if key not in [hit.key for hit in index.search(key, limit=2)]]

    assert lost == []


def test_every_artefact_is_found_by_its_names(catalogue: Catalogue, index: CatalogueIndex) -> None:
    for artefact in catalogue.artefacts.values():
        for name in (artefact.name, artefact.name_nl):
            assert artefact.key in [hit.key for hit in index.search(name, limit=3)], name


@pytest.mark.parametrize("query", ["", "   ", ".", "-", "?!", "\u0301"])
def test_nothing_typed_finds_nothing(index: CatalogueIndex, query: str) -> None:
    assert index.search(query) == ()


def test_the_limit_holds(index: CatalogueIndex) -> None:
    assert len(index.search("service", limit=7)) == 7


INDEX = build_index(load_catalogue(FOLDER))


@given(st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_text_is_answered_in_order_of_match(query: str) -> None:
    hits = INDEX.search(query)

    assert [hit.match for hit in hits] == sorted(hit.match for hit in hits)
