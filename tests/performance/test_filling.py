"""What fills the agenda comes from the records of the period."""

from __future__ import annotations

from datetime import date, timedelta

from itsmcomply.findings.kinds import Grade
from itsmcomply.findings.operations import raise_finding, withdraw_finding
from itsmcomply.findings.statements import Raising
from itsmcomply.performance.filled import Filled
from tests.performance.hall import Hall


def _raise(hall: Hall, grade: Grade, title: str) -> str:
    raising = Raising(
        grade=grade, title=title, statement="Seen.", requirements=("8.6.1-a",), criterion="Rule.", objective="12 of 20."
    )
    return hall.do(lambda desk: raise_finding(desk, raising), by="internal_auditor").key


def _filled(hall: Hall, key: str, name: str) -> Filled:
    return next(one.filled for one in hall.view(key).inputs if one.key == name)


def _words(filled: Filled) -> dict[str, str]:
    return {str(fact.label): str(fact.value) for fact in filled.facts}


def test_nonconformities_are_counted_and_each_open_one_named(hall: Hall) -> None:
    key = hall.planned()
    finding = _raise(hall, Grade.MINOR, "Priority set by feel")
    _raise(hall, Grade.OBSERVATION, "Notes are short")

    words = _words(_filled(hall, key, "nonconformity_trends"))

    assert words["Raised in the period"] == "minor nonconformities: 1, observations: 1"
    assert words["Closed in the period"] == "none"
    assert words["Trend"] == "0 raised in the first half of the period, 2 in the second"
    assert f"{finding} Priority set by feel" in words


def test_what_was_withdrawn_is_told_and_not_counted(hall: Hall) -> None:
    key = hall.planned()
    finding = _raise(hall, Grade.MINOR, "Priority set by feel")
    hall.do(lambda desk: withdraw_finding(desk, finding, reason="Another service."), by="internal_auditor")

    words = _words(_filled(hall, key, "nonconformity_trends"))

    assert words["Raised in the period"] == "none"
    assert words["Raised in error and withdrawn"] == "minor nonconformities: 1"
    assert words["Open now"] == "none"


def test_late_findings_are_marked(hall: Hall) -> None:
    _raise(hall, Grade.MAJOR, "No policy")
    hall.office.cast.clock.advance(timedelta(days=200))
    key = hall.planned(date(2027, 7, 1))

    facts = _filled(hall, key, "nonconformity_trends").facts

    assert [fact.kind for fact in facts if fact.late] == ["", "finding"]
    assert "days late" in facts[-1].value


def test_findings_before_the_last_review_are_not_of_this_period(hall: Hall) -> None:
    _raise(hall, Grade.MINOR, "Priority set by feel")
    hall.signed()
    hall.office.cast.clock.advance(timedelta(days=100))
    key = hall.planned(date(2027, 4, 1))

    words = _words(_filled(hall, key, "nonconformity_trends"))

    assert words["Raised in the period"] == "none"
    assert words["Open now"] == "minor nonconformities: 1"


def test_opportunities_stand_under_improvement_not_under_nonconformity(hall: Hall) -> None:
    key = hall.planned()
    finding = _raise(hall, Grade.OPPORTUNITY, "Show the matrix")

    assert f"{finding} Show the matrix" in _words(_filled(hall, key, "improvement_opportunities"))
    assert _words(_filled(hall, key, "nonconformity_trends"))["Open now"] == "none"


def test_evidence_on_file_stands_beside_its_input_with_its_state(hall: Hall) -> None:
    key = hall.planned()
    version = hall.office.file("sm_policy", by="sms_manager")

    before = [proof for proof in _filled(hall, key, "policies").proofs if proof.artefact == "sm_policy"]
    hall.office.accept(version)
    after = [proof for proof in _filled(hall, key, "policies").proofs if proof.artefact == "sm_policy"]

    assert [(p.state, p.item, p.version) for p in before] == [("in_review", "EV-0001", 1)]
    assert [p.state for p in after] == ["current"]


def test_what_is_not_recorded_yet_is_said_so(hall: Hall) -> None:
    key = hall.planned()

    assert "not recorded here yet" in _words(_filled(hall, key, "objectives"))["Key figures and objectives"]
