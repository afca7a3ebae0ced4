"""Suggestions of artefacts for a file, measured on every example name of the catalogue."""

from __future__ import annotations

from dataclasses import replace

import pytest

from itsmcomply.clauses.model import Catalogue
from itsmcomply.clauses.suggest import Source, Suggester


@pytest.fixture(scope="module")
def suggester(catalogue: Catalogue) -> Suggester:
    return Suggester(catalogue.artefacts)


@pytest.fixture(scope="module")
def examples(catalogue: Catalogue) -> list[tuple[str, str]]:
    """Artefact and example file name, English and Dutch."""
    return [
        (each.key, name) for each in catalogue.artefacts.values() for name in (*each.file_names, *each.file_names_nl)
    ]


def shares(suggester: Suggester, examples: list[tuple[str, str]]) -> tuple[float, float]:
    """Share of examples whose artefact is suggested first, and among the first three."""
    found = [(key, [each.artefact for each in suggester.suggest(name)]) for key, name in examples]
    first = sum(keys[:1] == [key] for key, keys in found)
    return first / len(examples), sum(key in keys for key, keys in found) / len(examples)


def test_known_names_lead_to_their_artefact(suggester: Suggester, examples: list[tuple[str, str]]) -> None:
    first, among_three = shares(suggester, examples)

    assert len(examples) > 900
    assert first >= 0.98
    assert among_three >= 0.995


def test_names_never_seen_lead_to_their_artefact_mostly(catalogue: Catalogue, examples: list[tuple[str, str]]) -> None:
    """Without any example name, by names and keywords alone: how the product meets names of other organizations."""
    blind = {key: replace(each, file_names=(), file_names_nl=()) for key, each in catalogue.artefacts.items()}

    first, among_three = shares(Suggester(blind), examples)

    assert first >= 0.90
    assert among_three >= 0.97


@pytest.mark.parametrize(
    ("name", "artefact", "word"),
    [
        ("IncidentExport_2026-04.csv", "inc_rec", "incident"),
        ("SoA v3.xlsx", "is_ctl", "soa"),
        ("Wijzigingsbeleid 2026 definitief.docx", "chg_policy", "wijzigingsbeleid"),
        ("Notulen CAB 12 maart.pdf", "cab", "cab"),
        ("Servicecontinuiteitsplan.pdf", "bcp", "servicecontinuiteitsplan"),
    ],
)
def test_the_reason_names_the_words_that_spoke(suggester: Suggester, name: str, artefact: str, word: str) -> None:
    first = suggester.suggest(name)[0]

    assert first.artefact == artefact
    assert first.reasons[0].source is Source.NAME
    assert word in first.reasons[0].words


@pytest.mark.parametrize(
    "name", ["IMG_2034.jpg", "scan0001.pdf", "document.pdf", "Untitled.docx", "", ".pdf", "12.csv", "監査報告.pdf"]
)
def test_a_name_that_says_nothing_brings_no_suggestion(suggester: Suggester, name: str) -> None:
    assert suggester.suggest(name) == ()


def test_the_text_decides_where_the_name_says_nothing(suggester: Suggester) -> None:
    header = "number;incident_state;opened_at;resolved_at;assigned group;reopened;impact and urgency"

    first = suggester.suggest("export.csv", header)[0]

    assert first.artefact == "inc_rec"
    assert Source.TEXT in [reason.source for reason in first.reasons]
    assert [reason.source for reason in suggester.suggest("1.csv", header)[0].reasons] == [Source.TEXT]


def test_suggestions_are_ordered_limited_and_repeatable(suggester: Suggester) -> None:
    found = suggester.suggest("audit report.docx", limit=2)

    assert len(found) == 2
    assert 1 >= found[0].strength >= found[1].strength > 0
    assert found == suggester.suggest("audit report.docx", limit=2)


def test_a_long_text_is_read_in_part_only(suggester: Suggester) -> None:
    assert suggester.suggest("x.txt", "z " * 20_000 + "incident export opened at resolved at") == ()
