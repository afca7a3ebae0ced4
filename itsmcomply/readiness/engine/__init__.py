"""The readiness engine: a pure function of catalogue, policy, model, facts and day. Start at `evaluation.evaluate`."""

from itsmcomply.readiness.engine.artefacts import Steps
from itsmcomply.readiness.engine.as_data import to_json
from itsmcomply.readiness.engine.evaluation import evaluate
from itsmcomply.readiness.engine.what_if import (
    Setup,
    what_if_accepted,
    what_if_rejected,
    what_if_withdrawn,
    without_item,
)

__all__ = [
    "Setup",
    "Steps",
    "evaluate",
    "to_json",
    "what_if_accepted",
    "what_if_rejected",
    "what_if_withdrawn",
    "without_item",
]
