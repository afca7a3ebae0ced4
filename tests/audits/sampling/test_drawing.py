"""Samples can be drawn again, hold what they must, and say no more than they show."""

from __future__ import annotations

import hashlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmcomply.audits.sampling.bounds import cumulative, proportion_size, rate_of, zero_error_size
from itsmcomply.audits.sampling.drawing import Method, Unit, allocate, draw
from itsmcomply.errors import InvalidInput

populations = st.dictionaries(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=8), st.sampled_from(["a", "b", "c", ""]), min_size=4
)


@given(populations, st.integers(4, 40), st.sampled_from(Method), st.text(st.characters(codec="utf-8"), max_size=9))
def test_a_sample_is_a_subset_of_the_size_wanted_whatever_the_order(
    population: dict[str, str], size: int, method: Method, seed: str
) -> None:
    units = [Unit(number, stratum) for number, stratum in population.items()]
    shuffled = random.Random(seed).sample(units, len(units))

    drawn = draw(units, size=size, method=method, seed=seed)

    assert drawn == draw(shuffled, size=size, method=method, seed=seed)
    assert set(drawn.units) <= set(units)
    assert len({unit.number for unit in drawn.units}) == min(size, len(units))


@given(populations, st.integers(4, 40))
def test_each_stratum_is_represented_in_proportion(population: dict[str, str], size: int) -> None:
    units = [Unit(number, stratum) for number, stratum in population.items()]

    drawn = draw(units, size=size, method=Method.STRATIFIED, seed="1")

    assert all(1 <= s.sample <= s.population for s in drawn.strata)
    assert sum(s.sample for s in drawn.strata) == len(drawn.units)
    for larger in drawn.strata:
        assert all(larger.sample >= s.sample for s in drawn.strata if larger.population > s.population)


def test_the_random_sample_is_the_lowest_digests_of_seed_and_number() -> None:
    units = [Unit(f"INC{n:03d}") for n in range(50)]
    ranked = sorted((hashlib.sha256(f"42\n{u.number}".encode()).hexdigest(), u.number) for u in units)

    drawn = draw(units, size=5, method=Method.RANDOM, seed="42")

    assert [unit.number for unit in drawn.units] == sorted(number for _, number in ranked[:5])


def test_the_published_example_stays_as_it_is() -> None:
    units = [Unit(f"INC{n:03d}", "high" if n % 5 == 0 else "low") for n in range(20)]

    found = {m: [u.number[3:] for u in draw(units, size=4, method=m, seed="2026").units] for m in Method}

    assert found == EXAMPLE


EXAMPLE = {
    Method.RANDOM: ["001", "003", "012", "014"],
    Method.STRATIFIED: ["001", "012", "014", "015"],
    Method.SYSTEMATIC: ["002", "007", "012", "017"],
}


def test_fewer_records_than_strata_are_refused() -> None:
    with pytest.raises(InvalidInput, match="2 strata"):
        draw([Unit("1", "a"), Unit("2", "b")], size=1, method=Method.STRATIFIED, seed="1")


def test_shares_follow_the_largest_remainder() -> None:
    assert allocate({"a": 8, "b": 19, "c": 364, "d": 56}, 12) == {"a": 1, "b": 1, "c": 8, "d": 2}


@pytest.mark.parametrize(
    ("errors", "tested", "one_sided", "lower", "upper"),
    [
        (0, 59, 0.0495, 0.0, 0.0606),
        (1, 20, 0.2161, 0.0013, 0.2487),
        (5, 10, 0.7776, 0.1871, 0.8129),
        (10, 10, 1.0, 0.6915, 1.0),
    ],
)
def test_bounds_agree_with_published_ones(
    errors: int, tested: int, one_sided: float, lower: float, upper: float
) -> None:
    rate = rate_of(errors, tested, confidence=0.95)

    assert rate.upper_one_sided == pytest.approx(one_sided, abs=1e-4)
    assert rate.lower == pytest.approx(lower, abs=1e-4)
    assert rate.upper == pytest.approx(upper, abs=1e-4)


@given(st.integers(1, 120), st.data())
def test_more_errors_never_lower_a_bound(tested: int, data: st.DataObject) -> None:
    errors = data.draw(st.integers(0, tested - 1))

    fewer, more = rate_of(errors, tested), rate_of(errors + 1, tested)

    assert fewer.upper_one_sided is not None
    assert more.upper_one_sided is not None
    assert fewer.lower is not None
    assert more.lower is not None
    assert fewer.upper_one_sided <= more.upper_one_sided
    assert fewer.lower <= more.lower
    assert fewer.lower <= errors / tested <= fewer.upper_one_sided


def test_nothing_tested_says_nothing() -> None:
    assert rate_of(0, 0).rate is None


def test_sizes_agree_with_published_tables() -> None:
    assert zero_error_size(1_000_000, tolerable=0.05, confidence=0.95) == 59
    assert zero_error_size(1_000_000, tolerable=0.10, confidence=0.90) == 22
    assert zero_error_size(40, tolerable=0.02, confidence=0.95) == 38  # 2 of 40 left: the limit exactly
    assert proportion_size(100_000_000, margin=0.05, confidence=0.95) == 385
    assert proportion_size(500, margin=0.05, confidence=0.95) == 218


@given(st.integers(1, 5000), st.sampled_from([0.01, 0.05, 0.1]))
def test_a_size_never_exceeds_the_population(population: int, tolerable: float) -> None:
    assert 1 <= zero_error_size(population, tolerable=tolerable, confidence=0.95) <= population


def test_the_binomial_sums_to_one() -> None:
    assert cumulative(10, 10, 0.3) == 1.0
    assert cumulative(0, 3, 0.5) == pytest.approx(0.125)
