from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from itsmcomply.cli import main
from tests.scenario.conftest import HEAD, ITEM


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scenario").mkdir()
    (tmp_path / "scenario" / "scenario.yaml").write_text(HEAD + ITEM)
    return tmp_path / "scenario"


def run(instance: Path, *arguments: str) -> Result:
    environ = {"DATABASE_URL": None, "ITSMCOMPLY_BASE_URL": None}
    return CliRunner(env=environ).invoke(main, ["--instance", str(instance), *arguments])


def test_a_scenario_is_loaded_into_a_trial(tmp_path: Path, folder: Path) -> None:
    run(tmp_path / "instance", "init", "--trial")

    result = run(tmp_path / "instance", "scenario", "load", str(folder))

    assert result.exit_code == 0, result.output
    assert "small: 1 evidence items in" in result.stdout
    assert run(tmp_path / "instance", "system", "list").stdout.startswith("small\t")


def test_a_real_installation_answers_with_one_line(tmp_path: Path, folder: Path) -> None:
    run(tmp_path / "instance", "init")

    result = run(tmp_path / "instance", "scenario", "load", str(folder))

    assert result.exit_code == 1
    assert "only into an installation marked as demonstration or trial" in result.stderr


def test_check_reads_without_an_installation(tmp_path: Path, folder: Path) -> None:
    fine = run(tmp_path / "instance", "scenario", "load", "--check", str(folder))
    (folder / "scenario.yaml").write_text(HEAD + ITEM.replace("mi_proc", "mi_prok"))
    wrong = run(tmp_path / "instance", "scenario", "load", "--check", str(folder))

    assert (fine.exit_code, "is in order" in fine.stdout) == (0, True)
    assert wrong.exit_code == 1
    assert "scenario.yaml, line 25: systems.0.evidence.0.artefact: mi_prok is not an artefact" in wrong.stderr
    assert not (tmp_path / "instance").exists()
