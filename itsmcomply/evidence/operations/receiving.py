"""Receive bytes that the store holds durably, and find them again when they are filed."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from itsmcomply.activity.operations import Record, record_activity
from itsmcomply.errors import InvalidInput, InvalidTransition, NotFound
from itsmcomply.evidence.models import Blob, Upload
from itsmcomply.evidence.names import problem_of_file_name
from itsmcomply.evidence.operations.desk import Desk
from itsmcomply.evidence.store import Stored
from itsmcomply.permissions import Permission
from itsmcomply.wording import N_, say


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes that arrived and wait to be filed. `token` is shown once and stored as its hash only."""

    token: str
    upload: Upload
    blob: Blob


def receive_bytes(desk: Desk, *, stored: Stored, file_name: str, detected_type: str) -> Received:
    """Register bytes that the store holds durably, so that the sender can file them. Raises InvalidInput.

    Bytes that were blocked stay blocked, whoever sends them again.
    """
    desk.require(Permission.FILE_EVIDENCE)
    if problem := problem_of_file_name(file_name):
        raise InvalidInput({"file": problem})
    blob = desk.session.get(Blob, stored.sha256)
    if blob is None:
        blob = Blob(sha256=stored.sha256, size=stored.size, detected_type=detected_type, stored_at=desk.now)
        desk.session.add(blob)
        desk.session.flush()  # the upload row refers to it, and there is no relationship to order the two
    refuse_blocked(blob)
    token = secrets.token_urlsafe(32)
    upload = Upload(
        token_hash=token_hash(token),
        system_id=desk.system.id,
        uploaded_by=desk.actor.user_id,
        sha256=stored.sha256,
        file_name=file_name,
        received_at=desk.now,
    )
    desk.session.add(upload)
    record = Record("upload", stored.sha256[:16], desk.system.id)
    after = {"file": file_name, "size": stored.size, "sha256": stored.sha256, "type": detected_type}
    record_activity(desk.session, desk.actor, desk.now, "evidence.received", record, after=after, rows=[upload, blob])
    return Received(token, upload, blob)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def upload_named(token: str) -> ColumnElement[bool]:
    """The condition on the upload behind a token, or behind "id:12", which serves its sender alone like any token."""
    number = token.removeprefix("id:")
    if number != token and number.isascii() and number.isdigit() and len(number) < 10:
        return Upload.id == int(number)
    return Upload.token_hash == token_hash(token)


def waiting_upload(desk: Desk, token: str) -> Upload:
    """The unfiled upload behind a token of this person in this system. Raises NotFound, InvalidTransition."""
    upload = desk.session.execute(
        select(Upload).where(
            upload_named(token),
            Upload.system_id == desk.system.id,
            Upload.uploaded_by == desk.actor.user_id,
        )
    ).scalar_one_or_none()
    if upload is None:
        raise NotFound("upload", "")
    if upload.filed_at is not None:
        raise InvalidTransition("filed", "filed", say(N_("This file has been filed already. Nothing was changed.")))
    return upload


def refuse_blocked(blob: Blob) -> None:
    if blob.blocked_at is not None:
        text = N_("These bytes were blocked on %(day)s and are not accepted again. Ask the SMS manager for the reason.")
        raise InvalidInput({"file": say(text, day=blob.blocked_at.date())})
