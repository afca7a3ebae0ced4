"""The catalogue in force as one JSON text, for other programs and for the record."""

from __future__ import annotations

import json
from collections.abc import Mapping

from itsmcomply.clauses.canonical import Plain, plain
from itsmcomply.clauses.maturity import MaturityModel
from itsmcomply.clauses.model import Catalogue
from itsmcomply.clauses.policy import Policy


def catalogue_json(catalogue: Catalogue, policy: Policy, models: Mapping[str, MaturityModel]) -> str:
    """Catalogue, policy and models, each with its digest; fractions as exact strings, lists in catalogue order.

    Anybody can recompute a digest: SHA-256 over the part without `digest`, as JSON with sorted keys and no spaces.
    """
    return json.dumps(
        {
            "catalogue": _with_digest(catalogue.digest, plain(catalogue)),
            "policy": _with_digest(policy.digest, plain(policy)),
            "models": {key: _with_digest(model.digest, plain(model)) for key, model in models.items()},
        },
        ensure_ascii=False,
        indent=2,
    )


def _with_digest(digest: str, content: Plain) -> dict[str, Plain]:
    if not isinstance(content, dict):
        raise TypeError("only whole parts carry a digest")
    return {"digest": digest, **content}
