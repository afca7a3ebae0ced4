"""The program's folders of data are found, and a missing one is named."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from itsmcomply.datafiles import PACKAGE, data_dir


@pytest.mark.parametrize("name", ["templates", "migrations", "clause_catalog"])
def test_a_folder_of_data_is_found_and_packed_into_the_wheel(name: str) -> None:
    settings = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    packed = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]

    assert data_dir(name).is_dir()
    assert packed[name] == f"itsmcomply/_data/{name}"


def test_inside_a_wheel_the_packed_folder_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "itsmcomply"
    (package / "_data" / "templates").mkdir(parents=True)
    (tmp_path / "templates").mkdir()
    monkeypatch.setattr("itsmcomply.datafiles.PACKAGE", package)

    assert data_dir("templates") == package / "_data" / "templates"


def test_a_missing_folder_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="the program's folder nothing is missing; install it again"):
        data_dir("nothing")
