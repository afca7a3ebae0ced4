from __future__ import annotations

from pathlib import Path

import pytest

from itsmcomply.scenario.problems import ScenarioInvalid
from itsmcomply.scenario.source import MAX_BYTES, parse_source, read_source


def test_every_scalar_is_text_and_null_is_nothing() -> None:
    source = parse_source("a: 8.10\nb: no\nc: 2026-03-31\nd: ~\ne: 'null'\n", "x.yaml")

    assert source.values == {"a": "8.10", "b": "no", "c": "2026-03-31", "d": None, "e": "null"}


def test_a_key_knows_its_line_and_a_missing_one_that_of_its_parent() -> None:
    source = parse_source("a:\n  - b: 1\n    c: 2\n", "x.yaml")

    assert source.line_of(("a", 0, "c")) == 3
    assert source.line_of(("a", 0, "absent", 4)) == 2


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a: &x 1\nb: *x\n", "line 1: anchors and aliases are not part of the format"),
        ("a: 1\na: 2\n", "line 2: a: stands here twice"),
        ("a: !!python/object:os.system {}\n", "line 1: the tag tag:yaml.org,2002:python/object:os.system is not"),
        ("a: !secret 3\n", "line 1: the tag !secret is not part of the format"),
        ("? [1, 2]\n: 3\n", "line 1: a key has to be plain text"),
        ("a: [1\n", "did not find expected ',' or ']'"),
        ("", "is empty"),
        ("a: 1\n---\nb: 2\n", "but found another document"),
        ("a:\n" + "".join("  " * n + "- \n" for n in range(1, 40)), "is nested deeper than 24 levels"),
        ("[" * 10_000, "nest"),  # here the YAML library may refuse first, in words of its own
        ("{a: " * 10_000, "nest"),
        ("a: [" + "1," * 250_000 + "]", "holds more than 200000 values"),
        ("a: \x00\n", "is not valid YAML"),
    ],
)
def test_what_could_mislead_or_blow_up_is_refused_with_its_line(text: str, wanted: str) -> None:
    with pytest.raises(ScenarioInvalid) as caught:
        parse_source(text, "x.yaml")

    assert wanted in str(caught.value)
    assert str(caught.value).startswith("x.yaml, line ")


def test_an_alias_bomb_is_refused() -> None:
    """Built, its 9 to the power of 21 values would not fit into any machine."""
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(20)
    )

    with pytest.raises(ScenarioInvalid):
        parse_source(bomb, "x.yaml")


def test_a_file_that_is_missing_large_or_no_text_is_named(tmp_path: Path) -> None:
    large, binary = tmp_path / "large.yaml", tmp_path / "binary.yaml"
    large.write_bytes(b"#" * (MAX_BYTES + 1))
    binary.write_bytes(b"\xff\xfe\x00")

    for path, wanted in ((tmp_path / "none.yaml", "cannot be read"), (large, "limit"), (binary, "UTF-8")):
        with pytest.raises(ScenarioInvalid, match=wanted):
            read_source(path, path.name)
