"""Names and addresses people give: kept exactly or refused with a sentence, never turned into something else."""

from __future__ import annotations

import re
import unicodedata

import pytest

from itsmcomply.evidence.names import plain_name, problem_of_address, problem_of_file_name, problem_of_text
from tests.evidence.hostile_names import every_name, written

UNKEEPABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(every_name()) >= 300


@pytest.mark.parametrize("name", every_name(), ids=ascii)
def test_every_name_is_kept_unless_no_format_can_carry_it(name: str) -> None:
    assert (problem_of_file_name(name) is not None) == bool(UNKEEPABLE.search(name))


@pytest.mark.parametrize("name", [name for name in written() if not UNKEEPABLE.search(name)], ids=ascii)
def test_the_plain_name_for_old_clients_is_harmless(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,100}", plain_name(name, "EV-0001"))
    assert ".." not in plain_name(name, "EV-0001")[:2]


def test_a_name_without_a_plain_letter_falls_back() -> None:
    assert plain_name("證據", "EV-0001_v2") == "EV-0001_v2"
    assert plain_name("geëvalueerd.pdf", "x") == "geevalueerd.pdf"


def test_a_name_of_255_four_byte_characters_is_kept() -> None:
    assert problem_of_file_name("😀" * 255) is None


def test_a_name_that_is_missing_or_endless_is_refused() -> None:
    assert problem_of_file_name("") == "The file has no name. Give it one and upload it again."
    assert "1001 characters" in (problem_of_file_name("x" * 1001) or "")


def test_nfc_and_nfd_are_two_names() -> None:
    composed, decomposed = (unicodedata.normalize(form, "é.pdf") for form in ("NFC", "NFD"))

    assert problem_of_file_name(composed) is None
    assert problem_of_file_name(decomposed) is None
    assert composed != decomposed


def test_line_breaks_are_meant_in_reasons_and_not_in_titles() -> None:
    assert problem_of_text("one\ntwo\tthree", lines=True) is None
    assert problem_of_text("one\ntwo") is not None
    assert problem_of_text("one\x00two", lines=True) is not None


@pytest.mark.parametrize(
    "address",
    [
        "https://wiki.example/page",
        "http://10.0.0.1:8080/a?b=c#d",
        "HTTPS://EXAMPLE.ORG",
        "https://[::1]/x",
        "https://münchen.example/ä",
    ],
)
def test_web_addresses_are_kept(address: str) -> None:
    assert problem_of_address(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.org",
        "//example.org/x",
        "javascript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://example.org",
        "https://",
        "https:///path",
        "https://example.org/a b",
        "https://example.org/\x00",
        "https://user:secret@example.org/",
        "https://user@example.org/",
        "https://example.org:99999/",
        "https://example.org:port/",
        "https://[::1/",
        "https://example.org/" + "x" * 2000,
    ],
)
def test_other_addresses_are_refused_with_a_sentence(address: str) -> None:
    problem = problem_of_address(address)

    assert problem is not None
    assert problem.endswith(".")
