"""`itsmcomply tickets` from the shell, without an instance."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from itsmcomply.cli import main
from tests.audits.tickets.exports import GLPI, JIRA, OWN, OWN_MAPPING, SERVICENOW, text_file


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in ("tickets", *arguments)])


def told(*arguments: object) -> Any:
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_read_tells_records_folded_and_skipped(tmp_path: Path) -> None:
    found = told("read", text_file(tmp_path, SERVICENOW))

    assert (found["understood"], found["folded"], found["skipped"]) == (3, 2, [])
    assert found["records"][0]["closed_at"] == "2016-02-05 12:00:00"
    assert found["dates"]["opened_at"]["order"] == "day-first"


def test_read_takes_a_mapping_file_as_layout(tmp_path: Path) -> None:
    mapping = text_file(tmp_path, OWN_MAPPING, name="own.yaml")

    found = told("read", text_file(tmp_path, OWN), "--layout", mapping)

    assert [record["number"] for record in found["records"]] == ["A-1", "A-2"]


def test_sample_is_the_same_whatever_the_order_of_the_rows(tmp_path: Path) -> None:
    head, *rows = SERVICENOW.splitlines()
    turned = "\n".join([head, *reversed(rows)]) + "\n"
    options = ("--size", 2, "--method", "random", "--seed", "7")

    first = told("sample", text_file(tmp_path, SERVICENOW), *options)
    second = told("sample", text_file(tmp_path, turned, name="b.csv"), *options)

    assert first["sample"] == second["sample"]
    assert first["algorithm"] == "sha256-rank-1"


def test_a_stratified_sample_names_its_strata(tmp_path: Path) -> None:
    found = told(
        "sample",
        text_file(tmp_path, SERVICENOW),
        "--size",
        2,
        "--method",
        "stratified",
        "--by",
        "priority",
        "--seed",
        "s",
    )

    assert [(s["name"], s["sample"]) for s in found["strata"]] == [("1 - Critical", 1), ("3 - Moderate", 1)]


def test_refusals_are_one_line_and_exit_code_1(tmp_path: Path) -> None:
    path = text_file(tmp_path, "a,b\n1,2\n")

    for arguments in (("read", path), ("read", path, "--layout", "nobody"), ("sample", path, "--size", 1, "--seed", 1)):
        result = run(*arguments)
        assert result.exit_code == 1
        assert len(result.stderr.splitlines()) == 1


def test_strata_of_an_unknown_column_are_refused_with_those_known(tmp_path: Path) -> None:
    path = text_file(tmp_path, SERVICENOW)

    result = run("sample", path, "--size", 2, "--method", "stratified", "--by", "colour", "--seed", 1)

    assert result.exit_code == 1
    assert "priority" in result.stderr


def test_strata_of_a_column_the_export_lacks_are_refused(tmp_path: Path) -> None:
    path = text_file(tmp_path, "Number,Opened,Short description\nINC1,2026-05-01,Mail\n")

    result = run("sample", path, "--size", 1, "--method", "stratified", "--by", "priority", "--seed", 1)

    assert result.exit_code == 1
    assert "no column priority" in result.stderr


@pytest.mark.parametrize(
    ("layout", "text", "by", "first"),
    [
        ("servicenow", SERVICENOW, "assignment_group", "INC001"),
        ("jira", JIRA, "Status", "ITSM-1"),
        ("glpi", GLPI, "Assigned to - Technician group", "1024"),
    ],
)
def test_every_layout_is_read_and_sampled_by_a_heading_of_its_own(
    tmp_path: Path, layout: str, text: str, by: str, first: str
) -> None:
    file = text_file(tmp_path, text)

    read, guessed = told("read", file, "--layout", layout), told("read", file)
    drawn = told("sample", file, "--size", 3, "--method", "stratified", "--by", by, "--seed", 1)

    assert read == guessed
    assert (read["layout"], read["records"][0]["number"]) == (layout, first)
    assert sum(stratum["population"] for stratum in drawn["strata"]) == drawn["population"] == read["understood"]
    assert drawn["size"] == len(drawn["sample"]) == min(3, read["understood"])


@pytest.mark.parametrize("method", ["random", "stratified", "systematic"])
def test_the_same_seed_draws_the_same_sample_on_any_machine(tmp_path: Path, method: str) -> None:
    file = text_file(tmp_path, SERVICENOW)
    command = [sys.executable, "-m", "itsmcomply", "tickets", "sample", str(file), "--size", "2", "--method", method]
    machines = ({"PYTHONHASHSEED": "1", "TZ": "UTC"}, {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "LC_ALL": "C"})

    drawn = [
        subprocess.run(
            [*command, "--by", "priority", "--seed", "ü", "--format", "json"],
            env={**os.environ, **machine},
            capture_output=True,
            check=True,
        ).stdout
        for machine in machines
    ]

    assert drawn[0] == drawn[1]
