"""What an administrator reads about the health of the installation: one sentence a check, with what to do."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from itsmcomply.activity.verified import STALE_DAYS, Verified
from itsmcomply.systems.health import Health
from itsmcomply.web.display import size_text
from itsmcomply.web.filters import moment_text

Line = tuple[str, str]
"""Kind (ok, warn, bad) and sentence."""


def health_lines(found: Health, now: datetime) -> list[Line]:
    """Every check, in a fixed order."""
    return [_schema(found), _room(found), _secret(found), _verification(found.verified, now)]


def _schema(found: Health) -> Line:
    if found.schema_current:
        return "ok", _("The database has the schema of this program (%(rev)s).", rev=found.schema)
    text = _("The database is at schema %(found)s, this program needs %(wanted)s. Run \u201citsmcomply init\u201d.")
    return "bad", text % {"found": found.schema or "\u2013", "wanted": found.wanted_schema}


def _room(found: Health) -> Line:
    free, floor = size_text(found.disk_free), size_text(found.floor)
    if found.enough_room:
        return "ok", _("%(free)s free on the disk.", free=free)
    return "bad", _("Only %(free)s free on the disk; uploads stop at %(floor)s. Make room.", free=free, floor=floor)


def _secret(found: Health) -> Line:
    if found.secret_private:
        return "ok", _("The secret key is readable by its owner alone.")
    return "bad", _("The secret key is readable by others. Take their rights away and restart.")


def _verification(verified: Verified | None, now: datetime) -> Line:
    if verified is None:
        return "warn", _("Files and trail were never verified. Run \u201citsmcomply verify\u201d, then once a month.")
    if not verified.whole:
        return "bad", ngettext(
            "The last verification found %(num)d problem. Run \u201citsmcomply verify\u201d to see it.",
            "The last verification found %(num)d problems. Run \u201citsmcomply verify\u201d to see them.",
            verified.problems,
        )
    told = _(
        "Verified %(files)s files and the trail to entry %(seq)s on %(at)s.",
        files=verified.blobs,
        seq=verified.entries,
        at=moment_text(verified.at),
    )
    if verified.age_days(now) > STALE_DAYS:
        return "warn", f"{told} {_('Run it again; once a month is usual.')}"
    return "ok", told
