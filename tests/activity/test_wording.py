"""Every action of the trail has words of its own, so that it can be read, and translated."""

from __future__ import annotations

import ast
import re

from itsmcomply.activity.wording import ACTIONS, AREAS
from itsmcomply.datafiles import PACKAGE

ACTION = re.compile(rf"(?:{'|'.join(AREAS)}|system|person|subject)\.[a-z_]*[a-z]")
FILE_NAME = re.compile(r"\.(?:yaml|docx|xlsx|log)$")


def _recorded() -> set[str]:
    """The texts in operations that look like an action; a change of state happens nowhere else."""
    paths = [p for p in PACKAGE.rglob("*.py") if "operations" in p.stem or p.parent.name == "operations"]
    found = {
        node.value
        for path in paths
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in found if ACTION.fullmatch(text) and not FILE_NAME.search(text)}


def test_every_action_recorded_has_words() -> None:
    recorded = _recorded()

    assert len(recorded) > 90
    assert recorded - set(ACTIONS) == set()
