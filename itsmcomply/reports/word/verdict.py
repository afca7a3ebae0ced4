"""The readiness verdict: three gates with their rules and what blocks them; gaps with owner and cure."""

from __future__ import annotations

from itsmcomply.language import _, say
from itsmcomply.readiness.results import Forecast, GateResult, RuleResult
from itsmcomply.reports import tallies, words
from itsmcomply.reports.gaps import blocker_name
from itsmcomply.reports.model import Pack
from itsmcomply.reports.word import xml
from itsmcomply.reports.word.look import met_cell
from itsmcomply.reports.word.report import Report
from itsmcomply.wording import N_

MOST_BLOCKERS = 15
MOST_GAPS = 60


def write_verdict(report: Report) -> None:
    pack = report.pack
    report.heading(1, _("2 Readiness verdict"))
    report.text(say(N_("%(verdict)s."), verdict=words.VERDICTS[pack.result.status]), "Verdict")
    report.text(
        _(
            "Readiness is three gates. The first is enough for stage 1; stage 2, surveillance and recertification need "
            "all three. A gate opens when every one of its rules is met."
        )
    )
    for place, gate in enumerate(pack.result.gates, 1):
        _gate(report, place, gate)
    if pack.result.forecast is not None:
        _renewals(report, pack.result.forecast)


def _gate(report: Report, place: int, gate: GateResult) -> None:
    name = words.GATES[gate.key]
    blockers = words.count(tallies.blocker_count(gate), _("blocker"), _("blockers"))
    open_text, shut_text = N_("2.%(place)s %(name)s: open"), N_("2.%(place)s %(name)s: shut by %(blockers)s")
    report.heading(2, say(open_text if gate.passed else shut_text, place=place, name=name, blockers=blockers))
    report.text(words.GATE_QUESTIONS[gate.key], "Lead")
    rules = sorted(gate.rules, key=lambda rule: rule.passed)
    rows = [_rule(report.pack, rule) for rule in rules]
    report.table((8, 4, 4, 13), (_("Rule"), _("Result"), _("Met"), _("Blocked by")), rows)


def _rule(pack: Pack, rule: RuleResult) -> xml.Row:
    named = [
        say(
            N_("%(what)s (%(why)s)"),
            what=blocker_name(pack.catalogue, b.kind, b.key),
            why=words.blocker_reason(b.reason),
        )
        for b in rule.blockers
    ]
    return [
        xml.cell(words.RULES[rule.key], "CellStrong"),
        met_cell(met=rule.passed),
        xml.cell(say(N_("%(met)s of %(total)s"), met=rule.met, total=rule.total)),
        xml.cell(words.joined(named, MOST_BLOCKERS) or words.DASH),
    ]


def _renewals(report: Report, ahead: Forecast) -> None:
    report.heading(2, _("2.4 Renewals the forecast counts on"))
    text = N_("To renew: %(renew)s. Routine records that fall due: %(period)s. Ending for good: %(ends)s.")
    report.text(say(text, renew=ahead.renew_count, period=ahead.period_count, ends=ahead.for_good_count))
    artefacts = report.pack.catalogue.artefacts
    rows = [
        [
            xml.cell(words.day_text(renewal.lapses_on)),
            xml.cell(artefacts[renewal.artefact].name, "CellStrong"),
            xml.cell(words.label(renewal.kind.value)),
        ]
        for renewal in ahead.renewals[:MOST_GAPS]
    ]
    report.table((3, 10, 4), (_("Lapses"), _("Artefact"), _("Kind")), rows)


def write_gaps(report: Report) -> None:
    gaps = report.pack.gaps
    report.heading(1, _("5 Gaps and what cures them"))
    text = N_("%(count)s, strongest first: what keeps the first gate shut stands on top.")
    report.text(say(text, count=words.count(len(gaps), _("gap"), _("gaps"))), "Lead")
    rows = [
        [
            xml.cell(gap.subject, "CellStrong"),
            xml.cells(xml.text("Cell", gap.missing), xml.text("CellQuiet", words.joined(gap.requirements, 10))),
            xml.cell(", ".join(words.GATES[gate] for gate in gap.gates) or words.DASH),
            xml.cell(gap.owner or _("no owner")),
            xml.cell(gap.cure),
        ]
        for gap in gaps[:MOST_GAPS]
    ]
    heads = (_("What"), _("Missing"), _("Keeps shut"), _("Who acts"), _("Cure"))
    report.table((7, 10, 5, 5, 7), heads, rows)
    if len(gaps) > MOST_GAPS:
        more = N_("%(count)s further gaps stand in the workbook.")
        report.text(say(more, count=len(gaps) - MOST_GAPS), "Note")
