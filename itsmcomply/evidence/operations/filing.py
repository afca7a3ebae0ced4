"""File evidence: receive bytes, new items and versions, confirm unchanged, withdraw, refile, change an item's data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select

from itsmcomply.clauses.model import Artefact
from itsmcomply.db import Base
from itsmcomply.errors import Conflict, InvalidInput, InvalidTransition, NotPermitted
from itsmcomply.evidence.filing import (
    Filing,
    Surroundings,
    completed,
    is_contradicted,
    is_record,
    problems_of_filing,
)
from itsmcomply.evidence.kinds import Confidentiality, Decision, VersionKind, VersionState
from itsmcomply.evidence.models import Blob, EvidenceItem, EvidenceVersion, Upload, VersionSubject
from itsmcomply.evidence.operations.desk import Desk
from itsmcomply.evidence.operations.receiving import refuse_blocked
from itsmcomply.evidence.operations.register import latest_decisions, refresh_line
from itsmcomply.evidence.periods import Span
from itsmcomply.evidence.rules import problems_of_withdrawal, require_transition, state_of
from itsmcomply.permissions import Permission
from itsmcomply.systems.models import EntryKind, Membership, Subject
from itsmcomply.systems.queries import entry_in_force
from itsmcomply.wording import N_, say


@dataclass(frozen=True, slots=True)
class Filed:
    """A new version. `contradicts` names nil statements which say that such a thing had not occurred."""

    item: EvidenceItem
    version: EvidenceVersion
    contradicts: tuple[str, ...] = ()


def file_evidence(
    desk: Desk,
    *,
    artefact: str,
    filing: Filing,
    upload: Upload | None = None,
    owner_id: int | None = None,
    confidentiality: Confidentiality = Confidentiality.INTERNAL,
) -> Filed:
    """File a new item with its first version, waiting for review. Raises InvalidInput by field, NotPermitted.

    A file comes from `upload`; its bytes and name take the place of those in `filing`. `owner_id` None: whoever owns
    the artefact or its process.
    """
    desk.require(Permission.FILE_EVIDENCE)
    kind_of = desk.artefact(artefact)
    filing = _with_bytes(filing, upload)
    check_filing(desk, kind_of, filing)
    _require_member(desk, owner_id)
    item = new_item(desk, artefact, filing.title, owner_id, confidentiality)
    version, rows = new_version(desk, item, kind_of, filing, number=1)
    return note_filed(desk, "evidence.filed", item, version, [item, version, *rows, *_taken(desk, upload)])


def add_version(desk: Desk, *, item_id: int, filing: Filing, upload: Upload | None = None) -> Filed:
    """Add a version to an item; the counting one goes on counting until this one is accepted and in force."""
    desk.require(Permission.FILE_EVIDENCE)
    item = desk.item(item_id)
    kind_of = desk.artefact(item.artefact)
    filing = replace(_with_bytes(filing, upload), title=item.title)
    check_filing(desk, kind_of, filing)
    version, rows = new_version(desk, item, kind_of, filing, number=next_number(desk, item))
    return note_filed(desk, "evidence.version_added", item, version, [version, *rows, *_taken(desk, upload)])


def confirm_unchanged(
    desk: Desk, *, version_id: int, effective_on: date, valid_until: date | None = None, note: str = ""
) -> Filed:
    """Add a version with the same bytes and a new day: somebody looked, and it still holds. It is reviewed like any.

    Raises InvalidTransition unless the version stands (accepted or in review), InvalidInput for the day.
    """
    desk.require(Permission.FILE_EVIDENCE)
    item, old = desk.version(version_id)
    if version_state(desk, old) not in {VersionState.ACCEPTED, VersionState.IN_REVIEW}:
        reason = say(N_("A rejected or withdrawn version cannot be confirmed. Upload a corrected one instead."))
        raise InvalidTransition("rejected", "confirmed", reason)
    kind_of = desk.artefact(item.artefact)
    if is_record(kind_of, old.kind) and old.kind is VersionKind.FILE:
        reason = say(N_("A record belongs to its period. File the next period instead of confirming this one."))
        raise InvalidTransition("record", "confirmed", reason)
    filing = replace(
        _filing_of(desk, item, old),
        effective_on=effective_on,
        period_from=None if old.period_to is None else min(old.period_to + timedelta(days=1), effective_on),
        period_to=None if old.period_to is None else effective_on,
        valid_until=valid_until,
        note=note,
        seen_on=desk.today if old.kind is VersionKind.LINK else None,
    )
    check_filing(desk, kind_of, filing)
    version, rows = new_version(desk, item, kind_of, filing, number=next_number(desk, item))
    version.confirms_version = old.number
    return note_filed(desk, "evidence.confirmed", item, version, [version, *rows])


def withdraw_version(desk: Desk, *, version_id: int, reason: str) -> EvidenceVersion:
    """Take a version out for good, with the reason. Raises InvalidInput, InvalidTransition, NotPermitted."""
    item, version = desk.version(version_id)
    require_change(desk, item, version)
    if errors := problems_of_withdrawal(reason):
        raise InvalidInput(dict(errors))
    require_transition(version_state(desk, version), VersionState.WITHDRAWN)
    withdraw(desk, version, reason)
    desk.note("evidence.withdrawn", item, {"version": version.number, "reason": reason}, [version])
    refresh_line(desk, item)
    return version


def refile(desk: Desk, *, version_id: int, artefact: str, filing: Filing) -> Filed:
    """File a version's bytes under another artefact as a new item, and withdraw it here (`derivation.md` 1).

    The new item is reviewed afresh. `filing` states dates, period and subjects for the new artefact.
    """
    desk.require(Permission.FILE_EVIDENCE)
    item, old = desk.version(version_id)
    require_change(desk, item, old)
    require_transition(version_state(desk, old), VersionState.WITHDRAWN)
    if artefact == item.artefact:
        raise InvalidInput({"artefact": say(N_("It is filed under this artefact already. Choose another one."))})
    kind_of = desk.artefact(artefact)
    bytes_of = _filing_of(desk, item, old)
    filing = replace(filing, kind=old.kind, sha256=old.sha256, file_name=old.file_name, text=bytes_of.text)
    check_filing(desk, kind_of, filing)
    made = new_item(desk, artefact, filing.title, item.owner_id, item.confidentiality)
    made.refiled_from_id = item.id
    version, rows = new_version(desk, made, kind_of, filing, number=1)
    withdraw(desk, old, f"Refiled as {made.key}.")
    desk.note("evidence.withdrawn", item, {"version": old.number, "refiled as": made.key}, [old])
    refresh_line(desk, item)
    return note_filed(desk, "evidence.refiled", made, version, [made, version, *rows])


def change_item(
    desk: Desk,
    *,
    item_id: int,
    row_version: int,
    title: str,
    owner_id: int | None,
    confidentiality: Confidentiality,
) -> EvidenceItem:
    """Change what an item is called, who owns it, who may open it. Raises Conflict when somebody saved meanwhile."""
    item = desk.item(item_id)
    require_change(desk, item, None)
    if item.row_version != row_version:
        raise Conflict("evidence", item.key, _data_of(item), {"title": title, "confidentiality": confidentiality})
    problems = problems_of_filing(
        Filing(VersionKind.FILE, title, desk.today), desk.artefact(item.artefact), _surroundings_unchecked(desk)
    )
    if "title" in problems:
        raise InvalidInput({"title": problems["title"]})
    _require_member(desk, owner_id)
    before = _data_of(item)
    item.title, item.owner_id, item.confidentiality = title.strip(), owner_id, confidentiality
    item.row_version += 1
    desk.note("evidence.changed", item, dict(_data_of(item)), [item], before=before)
    refresh_line(desk, item)
    return item


def _data_of(item: EvidenceItem) -> dict[str, str]:
    return {
        "title": item.title,
        "owner": "" if item.owner_id is None else str(item.owner_id),
        "confidentiality": item.confidentiality.value,
    }


def require_change(desk: Desk, item: EvidenceItem, version: EvidenceVersion | None) -> None:
    """Raise NotPermitted unless this person answers for the item: uploader, owner, process owner, or SMS manager."""
    desk.require(Permission.FILE_EVIDENCE)
    mine = {item.owner_id, item.created_by, version.uploaded_by if version else None}
    home = desk.catalogue.artefacts.get(item.artefact)
    if (
        desk.actor.user_id in mine
        or desk.actor.may(Permission.EDIT_SYSTEM, desk.system.id)
        or (home is not None and home.home_process in desk.actor.processes(desk.system.id))
    ):
        return
    text = N_("%(item)s belongs to somebody else. Its owner, its uploader, the process owner or the SMS manager can.")
    raise NotPermitted(say(text, item=item.key))


def version_state(desk: Desk, version: EvidenceVersion) -> VersionState:
    """Where a version stands now. One query."""
    latest: Decision | None = latest_decisions(desk.session, [version.item_id]).get(version.id)
    return state_of(latest=latest, withdrawn=version.withdrawn_at is not None)


def withdraw(desk: Desk, version: EvidenceVersion, reason: str) -> None:
    """Mark a version withdrawn; the caller has checked that it may be, and records it."""
    version.withdrawn_at, version.withdrawn_by, version.withdrawn_reason = desk.now, desk.actor.user_id, reason


def next_number(desk: Desk, item: EvidenceItem) -> int:
    numbers = desk.session.scalars(select(EvidenceVersion.number).where(EvidenceVersion.item_id == item.id))
    return max(numbers, default=0) + 1


def _with_bytes(filing: Filing, upload: Upload | None) -> Filing:
    if filing.kind is not VersionKind.FILE:
        return replace(filing, sha256=None, file_name=None)
    if upload is not None:
        return replace(filing, sha256=upload.sha256, file_name=upload.file_name)
    return filing


def _taken(desk: Desk, upload: Upload | None) -> list[Base]:
    if upload is None:
        return []
    upload.filed_at = desk.now
    return [upload]


def check_filing(desk: Desk, artefact: Artefact, filing: Filing) -> None:
    errors = problems_of_filing(filing, artefact, surroundings(desk, artefact))
    if errors:
        raise InvalidInput(dict(errors))
    if filing.kind is VersionKind.FILE:
        blob = desk.session.get(Blob, filing.sha256) if filing.sha256 else None
        if blob is None or not filing.file_name:
            raise InvalidInput({"file": say(N_("Choose a file first. Nothing was filed."))})
        refuse_blocked(blob)


def surroundings(desk: Desk, artefact: Artefact) -> Surroundings:
    """What filings under this artefact are checked against today. Up to three queries."""
    since = entry_in_force(desk.session, desk.system.id, EntryKind.OPERATING_SINCE)
    around = _surroundings_unchecked(desk)
    if since is not None:
        around = replace(around, operating_since=date.fromisoformat(since.value))
    if artefact.per is None:
        return around
    if entry_in_force(desk.session, desk.system.id, EntryKind.LIST_DECLARED, artefact.per.value) is None:
        return around
    rows = desk.session.scalars(
        select(Subject).where(Subject.system_id == desk.system.id, Subject.kind == artefact.per)
    ).all()
    in_force = [s.id for s in rows if s.from_on <= desk.today and (s.ended_on is None or desk.today < s.ended_on)]
    return replace(around, declared=frozenset(in_force))


def _surroundings_unchecked(desk: Desk) -> Surroundings:
    return Surroundings(desk.today, desk.policy.recurrence)


def _require_member(desk: Desk, user_id: int | None) -> None:
    if user_id is None:
        return
    member = desk.session.execute(
        select(Membership.id)
        .where(Membership.system_id == desk.system.id, Membership.user_id == user_id, Membership.ended_at.is_(None))
        .limit(1)
    ).first()
    if member is None:
        raise InvalidInput({"owner": say(N_("The owner has no role in this management system. Choose a member."))})


def new_item(
    desk: Desk, artefact: str, title: str, owner_id: int | None, confidentiality: Confidentiality
) -> EvidenceItem:
    item = EvidenceItem(
        system_id=desk.system.id,
        number=desk.system.next_evidence_number,
        artefact=artefact,
        title=title.strip(),
        owner_id=owner_id,
        confidentiality=confidentiality,
        created_at=desk.now,
        created_by=desk.actor.user_id,
    )
    desk.system.next_evidence_number += 1
    desk.session.add(item)
    desk.session.flush()  # its version refers to its id
    return item


def new_version(
    desk: Desk, item: EvidenceItem, artefact: Artefact, filing: Filing, *, number: int
) -> tuple[EvidenceVersion, list[VersionSubject]]:
    effective_on, period_from, period_to = completed(filing, artefact)
    if effective_on is None:
        raise InvalidInput({"effective_on": say(N_("Give the day it took effect."))})
    is_link = filing.kind is VersionKind.LINK
    version = EvidenceVersion(
        system_id=desk.system.id,
        item_id=item.id,
        number=number,
        kind=filing.kind,
        sha256=filing.sha256,
        file_name=filing.file_name,
        url=filing.text if is_link else None,
        url_version=filing.document_version if is_link else None,
        seen_on=(filing.seen_on or desk.today) if is_link else None,
        statement=filing.text if filing.kind in {VersionKind.STATEMENT, VersionKind.NIL} else None,
        effective_on=effective_on,
        period_from=period_from,
        period_to=period_to,
        valid_until=filing.valid_until,
        covers_all_subjects=filing.subjects is None,
        note=filing.note,
        document_version=filing.document_version,
        document_approver=filing.document_approver,
        document_approved_on=filing.approved_on,
        received_at=desk.now,
        uploaded_by=desk.actor.user_id,
    )
    desk.session.add(version)
    desk.session.flush()  # its subjects refer to its id
    subjects = [VersionSubject(version_id=version.id, subject_id=one) for one in sorted(filing.subjects or ())]
    desk.session.add_all(subjects)
    return version, subjects


def note_filed(desk: Desk, action: str, item: EvidenceItem, version: EvidenceVersion, rows: list[Base]) -> Filed:
    after: dict[str, object] = {
        "artefact": item.artefact,
        "title": item.title,
        "version": version.number,
        "kind": version.kind,
        "effective_on": version.effective_on,
    }
    optional = ["file_name", "sha256", "period_from", "period_to", "valid_until"]
    if item.confidentiality is Confidentiality.INTERNAL:  # the trail is read by more people than a restricted item
        optional += ["url", "statement"]
    after |= {name: value for name in optional if (value := getattr(version, name)) is not None}
    desk.note(action, item, after, rows)
    refresh_line(desk, item)
    return Filed(item, version, contradicted_nils(desk, item, version))


def contradicted_nils(desk: Desk, item: EvidenceItem, version: EvidenceVersion) -> tuple[str, ...]:
    """Nil statements under the same artefact that a version's date contradicts. They are named, never ended by it."""
    if version.kind is VersionKind.NIL or not desk.artefact(item.artefact).event_driven:
        return ()
    rows = desk.session.execute(
        select(EvidenceItem, EvidenceVersion)
        .join(EvidenceItem, EvidenceItem.id == EvidenceVersion.item_id)
        .where(
            EvidenceItem.system_id == desk.system.id,
            EvidenceItem.artefact == item.artefact,
            EvidenceVersion.kind == VersionKind.NIL,
            EvidenceVersion.withdrawn_at.is_(None),
        )
        .order_by(EvidenceItem.number, EvidenceVersion.number)
    ).all()
    return tuple(
        f"{found.key} version {nil.number}"
        for found, nil in rows
        if nil.period_from is not None
        and is_contradicted(Span(nil.period_from, nil.effective_on), effective_on=version.effective_on)
    )


def _filing_of(desk: Desk, item: EvidenceItem, version: EvidenceVersion) -> Filing:
    """What a version states, for one that takes its bytes over."""
    subjects = None
    if not version.covers_all_subjects:
        rows = desk.session.scalars(select(VersionSubject.subject_id).where(VersionSubject.version_id == version.id))
        subjects = frozenset(rows)
    return Filing(
        kind=version.kind,
        title=item.title,
        effective_on=version.effective_on,
        period_from=version.period_from,
        period_to=version.period_to,
        valid_until=version.valid_until,
        subjects=subjects,
        text=version.url or version.statement or "",
        seen_on=version.seen_on,
        sha256=version.sha256,
        file_name=version.file_name,
        note=version.note,
        document_version=version.document_version,
        document_approver=version.document_approver,
        approved_on=version.document_approved_on,
    )
