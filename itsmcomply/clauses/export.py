"""The catalogue in force as one JSON text, for other programs and for the record."""

from __future__ import annotations

import json
from collections.abc import Mapping

from itsmcomply.clauses.canonical import fields_of
from itsmcomply.clauses.maturity import MaturityModel
from itsmcomply.clauses.model import Catalogue
from itsmcomply.clauses.policy import Policy


def catalogue_json(catalogue: Catalogue, policy: Policy, models: Mapping[str, MaturityModel]) -> str:
    """Catalogue, policy and models, each with its digest; fractions as exact strings, lists in catalogue order.

    Anybody can recompute a digest: SHA-256 over the part without `digest`, as JSON with sorted keys and no spaces.
    """
    return json.dumps(
        {
            "catalogue": {"digest": catalogue.digest} | fields_of(catalogue),
            "policy": {"digest": policy.digest} | fields_of(policy),
            "models": {key: {"digest": model.digest} | fields_of(model) for key, model in models.items()},
        },
        ensure_ascii=False,
        indent=2,
    )
