"""YAML without its traps: every scalar is text, nothing is guessed, nothing is overwritten.

Plain YAML reads `8.10` as 8.1, `no` as false and lets the last of two equal keys win. Here the events of the parser are
put together by hand: equal keys, anchors, tags, empty values and extreme depth are refused with the line they stand on.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import yaml

Node: TypeAlias = "str | list[Node] | dict[str, Node]"

# libyaml is missing from source builds; the Python parser gives the same events, only slower.
_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH = 12
_MAX_BYTES = 4_000_000
_EMPTY = {"", "~", "null", "Null", "NULL"}


@dataclass
class Unreadable(Exception):
    """The text is not usable. `line` counts from 1; 0 where it is about the whole file."""

    what: str
    line: int = 0

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}" if self.line else self.what


def read_yaml(path: Path) -> Node:
    """The content of one file.

    Raises Unreadable for all that keeps it from being read: missing, a folder, too large, not UTF-8, not YAML.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise Unreadable(f"larger than {_MAX_BYTES} bytes; split it")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("not a UTF-8 text file; save it as UTF-8") from error
    except FileNotFoundError as error:
        raise Unreadable("does not exist; create it") from error
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or error}") from error
    return parse_yaml(text)


def parse_yaml(text: str) -> Node:
    """The content of one YAML document; raises Unreadable."""
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_PARSER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise Unreadable(f"not valid YAML: {error.problem or error.context}", line) from error
    except yaml.YAMLError as error:
        raise Unreadable(f"not valid YAML: {str(error).splitlines()[0]}") from error
    return builder.result()


class _Builder:
    """Puts parser events together. `_open`: chain of unfinished lists and mappings; `_keys`: their pending keys."""

    def __init__(self) -> None:
        self._open: list[list[Node] | dict[str, Node]] = []
        self._keys: list[str | None] = []
        self._root: Node | None = None

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 0
        _refuse_cleverness(event, line)
        match event:
            case yaml.ScalarEvent():
                self._scalar(event, line)
            case yaml.SequenceStartEvent():
                self._start([], line)
            case yaml.MappingStartEvent():
                self._start({}, line)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._open.pop()
                self._keys.pop()

    def result(self) -> Node:
        if self._root is None:
            raise Unreadable("empty; write its content or remove it")
        return self._root

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        text: str = event.value
        if self._open and isinstance(self._open[-1], dict) and self._keys[-1] is None:
            if text in self._open[-1]:
                raise Unreadable(f"the key {text!r} stands twice; remove one", line)
            self._keys[-1] = text
            return
        if text.strip() == "" or (event.implicit[0] and text in _EMPTY):
            at = f" of {self._keys[-1]!r}" if self._keys and self._keys[-1] else ""
            raise Unreadable(f"the value{at} is empty; write one or remove the key", line)
        self._place(text, line)

    def _start(self, value: list[Node] | dict[str, Node], line: int) -> None:
        if len(self._open) >= _MAX_DEPTH:
            raise Unreadable("nested too deeply", line)
        self._place(value, line)
        self._open.append(value)
        self._keys.append(None)

    def _place(self, value: Node, line: int) -> None:
        if not self._open:
            if self._root is not None:
                raise Unreadable("a second document begins; keep one per file", line)
            self._root = value
            return
        parent = self._open[-1]
        if isinstance(parent, list):
            parent.append(value)
            return
        key = self._keys[-1]
        if key is None:
            raise Unreadable("a key must be plain text", line)
        parent[key] = value
        self._keys[-1] = None


def _refuse_cleverness(event: yaml.Event, line: int) -> None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise Unreadable("anchors and aliases (& and *) are not used here; repeat the text", line)
    tag = getattr(event, "tag", None)
    if tag and tag != "!":
        raise Unreadable(f"the tag {tag} is not used here; remove it", line)
