"""Sentences that can be shown as they are and translated later."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from itsmcomply.datafiles import PACKAGE
from itsmcomply.wording import N_, say, translated

REFUSALS = {"NotPermitted", "InvalidInput", "InvalidTransition", "StorageFull", "SignInLocked"}
SHELL = {"commands.py", "cli.py", "console.py", "settings.py", "verifying.py"}
"""Words of the shell and of files a person writes by hand stay English."""


def test_a_sentence_is_text_and_keeps_its_template_and_values() -> None:
    sentence = say(N_("%(name)s is %(size)s."), name="a%b.pdf", size=3)

    assert sentence == "a%b.pdf is 3."
    assert sentence.template == "%(name)s is %(size)s."
    assert sentence.values == {"name": "a%b.pdf", "size": "3"}


def test_a_sentence_without_places_may_hold_a_percent_sign() -> None:
    assert say("100 % covered.") == "100 % covered."


def test_every_refusal_on_a_page_can_be_translated() -> None:
    modules = [p for p in PACKAGE.rglob("*.py") if p.name not in SHELL and not {"scenario", "clauses"} & set(p.parts)]

    plain = [f"{path.relative_to(PACKAGE)}:{line}" for path in modules for line in _plain_refusals(path)]

    assert len(modules) > 100
    assert plain == [], "write say(N_(...)) or gettext"


def _plain_refusals(path: Path) -> Iterator[int]:
    """Lines where a refusal is raised with a bare English text."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFUSALS:
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            values = [v for each in given for v in (each.values if isinstance(each, ast.Dict) else [each])]
            yield from (value.lineno for value in values if _is_english(value))


def _is_english(value: ast.expr) -> bool:
    text = value.value if isinstance(value, ast.Constant) else ""
    return isinstance(value, ast.JoinedStr) or (isinstance(text, str) and " " in text)


def test_a_day_in_a_sentence_is_written_in_words_and_translated_with_it() -> None:
    sentence = say("Until %(day)s.", day=date(2026, 12, 10))

    assert sentence == "Until 10 Dec 2026."
    dutch = {"Dec": "dec.", "Until %(day)s.": "Tot %(day)s."}
    assert translated(sentence, lambda text: dutch.get(text, text)) == "Tot 10 dec. 2026."
