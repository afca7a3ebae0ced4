"""`itsmcomply export` on a real installation."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from docx import Document
from openpyxl import load_workbook

from itsmcomply.cli import main


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Path:
    monkeypatch.setenv("ITSMCOMPLY_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("DATABASE_URL", database_url)
    for arguments in (
        ("init",),
        ("user", "add", "admin@example.org", "--name", "Administrator", "--admin"),
        ("system", "add", "core", "--name", "Core", "--as", "admin@example.org"),
    ):
        assert run(*arguments).exit_code == 0
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_it_writes_the_file_and_prints_its_hash(instance: Path, kind: str) -> None:
    out = instance / f"out.{kind}"

    answer = run("export", kind, "--system", "core", "--as-of", "2026-11-01", "--out", str(out))

    assert answer.exit_code == 0, answer.output
    assert answer.stdout == f"{hashlib.sha256(out.read_bytes()).hexdigest()}  {out}\n"
    opened = load_workbook(out) if kind == "xlsx" else Document(str(out))
    assert opened is not None
    assert list(instance.glob(".out*")) == []


def test_the_same_state_and_day_give_the_same_file(instance: Path) -> None:
    first, second = instance / "1.xlsx", instance / "2.xlsx"

    for out in (first, second):
        run("export", "xlsx", "--system", "core", "--as-of", "2026-11-01", "--out", str(out))

    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--system", "none"), "no management system none"),
        (("--system", "core", "--model", "none"), "no maturity model none"),
        (("--system", "core", "--as", "admin@example.org"), "do not allow exports"),
    ],
)
def test_a_refusal_is_one_line_and_leaves_no_file(instance: Path, more: tuple[str, ...], says: str) -> None:
    out = instance / "out.xlsx"

    answer = run("export", "xlsx", "--out", str(out), *more)

    assert answer.exit_code == 1
    assert says in answer.stderr.splitlines()[-1]
    assert not out.exists()


def test_a_place_that_cannot_be_written_is_named(instance: Path) -> None:
    answer = run("export", "docx", "--system", "core", "--out", str(instance / "no" / "out.docx"))

    assert answer.exit_code == 1
    assert "cannot be written" in answer.stderr
