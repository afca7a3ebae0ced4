"""Recurring records spelled out: one item per period, and per subject where the series says `each`. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from itsmcomply.scenario.contents import make_content
from itsmcomply.scenario.dates import BadDate, Span, periods_between, working_day
from itsmcomply.scenario.evidence import filled, minute_of, owner_of, subjects_of
from itsmcomply.scenario.model import DocumentMark, FileVersion, Step
from itsmcomply.scenario.place import Names, Place
from itsmcomply.scenario.reviews import Filed, question_steps, review_steps
from itsmcomply.scenario.schema import Again, Content, Deviation, Series
from itsmcomply.scenario.words import Words

LENGTHS = {"month": range(28, 32), "quarter": range(90, 93)}


@dataclass(frozen=True, slots=True)
class _Cell:
    """One period of one subject. `deviation` stands at `deviates_at`; `index` counts periods from 0."""

    series: Series
    place: Place
    index: int
    span: Span
    subject: str | None
    key: str
    deviation: Deviation
    deviates_at: Place


def series_steps(series: Series, place: Place, key: str) -> Iterator[Step]:
    """All steps of a series, in the order of periods; the order of exceptions does not matter."""
    place.at("artefact").artefact(series.artefact)
    subjects_of(series.each, place.at("each"))
    spans = _spans(series, place)
    deviations = _deviations(series, spans, place)
    subjects: list[str | None] = [*series.each] if series.each else [None]
    for index, span in enumerate(spans):
        for subject in subjects:
            nothing = (Deviation(period=span.code), place)
            deviation, at = deviations.get((span, subject)) or deviations.get((span, None)) or nothing
            if not deviation.missing:
                name = f"{key}/{span.code}/{subject or ''}"
                yield from _cell_steps(_Cell(series, place, index, span, subject, name, deviation, at))


def _spans(series: Series, place: Place) -> list[Span]:
    first, last = place.at("from").period(series.first), place.at("to").period(series.last)
    if not all((span.last - span.first).days + 1 in LENGTHS[series.every] for span in (first, last)):
        place.refuse(f"from and to have to be a {series.every} each")
        return []
    try:
        return periods_between(first, last)
    except BadDate as error:
        place.refuse(str(error))
        return []


def _deviations(
    series: Series, spans: list[Span], place: Place
) -> dict[tuple[Span, str | None], tuple[Deviation, Place]]:
    found: dict[tuple[Span, str | None], tuple[Deviation, Place]] = {}
    for number, deviation in enumerate(series.exceptions):
        at = place.at("except", number)
        span = at.at("period").period(deviation.period)
        if span not in spans:
            at.at("period").refuse(f"{deviation.period} is not a period of this series")
        if deviation.subject is not None:
            at.at("subject").known(deviation.subject, series.each, "a subject of this series")
        if (span, deviation.subject) in found:
            at.refuse("the same period stands here twice")
        found[span, deviation.subject] = (deviation, at)
    return found


def _cell_steps(cell: _Cell) -> Iterator[Step]:
    deviation, at = cell.deviation, cell.deviates_at
    by = deviation.by or cell.series.by or owner_of(cell.series.artefact, cell.series.owner, cell.place)
    filed = Filed(cell.key, 1, cell.place.person(by), _moment(cell))
    names = _names(cell, filed)
    yield _file(cell, filed, deviation.content or cell.series.content)
    if deviation.reviews is not None:
        yield from review_steps(deviation.reviews, filed, at.at("reviews"), names)
    else:
        yield from review_steps(cell.series.reviews, filed, cell.place.at("reviews"), names)
    yield from question_steps(deviation.questions, filed, at.at("questions"), names)
    if deviation.again is not None:
        yield from _again(cell, filed, deviation.again)


def _again(cell: _Cell, before: Filed, again: Again) -> Iterator[Step]:
    """The next version, with content of its own or with that of the series."""
    day = working_day(before.moment.date() + timedelta(days=again.after), cell.place.today)
    moment = before.moment.replace(year=day.year, month=day.month, day=day.day)
    filed = Filed(before.item, 2, before.uploader, moment)
    yield _file(cell, filed, again.content or cell.series.content)
    yield from review_steps(again.reviews, filed, cell.deviates_at.at("again", "reviews"), _names(cell, filed))


def _moment(cell: _Cell) -> datetime:
    """In the morning of the working day so many days after the end of the period, or after its beginning."""
    days = cell.deviation.uploaded_after
    days = cell.series.uploaded_after if days is None else days
    day = (cell.span.first if cell.series.at_start else cell.span.last) + timedelta(days=days)
    minute = minute_of(cell.key, 0)
    return datetime.combine(working_day(day, cell.place.today), time(9 + minute % 3, minute), cell.place.reading.zone)


def _names(cell: _Cell, filed: Filed) -> Names:
    effective = cell.span.first if cell.series.at_start else cell.span.last
    return {
        "effective": effective,
        "period_from": cell.span.first,
        "period_to": cell.span.last,
        "uploaded": filed.moment.date(),
    }


def _file(cell: _Cell, filed: Filed, content: Content) -> FileVersion:
    series, place = cell.series, cell.place
    names = _names(cell, filed)
    seed = f"{place.system.slug}|{series.artefact}|{cell.key}|{filed.number}"
    words = Words(place.today, names, seed, cell.span, cell.subject, cell.index)
    subjects = (cell.subject,) if cell.subject else subjects_of(series.subjects, place.at("subjects"))
    return FileVersion(
        filed.moment,
        filed.uploader,
        place.system.slug,
        filed.item,
        filed.number,
        series.artefact,
        filled(series.title, words, place.at("title")),
        place.at("owner").person(owner_of(series.artefact, series.owner, place)),
        series.confidentiality,
        make_content(content, series.title, words, place.at("content")),
        names["effective"],
        None if series.at_start else cell.span,
        None,
        subjects,
        DocumentMark(),
        None,
    )
