"""Keep of a large style sheet only the rules that pages can use. Used by `vendor.py fetch`; needs tinycss2.

A rule stays when every class of one of its selectors is allowed; a rule without classes stays (elements, root, themes).
Of at-rules, `@media` and `@supports` stay when a rule inside them does. The order of rules never changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import tinycss2

CLASS = re.compile(r"\.([a-zA-Z_][\w-]*)")
COMMA = re.compile(r",(?![^()]*\))")
GROUPS = ("media", "supports")
QUIET = {"skip_comments": True, "skip_whitespace": True}
# Attributes of components that come with scripts of their own, which are not shipped.
FOREIGN = ("[data-vc", "[data-bs-sidebar", "[data-bs-popper")


def prune(css: str, allowed: Iterable[str]) -> str:
    """The rules of `css` whose classes all match one of the patterns `allowed`, with its leading comment."""
    pattern = re.compile("|".join(f"(?:{one})" for one in allowed))
    banner = re.search(r"/\*!.*?\*/", css, re.DOTALL)
    head = (
        f"{banner.group(0)}\n/* Pruned by tools/vendor.py; see vendor.lock.json for what stays. */\n" if banner else ""
    )
    return head + _kept(tinycss2.parse_stylesheet(css, **QUIET), pattern) + "\n"


def _kept(rules: Iterable[Any], pattern: re.Pattern[str]) -> str:
    parts = []
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = _selectors(tinycss2.serialize(rule.prelude), pattern)
            parts.append(f"{selectors}{{{tinycss2.serialize(rule.content)}}}" if selectors else "")
        elif rule.type == "at-rule" and rule.at_keyword in GROUPS and rule.content is not None:
            inner = _kept(tinycss2.parse_rule_list(rule.content, **QUIET), pattern)
            parts.append(f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}" if inner else "")
    return "".join(parts)


def _selectors(prelude: str, pattern: re.Pattern[str]) -> str:
    """The selectors of a list that stay, joined again."""
    found = [selector.strip() for selector in COMMA.split(prelude)]
    return ",".join(s for s in found if not any(f in s for f in FOREIGN) and _allowed(s, pattern))


def _allowed(selector: str, pattern: re.Pattern[str]) -> bool:
    return all(pattern.fullmatch(name) for name in CLASS.findall(selector.replace("\\.", "_")))
