"""Passwords are hashed one at a time, whoever asks."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from itsmcomply.accounts.rules import hash_password, password_matches

PASSWORD = "walnut-harbour-ninety"


def resident_mib() -> float:
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def test_a_password_matches_its_own_hash_only() -> None:
    stored = hash_password(PASSWORD)

    assert password_matches(PASSWORD, stored)
    assert not password_matches(PASSWORD + "!", stored)
    assert not password_matches(PASSWORD, "no hash at all")


def test_no_password_is_right_for_a_person_without_one() -> None:
    assert not password_matches(PASSWORD, None)
    assert not password_matches("nobody has this password", None)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_many_sign_ins_at_once_take_the_memory_of_one() -> None:
    hash_password(PASSWORD)
    before = resident_mib()

    with ThreadPoolExecutor(max_workers=8) as people:
        hashes = list(people.map(hash_password, [PASSWORD] * 16))

    assert len(set(hashes)) == 16
    assert resident_mib() - before < 30
