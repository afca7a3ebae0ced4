"""Takes the steps on evidence: bytes first into the store, then items, versions, reviews, questions, links."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from itsmcomply.accounts.queries import require_user
from itsmcomply.clauses.model import Catalogue
from itsmcomply.clauses.policy import Policy
from itsmcomply.clock import Clock
from itsmcomply.controls.models import Control
from itsmcomply.errors import NotFound
from itsmcomply.evidence import operations as evidence
from itsmcomply.evidence.filing import Filing
from itsmcomply.evidence.kinds import Confidentiality, Decision, RejectionKind, VersionKind
from itsmcomply.evidence.models import Upload
from itsmcomply.evidence.operations import Desk, Filed
from itsmcomply.evidence.rules import Verdict
from itsmcomply.evidence.sniff import detect
from itsmcomply.evidence.store import Store, Stored
from itsmcomply.scenario.acting import acting, system_of
from itsmcomply.scenario.contents import content_bytes
from itsmcomply.scenario.model import (
    AnswerQuestion,
    AskQuestion,
    Content,
    FileVersion,
    GeneratedTable,
    InSystem,
    LinkContent,
    LinkItem,
    NilContent,
    OnEvidence,
    ReviewLink,
    ReviewVersion,
    StatementContent,
    Step,
    StoredFile,
    WithdrawItem,
    WrittenDocument,
)
from itsmcomply.scenario.setup import subject_named

FILES = (StoredFile, WrittenDocument, GeneratedTable)


@dataclass(frozen=True, slots=True)
class Tools:
    """What loading needs of the installation. `limit`: largest file in bytes."""

    store: Store
    catalogue: Catalogue
    policy: Policy
    limit: int


@dataclass
class _Version:
    id: int
    sha256: str | None
    review: int = 0
    questions: list[int] = field(default_factory=list)


class EvidenceDesk:
    """Knows the rows behind the scenario's own names for items, versions and links."""

    def __init__(self, clock: Clock, tools: Tools) -> None:
        self._clock = clock
        self._tools = tools
        self._items: dict[str, int] = {}
        self._versions: dict[tuple[str, int], _Version] = {}
        self._links: dict[str, int] = {}

    @property
    def items(self) -> int:
        return len(self._items)

    def receive(self, step: Step) -> Stored | None:
        """Put the bytes of a version into the store, before any transaction opens. None where there are none."""
        if not isinstance(step, FileVersion) or not isinstance(step.content, FILES):
            return None
        content = step.content
        return self._tools.store.put(io.BytesIO(content_bytes(content)), limit=self._tools.limit, name=content.name)

    def take(self, session: Session, step: OnEvidence, stored: Stored | None) -> None:
        """Take one step on evidence."""
        desk = self.open(session, step)
        match step:
            case FileVersion():
                self._file(desk, step, stored)
            case ReviewVersion():
                self._review(desk, step)
            case AskQuestion():
                version = self._versions[step.item, step.number]
                question = evidence.ask_question(desk, version_id=version.id, text=step.text)
                session.flush()  # the answer refers to its id
                version.questions.append(question.id)
            case AnswerQuestion():
                version = self._versions[step.item, step.number]
                evidence.answer_question(desk, question_id=version.questions[-1], text=step.text)
            case WithdrawItem():
                for (item, _), version in self._versions.items():
                    if item == step.item:
                        evidence.withdraw_version(desk, version_id=version.id, reason=step.reason)
            case LinkItem() | ReviewLink():
                self._link(desk, step)
            case _:
                raise TypeError(f"no way to take {type(step).__name__}")

    def version_id(self, item: str, number: int) -> int:
        """The row behind a version of this scenario."""
        return self._versions[item, number].id

    def item_key(self, desk: Desk, item: str) -> str:
        """The number in the register of an item of this scenario."""
        return desk.item(self._items[item]).key

    def hold(self, item: str, filed: Filed) -> None:
        """Know a document that the product filed by itself, so that it can be reviewed."""
        self._items[item] = filed.item.id
        self._versions[item, 1] = _Version(filed.version.id, filed.version.sha256)

    def open(self, session: Session, step: InSystem) -> Desk:
        """A desk for the person of the step, at its moment."""
        system = system_of(session, step)
        tools = self._tools
        return evidence.open_desk(
            session,
            acting(session, step),
            self._clock,
            catalogue=tools.catalogue,
            policy=tools.policy,
            system_id=system.id,
        )

    def _file(self, desk: Desk, step: FileVersion, stored: Stored | None) -> None:
        if step.content is None:
            self._confirm(desk, step)
            return
        filing = _filing(desk, step, step.content)
        upload = self._receive(desk, step.content, stored)
        if step.number == 1:
            owner = require_user(desk.session, step.owner).id if step.owner else None
            filed = evidence.file_evidence(
                desk,
                artefact=step.artefact,
                filing=filing,
                upload=upload,
                owner_id=owner,
                confidentiality=Confidentiality(step.confidentiality),
            )
            self._items[step.item] = filed.item.id
        else:
            filed = evidence.add_version(desk, item_id=self._items[step.item], filing=filing, upload=upload)
        self._versions[step.item, step.number] = _Version(filed.version.id, filed.version.sha256)

    def _receive(self, desk: Desk, content: Content, stored: Stored | None) -> Upload | None:
        if stored is None or not isinstance(content, FILES):
            return None
        kind = detect(stored.head, content.name).key
        return evidence.receive_bytes(desk, stored=stored, file_name=content.name, detected_type=kind).upload

    def _confirm(self, desk: Desk, step: FileVersion) -> None:
        before = self._versions[step.item, step.number - 1]
        filed = evidence.confirm_unchanged(
            desk,
            version_id=before.id,
            effective_on=step.effective_on,
            valid_until=step.valid_until,
            note=step.note or "",
        )
        self._versions[step.item, step.number] = _Version(filed.version.id, filed.version.sha256)

    def _review(self, desk: Desk, step: ReviewVersion) -> None:
        version = self._versions[step.item, step.number]
        verdict = Verdict(
            Decision.ACCEPTED if step.accepted else Decision.REJECTED,
            RejectionKind(step.kind) if step.kind else None,
            step.reason,
            version.sha256,
        )
        review = evidence.decide(
            desk, version_id=version.id, verdict=verdict, opened=step.opened, after_review=version.review
        )
        desk.session.flush()  # a second decision names the first by its id
        version.review = review.id

    def _link(self, desk: Desk, step: LinkItem | ReviewLink) -> None:
        if isinstance(step, ReviewLink):
            decision = Decision.ACCEPTED if step.accepted else Decision.REJECTED
            evidence.decide_link(desk, link_id=self._links[step.link], decision=decision, reason=step.reason)
            return
        item_id = self._items[step.item]
        if step.requirement is not None:
            link = evidence.link_to_requirement(
                desk, item_id=item_id, requirement=step.requirement, artefact=step.artefact
            )
        else:
            control_id = _control_id(desk, step.control or "")
            link = evidence.link_to_control(desk, item_id=item_id, control_id=control_id, artefact=step.artefact)
        desk.session.flush()  # its review refers to its id
        self._links[step.link] = link.id


