"""The catalogue that is delivered, and copies of it that a test may damage."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from itsmcomply.clauses.loader import load_catalogue
from itsmcomply.clauses.model import Catalogue
from itsmcomply.datafiles import data_dir

FOLDER = data_dir("clause_catalog")

Damage = Callable[[str, str, str], None]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue(FOLDER)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the delivered folder."""
    return Path(shutil.copytree(FOLDER, tmp_path / "catalogue"))


@pytest.fixture
def damage(folder: Path) -> Damage:
    """Replace the first occurrence of a text in a file of the copy."""

    def replace(file: str, old: str, new: str) -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} no longer holds {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace
