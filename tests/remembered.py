"""What every test's application would make again, and the same each time: it is made once a process.

The code of templates, which Jinja keeps by their source, and the functions that build addresses, which Werkzeug
compiles for each route and which depend on nothing but the route.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


@contextmanager
def remembered_addresses() -> Iterator[None]:
    """Two thirds of the time that making an application takes."""
    compile_builder: Callable[[Rule, bool], Builder] = Rule._compile_builder
    held: dict[object, Builder] = {}

    def remembered(rule: Rule, append_unknown: bool = True) -> Builder:
        defaults = tuple(sorted((rule.defaults or {}).items()))
        key = (append_unknown, tuple(rule._trace), rule.rule, defaults)
        if key not in held:
            held[key] = compile_builder(rule, append_unknown)
        return held[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", remembered)
        yield
