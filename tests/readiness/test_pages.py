"""Pages of readiness over HTTP: they answer their question, agree with the result, and change nothing."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
from flask import Flask, before_render_template
from flask.testing import FlaskClient
from sqlalchemy import select

from itsmcomply.clauses.model import SubjectKind
from itsmcomply.figures import percent_number
from itsmcomply.readiness.models import ReadinessDay
from itsmcomply.systems.models import EntryKind
from tests.cast import Cast
from tests.evidence.office import DOCUMENT, Office, document, month
from tests.readiness.seed import TODAY, Seed, counted_queries

PAGES = (
    "/",
    "/?map=audit",
    "/?map=change",
    "/?map=findings",
    "/clauses",
    "/clauses/8.6.1",
    "/clauses/8.6",
    "/requirements/8.6.1-c",
    "/artefacts",
    "/artefacts?state=missing&process=incident&q=record",
    "/artefacts/inc_rec",
    "/artefacts/sla",
    "/processes",
    "/processes/incident",
    "/calendar",
    "/gates/mandated_documents",
    "/gates/audited",
    "/search?q=backup",
)
ROLES = ("sms_manager", "internal_auditor", "process_owner", "reviewer", "external_auditor", "viewer")


def text(page: str) -> str:
    """What a person reads, with plain blanks."""
    told = re.sub(r"<(script|style|svg).*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", told))).replace("\xa0", " ")


def heading(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)
    assert found is not None
    return text(found.group(1)).strip()


def cures(page: str) -> list[str]:
    """The verbs of links that lead to forms; "Open" and "Programme" only lead to other pages."""
    return [verb for verb in re.findall(r'<a class="go" [^>]*>([^<]+)', page) if verb not in {"Open", "Programme"}]


@pytest.fixture
def filled(seed: Seed, office: Office) -> Seed:
    """Some of everything: accepted, undecided, rejected, a month, an owner, dates, a list."""
    seed.entry(EntryKind.OPERATING_SINCE, "2026-06-01")
    seed.entry(EntryKind.STAGE_1_ON, "2027-01-12")
    seed.entry(EntryKind.STAGE_2_ON, "2027-03-01")
    seed.entry(EntryKind.SCOPE_STATEMENT, "All services")
    seed.entry(EntryKind.PROCESS_OWNER, key="incident", owner="process_owner")
    seed.subject(SubjectKind.SERVICE, "Mail")
    office.accept(office.file())
    office.accept(office.file("inc_rec", filing=month(), name="incidents.csv", content=b"number;opened"))
    office.reject(
        office.file("sms_policy" if "sms_policy" in office.catalogue.artefacts else "mi_rep", filing=document())
    )
    office.file("inc_rep", filing=month(), content=b"report")
    return seed


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_for_an_empty_and_a_filled_system(path: str, cast: Cast, seed: Seed, office: Office) -> None:
    client = cast.client("sms_manager")
    empty = client.get(cast.url(path))
    office.accept(office.file())
    seed.entry(EntryKind.STAGE_1_ON, "2027-01-12")

    filled = client.get(cast.url(path))

    assert (empty.status_code, filled.status_code) == (200, 200)
    assert "Derived from evidence held on 24 Nov 2026; not an audit conclusion" in text(filled.text) or "search" in path


@pytest.mark.parametrize("role", ROLES)
def test_every_role_may_read_every_page(role: str, cast: Cast, filled: Seed) -> None:
    client = cast.client(role)

    answers = {path: client.get(cast.url(path)).status_code for path in PAGES}

    assert set(answers.values()) == {200}


@pytest.mark.parametrize(
    "path",
    ["/clauses/8.99", "/requirements/8.6.1-z", "/artefacts/none", "/processes/none", "/gates/none", "/?model=none"],
)
def test_an_unknown_name_is_not_found(path: str, cast: Cast) -> None:
    assert cast.client("viewer").get(cast.url(path)).status_code == 404


@pytest.mark.parametrize("path", ["/?as-of=tomorrow", "/?map=weather", "/?as-of=9999-12-31"])
def test_a_value_that_makes_no_sense_is_refused(path: str, cast: Cast) -> None:
    assert cast.client("viewer").get(cast.url(path)).status_code == 422


def test_an_outsider_finds_nothing(cast: Cast) -> None:
    assert {cast.client("outsider").get(cast.url(path)).status_code for path in PAGES} == {404}


def test_the_overview_says_what_the_result_says(cast: Cast, filled: Seed) -> None:
    result = filled.snapshot().result(TODAY)

    page = text(cast.client("viewer").get(cast.url("/")).text)

    assert result.coverage is not None
    documented = sum(len(rule.blockers) for rule in result.gates[0].rules)
    assert f"Not ready for stage 1: {documented} things block it" in page
    assert f"Shut, {documented} blockers" in page
    assert f"{percent_number(result.coverage)} %" in page
    for rule in result.gates[0].rules:
        assert f"{rule.met} of {rule.total}" in page
    bands = [requirement.band.value for requirement in result.requirements.values()]
    assert f"{bands.count('F')} F, {bands.count('L')} L, {bands.count('P')} P, {bands.count('N')} N" in page


def test_every_process_and_clause_prints_the_figure_of_the_result(cast: Cast, filled: Seed) -> None:
    result, client = filled.snapshot().result(TODAY), cast.client("viewer")

    processes = text(client.get(cast.url("/processes")).text)
    clauses = text(client.get(cast.url("/clauses")).text)

    for process in result.processes.values():
        assert process.coverage is not None
        assert f"{percent_number(process.coverage)} %" in processes
    for clause in result.clauses.values():
        assert clause.coverage is None or f"{percent_number(clause.coverage)} %" in clauses


def test_the_reckoning_shows_weights_and_shares(cast: Cast, filled: Seed) -> None:
    page = text(cast.client("viewer").get(cast.url("/requirements/8.6.1-c")).text)
    requirement = filled.snapshot().result(TODAY).requirements["8.6.1-c"]

    terms = [f"{e.weight} × {e.coverage}" for e in requirement.expectations]

    assert f"({' + '.join(terms)}) / " in page


def test_a_blocker_leads_in_one_click_to_the_form_that_cures_it(cast: Cast, filled: Seed) -> None:
    page = cast.client("sms_manager").get(cast.url("/gates/process_owners")).text

    link = re.search(r'<a class="btn btn-sm" href="([^"]+)">Assign', page)

    assert link is not None
    assert cast.client("sms_manager").get(link.group(1).partition("#")[0]).status_code == 200


def test_a_missing_period_leads_to_filing_that_period(cast: Cast, filled: Seed) -> None:
    page = unescape(cast.client("process_owner").get(cast.url("/artefacts/inc_rec")).text)

    assert cast.url("/evidence/new?artefact=inc_rec&from=2026-09-01&to=2026-09-30") in page


def test_a_reader_sees_why_but_no_cure(cast: Cast, filled: Seed) -> None:
    page = cast.client("viewer").get(cast.url("/")).text

    assert "Nothing filed" in page
    assert cures(page) == []


@pytest.mark.parametrize("day", ["2026-11-20", "2027-02-01"])
def test_another_day_is_read_only_and_keeps_its_day(day: str, cast: Cast, filled: Seed) -> None:
    page = unescape(cast.client("sms_manager").get(cast.url(f"/?as-of={day}")).text)

    assert cures(page) == []
    assert cast.url(f"/clauses/8.6.1?as-of={day}") in page


def test_a_past_day_shows_what_was_known_then(cast: Cast, filled: Seed) -> None:
    before = text(cast.client("viewer").get(cast.url(f"/artefacts/{DOCUMENT}?as-of=2026-11-23")).text)

    assert "Nothing filed" in before


def test_a_day_to_come_counts_renewals_apart_from_routine_records(cast: Cast, filled: Seed) -> None:
    page = text(cast.client("viewer").get(cast.url("/?as-of=2028-01-20")).text)
    forecast = filled.snapshot().result(date(2028, 1, 20)).forecast

    assert forecast is not None
    assert f"{forecast.renew_count} renewal" in page
    assert "If nothing more arrives: not ready." in page


def test_a_page_that_was_kept_shows_a_change_at_once(cast: Cast, seed: Seed, office: Office) -> None:
    client = cast.client("viewer")
    filed = office.file()
    assert "In review since 24 Nov 2026" in text(client.get(cast.url(f"/artefacts?q={DOCUMENT}")).text)

    office.accept(filed)

    assert "In review since" not in text(client.get(cast.url(f"/artefacts?q={DOCUMENT}")).text)


def test_a_kept_page_of_one_role_is_not_shown_to_another(cast: Cast, filled: Seed) -> None:
    assert "Declare" in cures(cast.client("sms_manager").get(cast.url("/")).text)
    assert cures(cast.client("viewer").get(cast.url("/")).text) == []


def test_an_empty_system_is_told_how_to_begin(cast: Cast) -> None:
    page = text(cast.client("sms_manager").get(cast.url("/")).text)

    assert "First day" in page
    assert "Assign an owner to each process" in page
    assert "Nothing is current yet, so nothing can lapse." in page


@pytest.mark.parametrize(
    ("typed", "target"),
    [
        ("8.6.1", "/clauses/8.6.1"),
        ("8.6.1-c", "/requirements/8.6.1-c"),
        ("incident", "/processes/incident"),
        ("EV-0001", "/evidence/EV-0001"),
        ("ev-1", "/evidence/EV-0001"),
    ],
)
def test_an_exact_name_leads_straight_to_its_page(typed: str, target: str, cast: Cast, office: Office) -> None:
    office.file()

    answer = cast.client("viewer").get(cast.url(f"/search?q={typed}"))

    assert (answer.status_code, answer.headers["Location"]) == (302, cast.url(target))


def test_search_finds_evidence_by_its_title(cast: Cast, office: Office) -> None:
    office.file(filing=document("Grötsch continuity drill"))
    page = text(cast.client("viewer").get(cast.url("/search?q=grötsch drill")).text)

    assert "Grötsch continuity drill" in page


def test_a_review_is_found_under_the_name_people_read(cast: Cast, office: Office) -> None:
    filed = office.file()

    answer = cast.client("reviewer").get(cast.url("/review/EV-0001/1"))

    assert answer.headers["Location"] == cast.url(f"/review/{filed.id}")


def test_ended_months_are_derived_after_the_answer_and_drawn_at_the_next_look(
    cast: Cast, seed: Seed, office: Office
) -> None:
    office.accept(office.file())
    cast.clock.move_to(datetime(2027, 2, 10, 9, 0, tzinfo=UTC))
    client = cast.client("viewer")
    first = client.get(cast.url("/"))
    first.close()

    with seed.reading() as session:
        kept = len(session.scalars(select(ReadinessDay)).all())
    second = client.get(cast.url("/"))

    assert kept == 3
    assert "trend-coverage" not in first.text
    assert "trend-coverage" in second.text


@pytest.mark.parametrize("path", PAGES)
def test_no_page_asks_more_for_more_items_nor_while_rendering(
    path: str, cast: Cast, app: Flask, filled: Seed, office: Office
) -> None:
    client = cast.client("viewer")
    client.get(cast.url(path))
    few = looked(client, app, cast.url(path))
    for number in range(5):
        office.accept(office.file(content=b"%PDF-1.7 " + bytes([number])))
    client.get(cast.url(path))

    many = looked(client, app, cast.url(path))

    assert len(many) == len(few)


def looked(client: FlaskClient, app: Flask, url: str) -> list[str]:
    """The queries of one look; fails on any that comes while a template is being rendered."""
    rendering: list[str] = []

    with counted_queries(app) as queries:

        def begin(_app: Flask, **_more: Any) -> None:
            rendering.append(f"after {len(queries)}")

        with before_render_template.connected_to(begin, app):
            assert client.get(url).status_code == 200
    assert rendering == [f"after {len(queries)}"]
    return queries


def test_what_cannot_be_seen_is_left_out_of_what_was_typed(cast: Cast) -> None:
    """PostgreSQL refuses NUL in any text."""
    client = cast.client("viewer")

    assert client.get(cast.url("/search?q=%008.6.1%00")).location == cast.url("/clauses/8.6.1")
    assert client.get(cast.url("/search?q=%00")).status_code == 200
