from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from itsmcomply.clauses.model import Catalogue
from itsmcomply.scenario.contents import content_bytes
from itsmcomply.scenario.model import AssignOwner, FileVersion, GeneratedTable, ReviewVersion, Scenario, WrittenDocument
from itsmcomply.scenario.parser import read_scenario
from itsmcomply.scenario.problems import ScenarioInvalid
from tests.scenario.conftest import HEAD, ITEM, LOADED_AT, SERIES

Read = Callable[..., Scenario]
Problems = Callable[[str], list[str]]


def filed(scenario: Scenario) -> list[FileVersion]:
    return [step for step in scenario.steps if isinstance(step, FileVersion)]


def decided(scenario: Scenario) -> list[ReviewVersion]:
    return [step for step in scenario.steps if isinstance(step, ReviewVersion)]


def test_steps_come_in_order_of_time_and_end_on_the_day_of_loading(read: Read) -> None:
    scenario = read(HEAD + ITEM + SERIES)

    moments = [step.moment for step in scenario.steps]
    assert moments == sorted(moments)
    assert moments[-1] <= LOADED_AT


def test_an_item_takes_owner_uploader_and_reviewer_from_the_defaults(read: Read) -> None:
    scenario = read(HEAD + ITEM)

    (version,), (review,) = filed(scenario), decided(scenario)
    assert (version.owner, version.actor) == ("owner@demo.example.org", "owner@demo.example.org")
    assert (review.actor, review.accepted) == ("reviewer@demo.example.org", True)
    assert review.moment > version.moment
    assert version.document.approved_on == date(2026, 8, 13)


def test_the_first_usual_reviewer_who_did_not_upload_decides(read: Read) -> None:
    scenario = read(
        HEAD + ITEM.replace("- on: today-100d", "- on: today-100d\n            by: reviewer@demo.example.org")
    )

    assert decided(scenario)[0].actor == "manager@demo.example.org"


def test_texts_and_names_are_filled_with_days(read: Read) -> None:
    (version,) = filed(read(HEAD + ITEM))

    assert isinstance(version.content, WrittenDocument)
    assert version.content.name == "Procedure 2026-08-26.docx"
    assert "From 26 August 2026 on." in version.content.text


def test_an_owner_assigned_in_spells_is_assigned_and_ended(read: Read) -> None:
    text = HEAD.replace(
        "owners: {incident: owner@demo.example.org}",
        "owners:\n      incident:\n"
        "        - {person: owner@demo.example.org, since: month-9, until: today-70d, reason: Moved on}",
    )

    names = [type(step).__name__ for step in read(text).steps if "Owner" in type(step).__name__]
    (assigned,) = [step for step in read(text).steps if isinstance(step, AssignOwner)]

    assert names == ["AssignOwner", "EndOwner"]
    assert assigned.starts_on == date(2026, 2, 1)


