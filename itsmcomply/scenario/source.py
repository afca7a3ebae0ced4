"""Reading YAML strictly: every scalar is text, every value knows its line, and hostile files are refused early.

Knows nothing of scenarios. Limits keep a small file from becoming a large one in memory. The catalogue has a reader of
its own, for files of a maintainer; this one keeps the line of every value, because scenarios are written by customers.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import yaml

from itsmcomply.scenario.problems import Problem, ScenarioInvalid

MAX_BYTES = 4 * 1024 * 1024
MAX_NODES = 200_000
MAX_DEPTH = 24

Value: TypeAlias = "str | list[Value] | dict[str, Value] | None"
Key: TypeAlias = tuple[str | int, ...]

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Source:
    """One YAML file: its values, and the line (from 1) on which each key path stands."""

    name: str
    values: Value
    lines: dict[Key, int]

    def line_of(self, key: Key) -> int:
        """The line of `key`, or of the nearest enclosing value that has one."""
        while key and key not in self.lines:
            key = key[:-1]
        return self.lines.get(key, 1)

    def problem(self, key: Key, text: str) -> Problem:
        return Problem(self.name, self.line_of(key), ".".join(str(part) for part in key), text)


def read_source(path: Path, name: str) -> Source:
    """Read one file. Raises `ScenarioInvalid` naming `name`, the line and what is wrong."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise ScenarioInvalid([Problem(name, 1, "", f"cannot be read: {error.strerror}")]) from error
    if size > MAX_BYTES:
        raise ScenarioInvalid([Problem(name, 1, "", f"is {size} bytes; the limit is {MAX_BYTES}")])
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise ScenarioInvalid([Problem(name, 1, "", "is not UTF-8 text")]) from error
    return parse_source(text, name)


def parse_source(text: str, name: str) -> Source:
    """As `read_source`, for text already in memory."""
    try:
        _refuse_bombs(text, name)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or "is not valid YAML"
        raise ScenarioInvalid([Problem(name, mark.line + 1 if mark else 1, "", str(what))]) from error
    if node is None:
        raise ScenarioInvalid([Problem(name, 1, "", "is empty")])
    lines: dict[Key, int] = {}
    return Source(name, _build(node, (), lines, name), lines)


def _refuse_bombs(text: str, name: str) -> None:
    """Aliases, tags, deep nesting and floods of nodes are refused from the event stream, before any tree is built."""
    depth = 0
    for nodes, event in enumerate(yaml.parse(text, Loader=_LOADER)):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise ScenarioInvalid([Problem(name, line, "", "anchors and aliases are not part of the format")])
        if (tag := getattr(event, "tag", None)) not in {None, "!"}:
            raise ScenarioInvalid([Problem(name, line, "", f"the tag {tag} is not part of the format")])
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1
        if depth > MAX_DEPTH:
            raise ScenarioInvalid([Problem(name, line, "", f"is nested deeper than {MAX_DEPTH} levels")])
        if nodes > MAX_NODES:
            raise ScenarioInvalid([Problem(name, line, "", f"holds more than {MAX_NODES} values")])


def _build(node: yaml.Node, key: Key, lines: dict[Key, int], name: str) -> Value:
    lines.setdefault(key, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _build_mapping(node, key, lines, name)
    if isinstance(node, yaml.SequenceNode):
        return [_build(child, (*key, index), lines, name) for index, child in enumerate(node.value)]
    return _scalar(node)


def _build_mapping(node: yaml.MappingNode, key: Key, lines: dict[Key, int], name: str) -> dict[str, Value]:
    result: dict[str, Value] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise ScenarioInvalid([Problem(name, line, "", "a key has to be plain text")])
        word = str(key_node.value)
        if word in result:
            raise ScenarioInvalid([Problem(name, line, word, "stands here twice")])
        lines[(*key, word)] = line
        result[word] = _build(value_node, (*key, word), lines, name)
    return result


def _scalar(node: yaml.Node) -> str | None:
    text = str(node.value)
    is_plain = isinstance(node, yaml.ScalarNode) and not node.style
    return None if is_plain and text in _NULLS else text
