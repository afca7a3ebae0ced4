"""Every action of the trail has words of its own, so that it can be read, and translated."""

from __future__ import annotations

import ast
import re

from flask import Flask

from itsmcomply.activity.values import change_value
from itsmcomply.activity.wording import ACTIONS, AREAS
from itsmcomply.datafiles import PACKAGE
from itsmcomply.web.resources import resources_of

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


def test_values_of_the_trail_read_as_names_days_and_words(app: Flask) -> None:
    catalogue = resources_of(app).catalogue
    with app.test_request_context():
        told = [
            change_value("inc_rec", "artefact", catalogue),
            change_value("not_shown", "kind", catalogue),
            change_value("2026-11-14", "effective_on", catalogue),
            change_value(["incident", "problem"], "processes", catalogue),
            change_value("not_shown", "title", catalogue),
        ]

    assert told == [
        "Incident records",
        "does not show what is asked",
        "14\N{NO-BREAK SPACE}Nov\N{NO-BREAK SPACE}2026",
        "Incident management, Problem management",
        "not_shown",
    ]