def _filing(desk: Desk, step: FileVersion, content: Content) -> Filing:
    kind, text = _kind_and_text(content)
    subjects = step.subjects
    named = None if subjects is None else frozenset(subject_named(desk.session, desk.system, s).id for s in subjects)
    link = content if isinstance(content, LinkContent) else None
    return Filing(
        kind=kind,
        title=step.title,
        effective_on=step.effective_on,
        period_from=step.period.first if step.period else None,
        period_to=step.period.last if step.period else None,
        valid_until=step.valid_until,
        subjects=named,
        text=text,
        seen_on=link.seen_on if link else None,
        note=step.note or "",
        document_version=(link.version if link else step.document.version) or "",
        document_approver=step.document.approver or "",
        approved_on=step.document.approved_on,
    )


def _kind_and_text(content: Content) -> tuple[VersionKind, str]:
    match content:
        case LinkContent():
            return VersionKind.LINK, content.url
        case StatementContent():
            return VersionKind.STATEMENT, content.text
        case NilContent():
            return VersionKind.NIL, content.text
        case StoredFile() | WrittenDocument() | GeneratedTable():
            return VersionKind.FILE, ""


def _control_id(desk: Desk, ref: str) -> int:
    wanted = select(Control.id).where(Control.system_id == desk.system.id, Control.ref == ref)
    found = desk.session.execute(wanted).scalar_one_or_none()
    if found is None:
        raise NotFound("control", ref)
    return found
