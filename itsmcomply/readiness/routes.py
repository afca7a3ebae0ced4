"""Pages of readiness; the modules beside this one hold them by subject."""

from __future__ import annotations

from flask import Flask

from itsmcomply.evidence.desk_web import OUTLOOK
from itsmcomply.performance.outlook import STANDING
from itsmcomply.readiness import routes_catalogue, routes_evidence, routes_overview
from itsmcomply.readiness.access import derivation_of, init_derivation
from itsmcomply.readiness.blueprint import blueprint
from itsmcomply.readiness.boxes import criterion_box, need_box, strip_box
from itsmcomply.readiness.drawings import index_text
from itsmcomply.readiness.fragments import init_fragments
from itsmcomply.readiness.outlook import ReadinessOutlook
from itsmcomply.readiness.review_standing import ReadinessStanding
from itsmcomply.readiness.telling import control_url, prose, sentence, tell, url_of

__all__ = ["blueprint", "routes_catalogue", "routes_evidence", "routes_overview"]


def init(app: Flask) -> None:
    """Prepare the derivation, tell evidence about it, and give templates the words of read models."""
    init_derivation(app)
    init_fragments(app)
    app.extensions[OUTLOOK] = ReadinessOutlook(derivation_of(app))
    app.extensions[STANDING] = ReadinessStanding(derivation_of(app))
    app.jinja_env.filters.update(
        control_url=control_url,
        criterion_box=criterion_box,
        index_text=index_text,
        need_box=need_box,
        place_url=url_of,
        prose=prose,
        sentence=sentence,
        strip_box=strip_box,
        tell=tell,
    )
