"""A further maturity model beside the delivered one: what the file format carries."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from itsmcomply.clauses.check import check_catalogue
from itsmcomply.clauses.loader import load_models
from itsmcomply.clauses.maturity import Comparison, Criterion, Fact, Place, Reading

LEVEL = """
  - level: {number}
    name: Step {number}
    description: What step {number} looks like.
    characteristics:
      - id: X{number}-C1
        text: Something to see on step {number}
        reading: absent
        evidenced_by: {{questions: [SD-0{number}]}}
    recommendations:
      - id: X{number}-R1
        text: Something to do on step {number}
        place: controls
        evidenced_by: {{artefacts: [raci], kpis: [KPI-RISK-01], facts: [coverage]}}
"""
CRITERIA = """    criteria:
      - fact: documented
        op: '='
        threshold: '1'
        processes: [continuity]
        why: recovery is on paper
      - fact: operated
        op: '>'
        threshold: 17/20
        except: [continuity, demand]
        why: records are there
"""


def write_model(folder: Path) -> None:
    levels = [LEVEL.format(number=number) + (CRITERIA if number > 1 else "") for number in range(1, 6)]
    head = "key: in_house\nname: Our own model\nversion: '2'\nabout: How we see ourselves.\nlevels:\n"
    (folder / "maturity/a_house.yaml").write_text(head + "".join(levels), encoding="utf-8")


def test_an_own_model_stands_after_the_default_one(folder: Path) -> None:
    write_model(folder)

    assert check_catalogue(folder) == []
    assert list(load_models(folder)) == ["itsm_five_stage", "in_house"]


def test_criteria_keep_the_processes_they_count_for(folder: Path) -> None:
    write_model(folder)

    criteria = load_models(folder)["in_house"].level(2).criteria

    assert criteria == (
        Criterion(Fact.DOCUMENTED, Comparison.EQUAL, Fraction(1), ("continuity",), (), "recovery is on paper"),
        Criterion(Fact.OPERATED, Comparison.ABOVE, Fraction(17, 20), (), ("continuity", "demand"), "records are there"),
    )


def test_levels_keep_what_marks_them_and_what_to_do(folder: Path) -> None:
    write_model(folder)

    level = load_models(folder)["in_house"].level(3)

    assert level.characteristics[0].reading is Reading.ABSENT
    assert level.characteristics[0].evidenced_by.questions == ("SD-03",)
    assert level.recommendations[0].place is Place.CONTROLS
    assert level.recommendations[0].evidenced_by.facts == (Fact.COVERAGE,)


def test_an_own_model_does_not_change_the_digest_of_the_default_one(folder: Path) -> None:
    before = load_models(folder)["itsm_five_stage"].digest

    write_model(folder)

    assert load_models(folder)["itsm_five_stage"].digest == before
