"""The floors of docs/building.md: every module stands on exactly one, and knows only modules beside it or below."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = "itsmcomply"
LISTED = Path(__file__).parent / "floors.txt"
"""From the ground up: a floor with a colon, then names of modules without the package's; * stands for any text."""
WEB = {"flask", "flask_babel", "flask_limiter", "flask_login", "flask_wtf", "werkzeug", "wtforms", "click", "waitress"}
DATABASE = {"alembic", "flask_sqlalchemy", "psycopg", "sqlalchemy"}
UNKNOWN = {"ground": WEB | DATABASE, "pure": WEB | DATABASE, "storage": WEB, "use-cases": WEB, "edges": set[str]()}
"""Libraries that have no place on a floor. `db` alone brings in Flask-SQLAlchemy."""


class Floor(NamedTuple):
    name: str
    modules: tuple[str, ...]


@cache
def floors() -> tuple[Floor, ...]:
    found: dict[str, list[str]] = {}
    for word in LISTED.read_text().split():
        if word.endswith(":"):
            found[word[:-1]] = names = []
        else:
            names.append(word)
    return tuple(Floor(name, tuple(modules)) for name, modules in found.items())


@cache
def modules() -> dict[str, ast.Module]:
    """Every module by its name without the package's; those that hold nothing but a sentence are left out."""
    found = {}
    for path in sorted((ROOT / PACKAGE).rglob("*.py")):
        tree = ast.parse(path.read_text())
        parts = path.relative_to(ROOT / PACKAGE).with_suffix("").parts
        if "_data" not in parts and not all(isinstance(line, ast.Expr) for line in tree.body):
            found[".".join(parts)] = tree
    return found


def floors_of(module: str) -> list[int]:
    names = {module, module.removesuffix(".__init__")}
    return [
        place
        for place, floor in enumerate(floors())
        if any(fnmatchcase(name, wanted) for name in names for wanted in floor.modules)
    ]


def imports(tree: ast.Module) -> Iterator[str]:
    """What a module imports, wherever it does; of "from a import b" both a and a.b."""
    for line in ast.walk(tree):
        if isinstance(line, ast.Import):
            yield from (one.name for one in line.names)
        elif isinstance(line, ast.ImportFrom) and line.module:
            yield from (line.module, *(f"{line.module}.{one.name}" for one in line.names))


def known(tree: ast.Module) -> Iterator[str]:
    """Modules of the package that a module imports, by their names here."""
    for name in imports(tree):
        bare = name.removeprefix(f"{PACKAGE}.")
        if bare != name:
            yield from {bare, f"{bare}.__init__"} & modules().keys()


@pytest.mark.parametrize("module", list(modules()))
def test_every_module_stands_on_one_floor(module: str) -> None:
    assert len(floors_of(module)) == 1, "name it in floors.txt, on the lowest floor that its imports allow"


@pytest.mark.parametrize("module", list(modules()))
def test_arrows_point_down(module: str) -> None:
    floor = floors_of(module)[0]

    assert [name for name in known(modules()[module]) if floors_of(name)[0] > floor] == []


@pytest.mark.parametrize("module", list(modules()))
def test_libraries_stay_on_their_floors(module: str) -> None:
    used = {name.split(".")[0] for name in imports(modules()[module])}

    assert used & UNKNOWN[floors()[floors_of(module)[0]].name] == set()


def test_every_name_of_a_floor_is_a_module() -> None:
    names = {name for module in modules() for name in (module, module.removesuffix(".__init__"))}

    assert [w for floor in floors() for w in floor.modules if not any(fnmatchcase(name, w) for name in names)] == []
