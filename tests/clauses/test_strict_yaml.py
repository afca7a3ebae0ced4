"""YAML read without its traps."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmcomply.clauses.strict_yaml import Node, Unreadable, parse_yaml, read_yaml


@pytest.mark.parametrize("text", ["8.10", "no", "on", "2018-09-15", "12:30:00", "1_0", "0x10", ".inf", "010", "=", "Y"])
def test_scalars_stay_the_text_that_stands_there(text: str) -> None:
    assert parse_yaml(f"a: {text}\n") == {"a": text}


def test_lists_and_mappings_keep_their_order() -> None:
    assert parse_yaml("b: [2, 1]\na:\n  - x: y\n    z: '~'\n") == {"b": ["2", "1"], "a": [{"x": "y", "z": "~"}]}


@pytest.mark.parametrize("value", ["", "~", "null", "''", "'  '"])
def test_an_empty_value_is_refused_with_its_key(value: str) -> None:
    with pytest.raises(Unreadable, match=r"line 2: the value of 'b' is empty"):
        parse_yaml(f"a: 1\nb: {value}\n")


def test_an_empty_entry_of_a_list_is_refused() -> None:
    with pytest.raises(Unreadable, match="line 2: the value is empty"):
        parse_yaml("- a\n- ''\n")


def test_the_same_key_in_two_mappings_is_fine() -> None:
    assert parse_yaml("- a: 1\n- a: 2\n") == [{"a": "1"}, {"a": "2"}]


def test_a_quoted_text_may_look_like_a_tag_or_anchor() -> None:
    assert parse_yaml("a: '&x *y !z'\n") == {"a": "&x *y !z"}


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfa: b\n")

    assert read_yaml(tmp_path / "a.yaml") == {"a": "b"}


def outcome(text: str) -> Node | str:
    try:
        return parse_yaml(text)
    except Unreadable as refused:
        return str(refused)


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_refused_with_words(text: str) -> None:
    assert outcome(text)


@given(
    st.recursive(
        st.text("abc:-#'\" \n", min_size=1).filter(str.strip),
        lambda each: st.lists(each, min_size=1, max_size=3),
        max_leaves=8,
    )
)
@settings(max_examples=100, deadline=None)
def test_what_a_writer_of_yaml_writes_is_read_back(content: Node) -> None:
    assert parse_yaml(yaml.safe_dump(content, default_style="'")) == content
