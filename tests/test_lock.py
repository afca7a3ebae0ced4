"""What is installed is what was tested: requirements.lock against pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
LOCKED = dict(re.findall(r"^([a-z0-9][a-z0-9.-]*)(?:\[[a-z,]+\])?==(\S+)", LOCK, re.MULTILINE))


def _wanted() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [Requirement(one) for one in [*project["dependencies"], *project["optional-dependencies"]["dev"]]]


def test_every_library_the_project_asks_for_is_locked_to_a_release_it_allows() -> None:
    outside = [
        str(one) for one in _wanted() if not one.specifier.contains(LOCKED.get(one.name.lower().replace("_", "-"), "0"))
    ]

    assert outside == [], "run: make lock"


def test_every_locked_release_names_the_digests_of_its_files() -> None:
    blocks = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.MULTILINE)[1:]

    assert len(blocks) > 60
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_lock_names_no_place_to_download_from() -> None:
    assert re.findall(r"https?:|file:|--index-url|--find-links", LOCK) == []
