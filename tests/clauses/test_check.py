"""Each kind of damage to a catalogue folder gives its own precise line, and none a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from itsmcomply.clauses.check import check_catalogue
from itsmcomply.clauses.loader import load_catalogue, load_models, load_policy
from itsmcomply.clauses.problems import CatalogueError
from tests.clauses.conftest import Damage

INCIDENT = "artefacts/incident.yaml"
CLAUSES_86 = "clauses/08-6.yaml"
MODEL = "maturity/itsm_five_stage.yaml"


def lines(folder: Path) -> list[str]:
    return [str(problem) for problem in check_catalogue(folder)]


def load_all(folder: Path) -> None:
    load_catalogue(folder)
    load_policy(folder)
    load_models(folder)


SHAPE = [
    pytest.param(
        CLAUSES_86,
        "kind: record",
        "kind: recrod",
        "clauses/08-6.yaml: clauses[8.6.1].requirements[8.6.1-a].kind: "
        "'recrod' is not one of 'document', 'record', 'activity' or 'measurement'",
        id="unknown word",
    ),
    pytest.param(
        CLAUSES_86,
        "        kind: record\n",
        "",
        "clauses/08-6.yaml: clauses[8.6.1].requirements[8.6.1-a].kind: is missing; add it",
        id="key missing",
    ),
    pytest.param(
        CLAUSES_86,
        "        kind: record\n",
        "        kind: record\n        colour: red\n",
        "clauses/08-6.yaml: clauses[8.6.1].requirements[8.6.1-a].colour: "
        "is not a known key; correct its spelling or remove it",
        id="key unknown",
    ),
    pytest.param(
        "kpis.yaml",
        "unit: percent",
        "unit: percent\n    colour: red",
        "kpis.yaml: kpis[KPI-SMS-GOVERNANCE-01].colour: is not a known key; correct its spelling or remove it",
        id="key unknown in a plain value",
    ),
    pytest.param(
        CLAUSES_86,
        "expects: [inc_rec]",
        "expects: inc_rec",
        "clauses/08-6.yaml: clauses[8.6.1].requirements[8.6.1-a].expects: "
        "must be a list (lines beginning with '- '), not text",
        id="text where a list belongs",
    ),
    pytest.param(
        CLAUSES_86,
        "kind: record",
        "kind: [record]",
        "clauses/08-6.yaml: clauses[8.6.1].requirements[8.6.1-a].kind: "
        "['record'] is not one of 'document', 'record', 'activity' or 'measurement'",
        id="list where a word belongs",
    ),
    pytest.param(
        INCIDENT,
        "freshness_days: 90",
        "freshness_days: ninety",
        "artefacts/incident.yaml: artefacts[inc_rec].freshness_days: 'ninety' is not a whole number",
        id="word where a number belongs",
    ),
    pytest.param(
        INCIDENT,
        "freshness_days: 90",
        "freshness_days: 0",
        "artefacts/incident.yaml: artefacts[inc_rec].freshness_days: '0' is too small; at least 1",
        id="number too small",
    ),
    pytest.param(
        INCIDENT,
        "freshness_days: 90",
        "freshness_days: 2000",
        "artefacts/incident.yaml: artefacts[inc_rec].freshness_days: '2000' is too large; at most 1096",
        id="number too large",
    ),
    pytest.param(
        INCIDENT,
        "mandated_by: '8.6.1'",
        "mandated_by: clause 8",
        "artefacts/incident.yaml: artefacts[inc_rec].mandated_by: 'clause 8' is not a clause number such as 8.6.1",
        id="no clause number",
    ),
    pytest.param(
        INCIDENT,
        "key: inc_rec",
        "key: Incident Records",
        "artefacts/incident.yaml: artefacts[Incident Records].key: "
        "'Incident Records' is not a key of small letters, digits and underscores",
        id="no key",
    ),
    pytest.param(
        INCIDENT,
        "name: Incident records",
        "name: I",
        "artefacts/incident.yaml: artefacts[inc_rec].name: 'I' is too short to say anything",
        id="too short",
    ),
    pytest.param(
        INCIDENT,
        "every: month",
        "every: month\n    event_driven: perhaps",
        "artefacts/incident.yaml: artefacts[inc_rec].event_driven: 'perhaps' is not true or false",
        id="neither true nor false",
    ),
    pytest.param(
        INCIDENT,
        "      - All incidents of the month, from every source, with class, priority, times and actions\n"
        "      - Impact and urgency lead to the priority shown\n"
        "      - Closed ones have cause or solution and confirmation\n",
        "",
        "artefacts/incident.yaml: artefacts[inc_rec].good: has 1 entries; at least 2 are needed",
        id="list too short",
    ),
    pytest.param(
        INCIDENT,
        "name: Incident records",
        "name:",
        "artefacts/incident.yaml: (file): line 7: the value of 'name' is empty; write one or remove the key",
        id="empty value",
    ),
    pytest.param(
        INCIDENT,
        "name: Incident records",
        "name: Incident records\n    name: Other records",
        "artefacts/incident.yaml: (file): line 8: the key 'name' stands twice; remove one",
        id="key twice",
    ),
    pytest.param(
        INCIDENT,
        "name: Incident records",
        "name: &a Incident records",
        "artefacts/incident.yaml: (file): line 7: anchors and aliases (& and *) are not used here; repeat the text",
        id="anchor",
    ),
    pytest.param(
        INCIDENT,
        "name: Incident records",
        "name: !!python/object/apply:os.system ['echo']",
        "artefacts/incident.yaml: (file): line 7: the tag tag:yaml.org,2002:python/object/apply:os.system "
        "is not used here; remove it",
        id="tag",
    ),
    pytest.param(
        INCIDENT,
        "name: Incident records",
        "name: Incident: records",
        "artefacts/incident.yaml: (file): line 7: not valid YAML: mapping values are not allowed in this context",
        id="no YAML",
    ),
    pytest.param(
        "manifest.yaml",
        "facet: documented",
        "facet: written",
        "manifest.yaml: exceptions[1].facet: "
        "'written' is not one of 'documented', 'operated', 'measured' or 'improved'",
        id="enum in an unnamed entry",
    ),
    pytest.param(
        "policy.yaml",
        "demanded: '3'",
        "demanded: heavy",
        "policy.yaml: weights.demanded: 'heavy' is not an exact number such as 0.85 or 17/20",
        id="no fraction",
    ),
    pytest.param(
        CLAUSES_86,
        "      - id: 8.6.1-a\n",
        "      - just a sentence\n      - id: 8.6.1-a\n",
        "clauses/08-6.yaml: clauses[8.6.1].requirements[1]: must hold keys and values, not text",
        id="text where an entry belongs",
    ),
    pytest.param(
        "policy.yaml",
        "demanded: '3'",
        "demanded: [a, b]",
        "policy.yaml: weights.demanded: must be an exact number such as 0.85 or 17/20, not a list",
        id="list where a fraction belongs",
    ),
    pytest.param(
        MODEL,
        "threshold: 'true'",
        "threshold: [a]",
        "maturity/itsm_five_stage.yaml: levels[2].criteria[owner_assigned].threshold: "
        "['a'] is no threshold; write true, a band (N, P, L, F) or a number",
        id="list where a threshold belongs",
    ),
    pytest.param(
        MODEL,
        "threshold: 'true'",
        "threshold: maybe",
        "maturity/itsm_five_stage.yaml: levels[2].criteria[owner_assigned].threshold: "
        "'maybe' is no threshold; write true, a band (N, P, L, F) or a number",
        id="no threshold",
    ),
]

REFERENCES = [
    pytest.param(
        "management_review.yaml",
        "artefacts: [aud_rep]",
        "artefacts: [aud_report]",
        "management_review.yaml: inputs[audit_results].artefacts: "
        "there is no artefact aud_report; correct the name or add it",
        id="artefact of a review input",
    ),
    pytest.param(
        "management_review.yaml",
        "points: [audit results]",
        "points: [results]",
        "management_review.yaml: inputs[audit_results].points: "
        "there is no point of 9.3-b results; correct the name or add it",
        id="point of a review input",
    ),
    pytest.param(
        CLAUSES_86,
        "expects: [inc_rec, inc_prio]",
        "expects: [inc_rec, inc_pro]",
        "clauses/08-6.yaml: clauses[8.6.1].requirements[8.6.1-b].expects: "
        "there is no artefact inc_pro; correct the name or add it",
        id="artefact",
    ),
    pytest.param(
        CLAUSES_86,
        "expects: [inc_rec, inc_prio]",
        "expects: [inc_rec, inc_rec]",
        "clauses/08-6.yaml: clauses[8.6.1].requirements[8.6.1-b].expects: names inc_rec twice; keep one",
        id="artefact twice",
    ),
    pytest.param(
        CLAUSES_86,
        "process: incident",
        "process: incidents",
        "clauses/08-6.yaml: clauses[8.6].process: there is no process incidents; correct the name or add it",
        id="process of a clause",
    ),
    pytest.param(
        CLAUSES_86,
        "related: ['7.6'",
        "related: ['7.9'",
        "clauses/08-6.yaml: clauses[8.6.1].related: there is no clause 7.9; correct the name or add it",
        id="related clause",
    ),
    pytest.param(
        CLAUSES_86,
        "id: 8.6.1-b",
        "id: 8.6.2-b",
        "clauses/08-6.yaml: clauses[8.6.1].requirements[8.6.2-b].id: "
        "does not begin with the number of its clause, 8.6.1",
        id="requirement of another clause",
    ),
    pytest.param(
        CLAUSES_86,
        "number: '8.6'",
        "number: '8.8'",
        "clauses/08-6.yaml: clauses[8.6.1]: its parent 8.6 is missing; the numbering has a hole",
        id="parent",
    ),
    pytest.param(
        CLAUSES_86,
        "id: 8.6.1-b",
        "id: 8.6.1-a",
        "clauses/08-6.yaml: 8.6.1-a: this requirement stands already in clauses/08-6.yaml; keep one",
        id="requirement twice",
    ),
    pytest.param(
        INCIDENT,
        "key: inc_prio",
        "key: inc_rec",
        "artefacts/incident.yaml: inc_rec: this artefact stands already in artefacts/incident.yaml; keep one",
        id="artefact key twice",
    ),
    pytest.param(
        INCIDENT,
        "home_process: incident",
        "home_process: incidents",
        "artefacts/incident.yaml: home_process: there is no process incidents; correct the name or add it",
        id="home process",
    ),
    pytest.param(
        INCIDENT,
        "mandated_by: '8.6.1'",
        "mandated_by: '8.6.9'",
        "artefacts/incident.yaml: artefacts[inc_rec].mandated_by: there is no clause 8.6.9; correct the name or add it",
        id="mandating clause",
    ),
    pytest.param(
        "processes.yaml",
        "group: '8.6'",
        "group: '8.9'",
        "processes.yaml: processes[incident].group: there is no group 8.9; correct the name or add it",
        id="group",
    ),
    pytest.param(
        "kpis.yaml",
        "clause: '8.6.1'",
        "clause: '8.6.9'",
        "kpis.yaml: kpis[KPI-INCIDENT-01].clause: there is no clause 8.6.9; correct the name or add it",
        id="clause of a KPI",
    ),
    pytest.param(
        "controls.yaml",
        "requirements: ['4.1-a',",
        "requirements: ['4.1-z', '4.1-a',",
        "controls.yaml: controls[GOV-01].requirements: there is no requirement 4.1-z; correct the name or add it",
        id="requirement of a control",
    ),
    pytest.param(
        "nonconformities.yaml",
        "clause: '4.1'",
        "clause: '4.9'",
        "nonconformities.yaml: common_nonconformities[1].clause: there is no clause 4.9; correct the name or add it",
        id="clause of a common nonconformity",
    ),
    pytest.param(
        "certification.yaml",
        "clauses: ['4.3', '8.2.4']",
        "clauses: ['4.3', '8.2.9']",
        "certification.yaml: stage_checks[S1-01].clauses: there is no clause 8.2.9; correct the name or add it",
        id="clause of a stage check",
    ),
    pytest.param(
        "manifest.yaml",
        "process: demand",
        "process: demands",
        "manifest.yaml: exceptions[demands].process: there is no process demands; correct the name or add it",
        id="process of an exception",
    ),
]

COMPLETENESS = [
    pytest.param(
        "management_review.yaml",
        "points: [audit results]",
        "points: []",
        "management_review.yaml: inputs: "
        "the point 'audit results' of 9.3-b stands under 0 inputs; one has to answer it",
        id="point of a review that no input answers",
    ),
    pytest.param(
        "manifest.yaml",
        "requirements: 248",
        "requirements: 249",
        "manifest.yaml: totals.requirements: says 249, the files hold 248; restore what was lost or correct the total",
        id="total",
    ),
    pytest.param(
        CLAUSES_86,
        "id: 8.6.1-i",
        "id: 8.6.1-k",
        "clauses/08-6.yaml: clauses[8.6.1].requirements[8.6.1-k].id: "
        "8.6.1-i is expected here; requirements are lettered in order without a hole",
        id="hole in the letters",
    ),
    pytest.param(
        CLAUSES_86,
        "title: Resolution and fulfilment\n",
        "title: Resolution and fulfilment\n    label: Resolving\n",
        "clauses/08-6.yaml: clauses[8.6].label: stands beside a title; keep the title alone",
        id="label beside a title",
    ),
    pytest.param(
        CLAUSES_86,
        "    title: Resolution and fulfilment\n",
        "",
        "clauses/08-6.yaml: clauses[8.6].label: is missing; a clause without a title needs a label",
        id="neither title nor label",
    ),
    pytest.param(
        CLAUSES_86,
        "expects: [inc_rec, inc_prio]",
        "expects: []",
        "clauses/08-6.yaml: clauses[8.6.1].requirements[8.6.1-b].expects: "
        "is empty; name at least one artefact that can show it",
        id="requirement without expectation",
    ),
    pytest.param(
        CLAUSES_86,
        "expects: [inc_rec, inc_prio]",
        "expects: [inc_rec]",
        "artefacts/incident.yaml: artefacts[inc_prio]: no requirement expects it; add it to one or remove it",
        id="artefact unused",
    ),
    pytest.param(
        CLAUSES_86,
        "expects: [inc_rec, inc_prio]",
        "expects: [inc_rec, inc_prio, aud_work]",
        "artefacts/internal_audit.yaml: artefacts[aud_work]: "
        "a requirement expects what is examined only; drop it there or correct the basis",
        id="examined artefact expected",
    ),
    pytest.param(
        INCIDENT,
        "mandated_by: '8.6.1'",
        "mandated_by: '8.6.2'",
        "artefacts/incident.yaml: artefacts[inc_rec].mandated_by: no requirement of clause 8.6.2 expects it",
        id="mandated where it is not expected",
    ),
    pytest.param(
        INCIDENT,
        "basis: explicit",
        "basis: good_practice",
        "artefacts/incident.yaml: artefacts[inc_rec].mandated_by: "
        "belongs to basis explicit and to no other; the basis here is good_practice",
        id="basis contradicts",
    ),
    pytest.param(
        INCIDENT,
        "basis: good_practice\n    facet: documented",
        "basis: good_practice\n    every: month\n    facet: documented",
        "artefacts/incident.yaml: artefacts[inc_prio].every: "
        "only what the standard asks for is wanted every period; remove it or correct the basis",
        id="recurring good practice",
    ),
    pytest.param(
        "manifest.yaml",
        "process: demand",
        "process: incident",
        "processes.yaml: processes[demand]: its requirements expect no documented artefact; "
        "add one, or a reason under exceptions in manifest.yaml",
        id="facet missing",
    ),
    pytest.param(
        "manifest.yaml",
        "process: demand",
        "process: incident",
        "manifest.yaml: exceptions[incident]: is not needed: a documented artefact is expected; remove it",
        id="exception not needed",
    ),
    pytest.param(
        "processes.yaml",
        "processes:\n",
        "  - key: spare\n    name: Spare group\n    name_nl: Reservegroep\n\nprocesses:\n",
        "processes.yaml: groups[spare]: no process belongs to it; remove it",
        id="empty group",
    ),
    pytest.param(
        "processes.yaml",
        "processes:\n",
        "processes:\n  - key: spare\n    name: Spare process\n    name_nl: Reserveproces\n    group: '8.6'\n",
        "processes.yaml: processes[spare]: has no KPI; add one to kpis.yaml",
        id="process without KPI",
    ),
    pytest.param(
        "processes.yaml",
        "processes:\n",
        "processes:\n  - key: spare\n    name: Spare process\n    name_nl: Reserveproces\n    group: '8.6'\n",
        "processes.yaml: processes[spare]: no clause with requirements belongs to it",
        id="process without requirements",
    ),
    pytest.param(
        "controls.yaml",
        "artefacts: [ctx_reg, climate, mr_min]",
        "artefacts: [ctx_reg, climate, inc_rec]",
        "controls.yaml: controls[GOV-01].artefacts: none of its requirements expects inc_rec",
        id="control proved by a stranger",
    ),
    pytest.param(
        "controls.yaml",
        "requirements: ['4.1-a', '4.1-b', '4.3-a']",
        "requirements: ['4.1-a', '4.3-a']",
        "clauses/04.yaml: clauses[4.1].requirements[4.1-b]: no control in controls.yaml is mapped to it",
        id="requirement without control",
    ),
    pytest.param(
        "kpis.yaml",
        "clause: '8.6.1'",
        "clause: '8.6.2'",
        "kpis.yaml: kpis[KPI-INCIDENT-01].clause: clause 8.6.2 belongs to service_request, not to incident",
        id="KPI of another process",
    ),
    pytest.param(
        "nonconformities.yaml",
        "usual_grade: minor",
        "usual_grade: small",
        "nonconformities.yaml: common_nonconformities[1].usual_grade: there is no finding grade small",
        id="grade unknown",
    ),
    pytest.param(
        CLAUSES_86,
        "text: Keep incident records up to date with the actions taken.",
        "text: Log each incident, whatever its source, and  classify it",
        "clauses/08-6.yaml: requirements[8.6.1-d].text: the same text stands at "
        "clauses/08-6.yaml: requirements[8.6.1-a].text; say what is particular here",
        id="copied text",
    ),
]

RULES = [
    pytest.param(
        "policy.yaml", "demanded: '3'", "demanded: '0'", "policy.yaml: weights.demanded: must be above 0", id="weight"
    ),
    pytest.param(
        "policy.yaml",
        "largely: '0.50'",
        "largely: '0.95'",
        "policy.yaml: bands: the cuts must rise between 0 and 1: partly, largely, fully",
        id="cuts",
    ),
    pytest.param(
        "policy.yaml",
        "major: '0.50'",
        "major: '0.90'",
        "policy.yaml: caps: major must not be above minor, both between 0 and 1",
        id="caps",
    ),
    pytest.param(
        "policy.yaml",
        "floor_without_good_practice: '0.86'",
        "floor_without_good_practice: '0.85'",
        "policy.yaml: caps.floor_without_good_practice: must lie above bands.fully and at most at 1",
        id="floor",
    ),
    pytest.param(
        "policy.yaml",
        "covered_share: '1/2'",
        "covered_share: '3/2'",
        "policy.yaml: recurrence.covered_share: must lie above 0 and at most at 1",
        id="share",
    ),
    pytest.param(
        "policy.yaml",
        "gate_last: '3'",
        "gate_last: '13'",
        "policy.yaml: recurrence.month.gate_last: must be at least 1 and not more than expected",
        id="periods of the gate",
    ),
    pytest.param(
        "policy.yaml",
        "link_max_days: '92'",
        "link_max_days: '-1'",
        "policy.yaml: freshness.link_max_days: must not be below 0",
        id="days below zero",
    ),
    pytest.param(
        MODEL,
        "default: true",
        "default: false",
        "maturity/: default: exactly one model must be the default, here: none",
        id="no default model",
    ),
    pytest.param(
        MODEL,
        "level: 2\n",
        "level: 3\n",
        "maturity/itsm_five_stage.yaml: levels: must be 1 to 5 in order, not 1, 3, 3, 4, 5",
        id="levels out of order",
    ),
    pytest.param(
        MODEL,
        "op: '='",
        "op: '>='",
        "maturity/itsm_five_stage.yaml: levels[2].criteria[owner_assigned]: "
        "is yes or no: write op '=' and threshold 'true'",
        id="yes or no",
    ),
    pytest.param(
        MODEL,
        "threshold: 'L'",
        "threshold: '0.5'",
        "maturity/itsm_five_stage.yaml: levels[5].criteria[lowest_band]: "
        "compares bands: write the threshold as N, P, L or F",
        id="band",
    ),
    pytest.param(
        MODEL,
        "threshold: '0.50'",
        "threshold: 'true'",
        "maturity/itsm_five_stage.yaml: levels[2].criteria[documented]: "
        "compares numbers: write the threshold as a number",
        id="number",
    ),
    pytest.param(
        MODEL,
        "threshold: '0.50'",
        "threshold: '50'",
        "maturity/itsm_five_stage.yaml: levels[2].criteria[documented]: is a share: write a threshold between 0 and 1",
        id="share of a model",
    ),
    pytest.param(
        MODEL,
        "threshold: '395'",
        "threshold: '39.5'",
        "maturity/itsm_five_stage.yaml: levels[3].criteria[audited_days_ago]: "
        "counts whole things or days: write a whole number",
        id="whole days",
    ),
    pytest.param(
        MODEL,
        "why: somebody answers for the process",
        "why: somebody answers for the process\n        processes: [incident]\n        except: [problem]",
        "maturity/itsm_five_stage.yaml: levels[2].criteria[owner_assigned]: has both processes and except; keep one",
        id="processes and except",
    ),
    pytest.param(
        MODEL,
        "  - level: 2\n",
        "    criteria:\n      - fact: coverage\n        op: '>'\n        threshold: '0'\n        why: some\n\n"
        "  - level: 2\n",
        "maturity/itsm_five_stage.yaml: levels[1].criteria: "
        "level 1 has no criteria: every process stands on it; remove them",
        id="criteria on level 1",
    ),
]

MODEL_REFERENCES = [
    pytest.param(
        MODEL,
        "artefacts: [procmap, proc_rec]",
        "artefacts: [procmap, proc_rek]",
        "maturity/itsm_five_stage.yaml: levels[1].characteristics[F1-C1].evidenced_by.artefacts: "
        "there is no artefact proc_rek; correct the name or add it",
        id="artefact of a model",
    ),
    pytest.param(
        MODEL,
        "evidenced_by:\n          artefacts: [procmap, proc_rec]\n          facts: [documented, operated]\n",
        "evidenced_by: {}\n",
        "maturity/itsm_five_stage.yaml: levels[1].characteristics[F1-C1].evidenced_by: "
        "names nothing; say what would show it",
        id="characteristic without evidence",
    ),
    pytest.param(
        MODEL,
        "KPI-PROBLEM-01",
        "KPI-PROBLEM-99",
        "maturity/itsm_five_stage.yaml: levels[1].characteristics[F1-C3].evidenced_by.kpis: "
        "there is no KPI KPI-PROBLEM-99; correct the name or add it",
        id="KPI of a model",
    ),
    pytest.param(
        MODEL,
        "why: somebody answers for the process",
        "why: somebody answers for the process\n        processes: [incidents]",
        "maturity/itsm_five_stage.yaml: levels[2].criteria[owner_assigned]: "
        "there is no process incidents; correct the name or add it",
        id="process of a criterion",
    ),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "line"), [*SHAPE, *REFERENCES, *COMPLETENESS, *RULES, *MODEL_REFERENCES]
)
def test_damage_is_named_with_file_key_and_what_to_do(
    folder: Path, damage: Damage, file: str, old: str, new: str, line: str
) -> None:
    damage(file, old, new)

    assert line in lines(folder)


@pytest.mark.parametrize(("file", "old", "new", "line"), [*SHAPE, *RULES])
def test_what_the_check_refuses_is_not_loaded(
    folder: Path, damage: Damage, file: str, old: str, new: str, line: str
) -> None:
    damage(file, old, new)

    with pytest.raises(CatalogueError) as refused:
        load_all(folder)
    assert line in [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize(("file", "old", "new", "line"), REFERENCES)
def test_a_broken_reference_is_not_loaded(
    folder: Path, damage: Damage, file: str, old: str, new: str, line: str
) -> None:
    damage(file, old, new)

    with pytest.raises(CatalogueError) as refused:
        load_catalogue(folder)
    assert line in [str(problem) for problem in refused.value.problems]


EVERY_FILE = ["manifest.yaml", "processes.yaml", "kpis.yaml", "policy.yaml", CLAUSES_86, INCIDENT, MODEL]


@pytest.mark.parametrize("file", EVERY_FILE)
@pytest.mark.parametrize(
    ("content", "what"),
    [
        pytest.param(b"", "(file): empty; write its content or remove it", id="empty"),
        pytest.param(b"# only a comment\n", "(file): empty; write its content or remove it", id="comment"),
        pytest.param(b"\x00\x01\x02", "(file): not valid YAML", id="control characters"),
        pytest.param(b"\xff\xfe\x00\xd8PK\x03\x04\xfa", "(file): not a UTF-8 text file; save it as UTF-8", id="binary"),
        pytest.param(b"just words\n", "(file): must begin with a key such as", id="text"),
        pytest.param(b"- one\n- two\n", "(file): must begin with a key such as", id="list"),
        pytest.param(b"a: [1, 2\n", "(file): line 2: not valid YAML", id="unclosed"),
        pytest.param(b"a: " + b"[" * 20 + b"]" * 20, "(file): line 1: nested too deeply", id="deep"),
        pytest.param(b"[" * 5000, "(file): line 1: ", id="deep enough for the YAML library to refuse first"),
        pytest.param(b"a: b\n---\nc: d\n", "(file): line 3: a second document begins; keep one per file", id="two"),
        pytest.param(b"? [a, b]\n: c\n", "(file): line 1: a key must be plain text", id="list as key"),
        pytest.param(b"a: *b\n", "(file): line 1: anchors and aliases", id="alias"),
        pytest.param(b"a: " + b"x" * 4_000_001, "(file): larger than 4000000 bytes; split it", id="large"),
    ],
)
def test_a_file_that_is_no_catalogue_file_is_named(folder: Path, file: str, content: bytes, what: str) -> None:
    (folder / file).write_bytes(content)

    assert any(line.startswith(f"{file}: {what}") for line in lines(folder))


@pytest.mark.parametrize("file", ["manifest.yaml", "processes.yaml", "policy.yaml", "certification.yaml"])
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()

    assert f"{file}: (file): does not exist; create it" in lines(folder)


def test_a_folder_in_place_of_a_file_is_named(folder: Path) -> None:
    (folder / "policy.yaml").unlink()
    (folder / "policy.yaml").mkdir()

    assert any(line.startswith("policy.yaml: (file): cannot be read: ") for line in lines(folder))


def test_a_lost_clause_file_leaves_a_hole_that_is_named(folder: Path) -> None:
    (folder / CLAUSES_86).unlink()

    found = lines(folder)

    assert any("there is no clause 8.6.1; correct the name or add it" in line for line in found)
    assert "clauses/08-7.yaml: clauses[8.7]: clause 8.6 is missing before it" in found
    assert any(line.startswith("manifest.yaml: totals.clauses: says 88, the files hold 84") for line in found)


def test_a_lost_top_clause_is_named(folder: Path, damage: Damage) -> None:
    damage("clauses/09.yaml", "number: '9'\n", "number: '11'\n")

    assert any("its parent 9 is missing" in line for line in lines(folder))


def test_a_renumbered_clause_leaves_a_hole_that_is_named(folder: Path, damage: Damage) -> None:
    damage("clauses/10.yaml", "number: '10.2'", "number: '10.3'")
    text = (folder / "clauses/10.yaml").read_text(encoding="utf-8").replace("id: 10.2-", "id: 10.3-")
    (folder / "clauses/10.yaml").write_text(text, encoding="utf-8")
    for path in folder.rglob("*.yaml"):
        path.write_text(path.read_text(encoding="utf-8").replace("'10.2", "'10.3"), encoding="utf-8")

    assert "clauses/10.yaml: clauses[10.3]: clause 10.2 is missing before it" in lines(folder)


def test_a_level_without_criteria_is_named(folder: Path) -> None:
    path = folder / MODEL
    kept, _, _ = path.read_text(encoding="utf-8").rpartition("    criteria:")
    path.write_text(kept, encoding="utf-8")

    assert f"{MODEL}: levels[5].criteria: a level above 1 needs at least one criterion" in lines(folder)


def test_two_models_of_one_key_are_named(folder: Path) -> None:
    (folder / "maturity/second.yaml").write_bytes((folder / MODEL).read_bytes())

    found = lines(folder)

    assert (
        "maturity/second.yaml: key: the model itsm_five_stage stands already in maturity/itsm_five_stage.yaml" in found
    )
    assert f"maturity/: default: exactly one model must be the default, here: {MODEL}, maturity/second.yaml" in found


def test_an_empty_folder_is_named_with_everything_it_lacks(tmp_path: Path) -> None:
    found = lines(tmp_path)

    assert "manifest.yaml: (file): does not exist; create it" in found
    assert "clauses/: (file): holds no .yaml file; add its files" in found
    assert "maturity/: (file): holds no .yaml file; add its files" in found


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert lines(tmp_path / "nowhere") == [
        f"{tmp_path / 'nowhere'}: (file): is not a folder; name the folder that holds manifest.yaml"
    ]


def test_a_file_with_a_mistyped_name_is_named(folder: Path) -> None:
    (folder / "clauses/08-6.yml").write_bytes((folder / CLAUSES_86).read_bytes())

    assert lines(folder) == ["clauses/08-6.yml: (file): is not read; correct its name or remove it"]


def test_several_files_are_checked_in_one_run(folder: Path, damage: Damage) -> None:
    damage(CLAUSES_86, "kind: record", "kind: recrod")
    damage(INCIDENT, "freshness_days: 90", "freshness_days: ninety")
    damage("policy.yaml", "demanded: '3'", "demanded: '0'")

    files = [problem.file for problem in check_catalogue(folder)]

    assert files == [CLAUSES_86, INCIDENT, "policy.yaml"]


def test_an_error_says_its_first_problem_and_how_many_more(folder: Path, damage: Damage) -> None:
    damage(CLAUSES_86, "kind: record", "kind: recrod")
    damage(INCIDENT, "freshness_days: 90", "freshness_days: ninety")

    with pytest.raises(CatalogueError) as refused:
        load_catalogue(folder)

    assert str(refused.value).startswith("clauses/08-6.yaml: clauses[8.6.1]")
    assert str(refused.value).endswith("(and 1 more)")
