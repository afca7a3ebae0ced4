"""The way of a nonconformity from raised to closed, and the ways back."""

from __future__ import annotations

from itsmcomply.findings.rules import State
from tests.findings.bench import Bench


def test_a_nonconformity_goes_through_seven_states(bench: Bench) -> None:
    seen = []
    key = bench.raised()
    seen.append(bench.state(key))
    bench.contain(key)
    seen.append(bench.state(key))
    bench.analyse(key)
    seen.append(bench.state(key))
    bench.add_action(key)
    bench.accept(key, bench.submit(key))
    seen.append(bench.state(key))
    bench.complete(key)
    seen.append(bench.state(key))
    bench.advance(30)
    bench.verify(key)
    seen.append(bench.state(key))
    bench.close(key)
    seen.append(bench.state(key))

    assert seen == [
        State.RAISED,
        State.CONTAINED,
        State.ANALYSED,
        State.PLANNED,
        State.DONE,
        State.VERIFIED,
        State.CLOSED,
    ]
