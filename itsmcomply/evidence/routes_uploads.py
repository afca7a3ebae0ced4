"""Receive bytes: one raw PUT per file, or a plain form with files where there are no scripts."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from flask import jsonify, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from itsmcomply.clauses.suggest import Source, Suggestion
from itsmcomply.db import end_read
from itsmcomply.errors import InvalidInput
from itsmcomply.evidence.blueprint import blueprint
from itsmcomply.evidence.desk_web import desk, suggester
from itsmcomply.evidence.failpoints import reach
from itsmcomply.evidence.names import problem_of_file_name
from itsmcomply.evidence.operations import receive_bytes
from itsmcomply.evidence.queries.item import same_bytes
from itsmcomply.evidence.queries.views import SameBytes
from itsmcomply.evidence.sniff import Detected, Preview, detect, encoding_of
from itsmcomply.evidence.store import Readable, Stored, TooLarge
from itsmcomply.permissions import Permission
from itsmcomply.web.errors import answer
from itsmcomply.web.filters import say
from itsmcomply.web.guards import requires
from itsmcomply.web.identity import settings
from itsmcomply.web.resources import resources
from itsmcomply.web.security import FORM_TYPES

MOST_FILES = 50


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that is stored and registered."""

    token: str
    name: str
    stored: Stored
    detected: Detected
    same: SameBytes | None


@blueprint.put("/s/<slug>/uploads")
@requires(Permission.FILE_EVIDENCE)
def upload(slug: str) -> Response:
    """Keep the raw body as one file. No transaction is open while it arrives; the row follows the durable bytes."""
    if request.mimetype in FORM_TYPES:
        return answer(415, _("This type is not accepted here"), _("Send the file itself as the body."))
    end_read()
    try:
        arrived = _keep(request.stream, _name_in_address(), request.content_length)
    except TooLarge as refused:
        return answer(413, _("Too large"), say(refused.errors["file"]))
    except InvalidInput as refused:
        return answer(422, _("Something needs correcting"), " ".join(say(text) for text in refused.errors.values()))
    reply = jsonify(
        token=arrived.token,
        name=arrived.name,
        size=arrived.stored.size,
        sha256=arrived.stored.sha256,
        detected=arrived.detected.key,
        duplicate_of=_duplicate(arrived.same, slug),
        suggestions=[_suggestion(found) for found in suggester().suggest(arrived.name, text_of(arrived))],
    )
    reply.status_code = 201
    reach("f10")
    return reply


def _name_in_address() -> str:
    """The name as sent. Raises InvalidInput for bytes that are no UTF-8; decoding would make another name of them."""
    try:
        unquote_to_bytes(request.query_string).decode()
    except UnicodeDecodeError as error:
        raise InvalidInput(
            {"file": _("The file name is not valid text. Rename the file and upload it again.")}
        ) from error
    return request.args.get("name", "")


@blueprint.post("/s/<slug>/uploads")
@requires(Permission.FILE_EVIDENCE)
def upload_form(slug: str) -> Response:
    """Keep the files of a plain form (20 MiB in all) and go on to where they are filed."""
    files = [file for file in request.files.getlist("files") if file.filename]
    if not files:
        raise InvalidInput({"file": _("Choose at least one file. Nothing was stored.")})
    if len(files) > MOST_FILES:
        raise InvalidInput({"file": _("Up to %(most)s files at once. Nothing was stored.", most=MOST_FILES)})
    end_read()
    tokens = [_keep(file.stream, file.filename or "", None).token for file in files]
    return redirect(url_for("evidence.file_new", slug=slug, token=tokens))


def _keep(stream: Readable, name: str, announced: int | None) -> Arrived:
    if problem := problem_of_file_name(name):
        raise InvalidInput({"file": problem})
    shared, limit = resources(), settings().upload_limit_bytes
    stored = shared.store.put(stream, limit=limit, name=name, announced=announced)
    detected = detect(stored.head, name)
    with desk(Permission.FILE_EVIDENCE) as at:
        same = same_bytes(at.session, at.system.id, [stored.sha256])
        received = receive_bytes(at, stored=stored, file_name=name, detected_type=detected.key)
        reach("f8")
    reach("f9")
    return Arrived(received.token, name, stored, detected, same[-1] if same else None)


def text_of(arrived: Arrived) -> str:
    """The beginning of a text file, for suggestions by its words; "" for other kinds."""
    if arrived.detected.preview not in {Preview.TEXT, Preview.TABLE}:
        return ""
    return arrived.stored.head.decode(encoding_of(arrived.stored.head) or "utf-8", "replace")


def _duplicate(same: SameBytes | None, slug: str) -> dict[str, object] | None:
    if same is None:
        return None
    url = url_for("evidence.item", slug=slug, number=same.number)
    return {"item": same.key, "version": same.version, "url": url}


def _suggestion(found: Suggestion) -> dict[str, object]:
    name = resources().catalogue.artefacts[found.artefact].name
    return {"artefact": found.artefact, "name": name, "reason": reason_in_words(found)}


def reason_in_words(found: Suggestion) -> str:
    """Why an artefact is suggested: "name says incident, export; text says priority"."""
    parts = []
    for reason in found.reasons:
        words = ", ".join(reason.words)
        named = reason.source is Source.NAME
        parts.append(_("name says %(words)s", words=words) if named else _("text says %(words)s", words=words))
    return "; ".join(parts)
