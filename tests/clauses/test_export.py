"""The catalogue as JSON, and the two commands."""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from itsmcomply.clauses.canonical import canonical_json, digest_of, plain
from itsmcomply.clauses.commands import catalog
from itsmcomply.clauses.export import catalogue_json
from itsmcomply.clauses.loader import load_catalogue, load_models, load_policy
from tests.clauses.conftest import FOLDER, Damage


def exported() -> dict[str, dict[str, object]]:
    content: dict[str, dict[str, object]] = json.loads(
        catalogue_json(load_catalogue(FOLDER), load_policy(FOLDER), load_models(FOLDER))
    )
    return content


@pytest.mark.parametrize("part", ["catalogue", "policy"])
def test_anybody_can_recompute_a_digest_from_the_json(part: str) -> None:
    content = exported()[part]
    digest = content.pop("digest")

    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    assert hashlib.sha256(text.encode()).hexdigest() == digest


def test_the_json_holds_the_same_content_as_the_values() -> None:
    catalogue = load_catalogue(FOLDER)
    content = exported()["catalogue"]

    assert {name: value for name, value in content.items() if name != "digest"} == plain(catalogue)
    assert content["digest"] == catalogue.digest


def test_fractions_leave_as_exact_text() -> None:
    assert plain(load_policy(FOLDER).bands) == {"partly": "3/20", "largely": "1/2", "fully": "17/20"}


def test_a_digest_changes_with_any_text(folder: Path, damage: Damage) -> None:
    before = load_catalogue(FOLDER).digest

    damage("clauses/08-6.yaml", "Log each incident", "Log every incident")

    assert load_catalogue(folder).digest != before


def test_a_digest_does_not_change_with_comments_and_layout(folder: Path, damage: Damage) -> None:
    before = load_catalogue(FOLDER).digest

    damage("clauses/08-6.yaml", "title: Incident management", "title:   'Incident management'  # as in the standard")

    assert load_catalogue(folder).digest == before


def test_the_digest_of_the_policy_changes_with_a_number(folder: Path, damage: Damage) -> None:
    before = load_policy(FOLDER).digest

    damage("policy.yaml", "audit_window_days: '395'", "audit_window_days: '396'")

    assert load_policy(folder).digest != before


def test_canonical_json_knows_one_text_per_content() -> None:
    assert canonical_json({"b": Fraction(1, 2), "a": ("é", None, True)}) == '{"a":["é",null,true],"b":"1/2"}'
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})


def test_a_value_without_canonical_form_is_refused() -> None:
    with pytest.raises(TypeError, match="no canonical form for float"):
        plain({"a": 0.5})


def test_check_says_what_the_catalogue_holds_and_ends_with_0() -> None:
    result = CliRunner().invoke(catalog, ["check"])

    assert result.exit_code == 0
    assert result.stdout.startswith("No problems: 88 clauses, 248 requirements, 177 artefacts")
    assert load_catalogue(FOLDER).digest in result.stdout


def test_check_prints_a_line_per_problem_and_ends_with_1(folder: Path, damage: Damage) -> None:
    damage("clauses/08-6.yaml", "expects: [inc_rec, inc_prio]", "expects: [inc_rec, inc_pro]")
    damage("policy.yaml", "demanded: '3'", "demanded: '0'")

    result = CliRunner().invoke(catalog, ["check", str(folder)])

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "policy.yaml: weights.demanded: must be above 0",
        (
            "clauses/08-6.yaml: clauses[8.6.1].requirements[8.6.1-b].expects: "
            "there is no artefact inc_pro; correct the name or add it"
        ),
    ]


@pytest.mark.parametrize("arguments", [["export"], ["export", "--format", "json"]])
def test_export_prints_the_json(arguments: list[str]) -> None:
    result = CliRunner().invoke(catalog, arguments)

    assert result.exit_code == 0
    assert json.loads(result.stdout) == exported()


def test_export_of_a_broken_folder_prints_nothing_but_problems(tmp_path: Path) -> None:
    result = CliRunner().invoke(catalog, ["export", str(tmp_path)])

    assert result.exit_code == 1
    assert result.stdout == ""
    assert "manifest.yaml: (file): does not exist; create it" in result.stderr
