"""Steps of one evidence item: its versions, links and withdrawal. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from itsmcomply.scenario.contents import make_content
from itsmcomply.scenario.dates import BadDate, Span
from itsmcomply.scenario.model import DocumentMark, FileVersion, LinkItem, ReviewLink, Step, WithdrawItem
from itsmcomply.scenario.place import Names, Place
from itsmcomply.scenario.reviews import Filed, check_review, question_steps, review_steps, reviewer, spelled_out
from itsmcomply.scenario.schema import Item, LinkTo, Version
from itsmcomply.scenario.words import Words, fill


def item_steps(item: Item, place: Place, key: str) -> Iterator[Step]:
    """All steps of one item, oldest version first. `key` names the item inside the scenario."""
    place.at("artefact").artefact(item.artefact)
    for number, version in enumerate(item.versions, start=1):
        yield from _version(item, version, number, place.at("versions", number - 1), key)
    if item.withdrawn is not None:
        at = place.at("withdrawn")
        by = at.at("by").person(item.withdrawn.by or place.system.defaults.manager)
        moment = at.at("on").moment(item.withdrawn.on, time(16))
        yield WithdrawItem(moment, by, place.system.slug, key, item.withdrawn.reason)
    for number, link in enumerate(item.links):
        yield from _link(link, place.at("links", number), key, f"{key}/link/{number}")


def _version(item: Item, version: Version, number: int, at: Place, key: str) -> Iterator[Step]:
    span = at.at("period").period(version.period) if version.period else None
    names: dict[str, date] = {"period_from": span.first, "period_to": span.last} if span else {}
    minute = minute_of(key, number)
    moment = at.at("on").moment(version.on, time(9 + minute % 3, minute), names)
    names["uploaded"] = moment.date()
    names["effective"] = _effective(version, span, moment, at, names)
    by = at.at("by").person(version.by or item.by or owner_of(item.artefact, item.owner, at))
    if number == 1 and version.content is None:
        at.refuse("the first version needs content")
    filed = Filed(key, number, by, moment)
    yield _file(item, version, filed, at, names)
    yield from review_steps(version.reviews, filed, at.at("reviews"), names)
    yield from question_steps(version.questions, filed, at.at("questions"), names)


def _file(item: Item, version: Version, filed: Filed, at: Place, names: Names) -> FileVersion:
    span = Span(names["period_from"], names["period_to"]) if "period_from" in names else None
    words = Words(at.today, names, f"{at.system.slug}|{item.artefact}|{filed.item}|{filed.number}", span)
    return FileVersion(
        filed.moment,
        filed.uploader,
        at.system.slug,
        filed.item,
        filed.number,
        item.artefact,
        filled(item.title, words, at),
        at.person(owner_of(item.artefact, item.owner, at)),
        item.confidentiality,
        make_content(version.content, item.title, words, at.at("content")) if version.content else None,
        names["effective"],
        span,
        at.at("valid_until").maybe_day(version.valid_until, names),
        subjects_of(version.subjects, at.at("subjects")),
        _mark(version, at.at("document"), names),
        version.note,
    )


def _effective(version: Version, span: Span | None, moment: datetime, at: Place, names: Names) -> date:
    if version.effective is not None:
        return at.at("effective").day(version.effective, names)
    return span.last if span else moment.date()


def _mark(version: Version, at: Place, names: Names) -> DocumentMark:
    mark = version.document
    if mark is None:
        return DocumentMark()
    return DocumentMark(mark.version, mark.approver, at.at("approved").maybe_day(mark.approved, names))


def filled(text: str, words: Words, at: Place) -> str:
    """`text` with its placeholders replaced; an unknown one is a problem of this place."""
    try:
        return fill(text, words)
    except BadDate as error:
        at.refuse(str(error))
        return text


def minute_of(key: str, number: int) -> int:
    """A minute past the hour that differs from item to item and is always the same."""
    return zlib.crc32(f"{key}#{number}".encode()) % 60


def owner_of(artefact: str, named: str | None, at: Place) -> str:
    """Who owns where nobody is named: the artefact's owner, else the last of its process, else the manager."""
    system = at.system
    if named is not None:
        return named
    if artefact in system.artefact_owners:
        return system.artefact_owners[artefact]
    known = at.catalogue.artefacts.get(artefact)
    owner = system.owners.get(known.home_process) if known else None
    if isinstance(owner, str):
        return owner
    return owner[-1].person if owner else system.defaults.manager


def subjects_of(named: str | list[str], at: Place) -> tuple[str, ...] | None:
    """The names, checked against the lists of the system; None for all."""
    if isinstance(named, str):
        return None
    system = at.system
    known = {subject.name for subject in (*system.services, *system.customers, *system.parties)}
    what = "a service, customer or party of this system"
    return tuple(at.at(number).known(name, known, what) for number, name in enumerate(named))


def _link(link: LinkTo, at: Place, item: str, key: str) -> Iterator[Step]:
    if (link.requirement is None) == (link.control is None):
        at.refuse("names either a requirement or a control")
    if link.requirement is not None:
        at.at("requirement").requirement(link.requirement)
    at.at("artefact").artefact(link.artefact)
    by = at.at("by").person(link.by or at.system.defaults.manager)
    moment = at.at("on").moment(link.on, time(11))
    yield LinkItem(moment, by, at.system.slug, key, item, link.artefact, link.requirement, link.control)
    for number, review in enumerate(spelled_out(link.reviews)):
        where = at.at("reviews", number) if isinstance(link.reviews, list) else at.at("reviews")
        decider = reviewer(review, by, where)
        check_review(review, decider, by, where)
        decided = where.at("on").moment(review.on, time(14)) if review.on else moment + timedelta(days=1)
        accepted = review.decision == "accepted"
        yield ReviewLink(decided, decider, at.system.slug, key, accepted, review.kind, review.reason or "")