def test_the_same_day_gives_the_same_steps_and_the_same_bytes(read: Read) -> None:
    first, again = read(HEAD + ITEM + SERIES), read(HEAD + ITEM + SERIES)

    assert first == again
    for one, two in zip(filed(first), filed(again), strict=True):
        assert isinstance(one.content, WrittenDocument | GeneratedTable)
        assert isinstance(two.content, WrittenDocument | GeneratedTable)
        assert content_bytes(one.content) == content_bytes(two.content)


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("    name: Small\n", "    nmae: Small\n", "line 9: systems.0.nmae: is not a key of the format here"),
        ("    scope: One service\n", "", "systems.0: lacks scope"),
        ("slug: small", "slug: ../small", "line 8: systems.0.slug: String should match"),
        ("Europe/Amsterdam", "Europe/Atlantis", "line 12: systems.0.time_zone: Europe/Atlantis is not a time zone"),
        ("Europe/Amsterdam", "/etc/passwd", "is not a time zone"),
        ("processes: [incident]", "processes: [incidents]", "roles.2.processes.0: incidents is not a process"),
        ("role: sms_manager", "role: chief", "roles.0.role: Input should be"),
        ("role: sms_manager", "role: viewer, processes: [risk]", "a process owner names processes"),
        ("{incident: owner@", "{incident: nobody@", "owners.incident: nobody@demo.example.org is not among the people"),
        ("email: owner@demo.example.org", "email: owner@company.com", "people.1.email: String should match"),
        (
            "email: owner@demo.example.org",
            "email: manager@demo.example.org",
            "manager@demo.example.org stands here twice",
        ),
        ("{name: Desk, since", "{name: Network, since", "services.1.name: Network stands here twice"),
        ("operating_since: month-18", "operating_since: someday", "operating_since: 'someday' is not a day"),
        (
            "artefact: mi_proc",
            "artefact: mi_prok",
            "line 25: systems.0.evidence.0.artefact: mi_prok is not an artefact",
        ),
        ("on: today-100d", "on: soonish", "versions.0.on: 'soonish' is not a day"),
        ("on: today-100d", "on: today-100d 25:00", "versions.0.on: 'today-100d 25:00' is not a moment"),
        ("effective: today-90d", "period: week-1", "versions.0.period: 'week-1' is not a period"),
        ("title: Major incident procedure", "title: '{{weather}}'", "versions.0: {{weather}} is not a placeholder"),
        ('name: "Procedure {{iso effective}}.docx", ', "", "text and table need a name for the file"),
        ("effective: today-90d", "effective: today-90x", "line 29: systems.0.evidence.0.versions.0.effective:"),
        ("reviews: accepted", "reviews: fine", "versions.0.reviews: Input should be 'accepted'"),
        (
            "reviews: accepted",
            "reviews: [{decision: rejected}]",
            "versions.0.reviews.0: a rejection needs kind and reason",
        ),
        (
            "reviews: accepted",
            "reviews: [{decision: accepted, by: owner@demo.example.org}]",
            "owner@demo.example.org uploaded this and cannot review it",
        ),
        (
            "reviews: accepted",
            "reviews: [{decision: accepted, on: today-300d}]",
            "reviews.0.on: decides before the version was filed",
        ),
        ('{name: "Procedure', '{file: x.pdf, name: "Procedure', "holds exactly one of file, text, table"),
        ("{{day effective}}", "{{weather}}", "versions.0.content: {{weather}} is not a placeholder"),
        ("{{iso effective}}.docx", "{{iso effective}}.exe", "text becomes one of"),
        ('.docx", text: "', '.png", text: "' + "\\n" * 101, "a picture holds 6000 characters in 100 lines at most"),
        ("today-100d\n", "today-100d\n            subjects: [Cinema]\n", "Cinema is not a service, customer or party"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_key(problems: Problems, old: str, new: str, wanted: str) -> None:
    text = HEAD + ITEM
    assert old in text

    found = problems(text.replace(old, new, 1))

    assert any(wanted in line for line in found), found
    assert all(line.startswith("scenario.yaml, line ") for line in found)


def test_all_problems_are_found_in_one_reading(problems: Problems) -> None:
    text = (HEAD + ITEM).replace("artefact: mi_proc", "artefact: nothing").replace("[incident]", "[nothing]")

    assert len(problems(text)) == 2


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/hostname", "files/../../secret.txt", "link.txt", "folder"])
def test_files_outside_the_folder_are_refused(tmp_path: Path, catalogue: Catalogue, name: str) -> None:
    folder = tmp_path / "inside"
    (folder / "files").mkdir(parents=True)
    (folder / "folder").mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    version = "          - {on: today-9d, content: {file: " + name + "}}\n"
    text = HEAD + "    evidence:\n      - artefact: mi_proc\n        title: X\n        versions:\n" + version
    (folder / "scenario.yaml").write_text(text)

    with pytest.raises(ScenarioInvalid, match=r"versions\.0\.content\.file: .* (lies outside|is not a file)"):
        read_scenario(folder, catalogue, LOADED_AT)


def test_an_included_file_outside_the_folder_is_refused(tmp_path: Path, problems: Problems) -> None:
    (tmp_path.parent / "other.yaml").write_text("system: small\n")

    assert "lies outside" in problems(HEAD.replace("systems:", "include: [../other.yaml]\nsystems:"))[0]


def test_an_included_file_brings_evidence_and_its_own_lines(tmp_path: Path, problems: Problems) -> None:
    (tmp_path / "more.yaml").write_text(
        "system: small\nevidence:\n  - artefact: none\n    title: X\n    versions:\n      - on: today-9d\n"
    )

    found = problems(HEAD.replace("systems:", "include: [more.yaml]\nsystems:"))

    assert found[0] == "more.yaml, line 3: evidence.0.artefact: none is not an artefact"
    assert "more.yaml, line 6: evidence.0.versions.0: the first version needs content" in found


def test_an_included_file_of_an_unknown_system_is_refused(tmp_path: Path, problems: Problems) -> None:
    (tmp_path / "more.yaml").write_text("system: other\n")

    found = problems(HEAD.replace("systems:", "include: [more.yaml]\nsystems:"))

    assert found == ["more.yaml, line 1: system: the scenario has no system other"]


def test_what_lies_after_the_moment_of_loading_is_left_out(read: Read) -> None:
    early = datetime(2026, 8, 16, 6, 0, tzinfo=UTC)
    text = (HEAD + ITEM).replace("today-100d", "2026-08-17").replace("today-90d", "2026-08-20")

    assert filed(read(text, early)) == []
    assert len(filed(read(text))) == 1


LINKED = """\
        links:
          - {on: today-50d, artefact: av_inv}
          - {on: today-50d, artefact: av_inv, requirement: 8.7.1-x}
          - {on: today-50d, artefact: av_inx, control: INC-01, reviews: [{decision: rejected}]}
"""


def test_a_link_names_one_known_target(problems: Problems) -> None:
    found = "\n".join(problems(HEAD + ITEM + LINKED))

    assert "links.0: names either a requirement or a control" in found
    assert "links.1.requirement: 8.7.1-x is not a requirement" in found
    assert "links.2.artefact: av_inx is not an artefact" in found
    assert "links.2.reviews.0: a rejection needs kind and reason" in found


def test_two_systems_of_one_slug_are_refused(problems: Problems) -> None:
    second = HEAD[HEAD.index("  - slug: small") :]

    assert any("small stands here twice" in line for line in problems(HEAD + second))


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, problems: Problems) -> None:
    with (tmp_path / "large.bin").open("wb") as file:
        file.truncate(21 * 1024 * 1024)
    version = "          - {on: today-9d, content: {file: large.bin}}\n"

    found = problems(HEAD + "    evidence:\n      - artefact: mi_proc\n        title: X\n        versions:\n" + version)

    assert "large.bin is larger than" in found[0]


def test_a_small_file_cannot_make_a_flood_of_steps(problems: Problems) -> None:
    one = SERIES[SERIES.index("      - artefact") :].replace("month-6", "month-230")

    found = problems(HEAD + "    series:\n" + one * 300)

    assert found == ["scenario.yaml, line 1: makes more than 20000 steps; split it"]


def test_an_artefact_may_have_another_owner_than_its_process(read: Read) -> None:
    text = HEAD.replace("owners: {inc", "artefact_owners: {mi_proc: manager@demo.example.org}\n    owners: {inc")

    (version,) = filed(read(text + ITEM))

    assert version.owner == "manager@demo.example.org"
