"""The blueprint of evidence, shared by the modules of its pages, and how items are named in addresses."""

from __future__ import annotations

from flask import Blueprint
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter

from itsmcomply.evidence.keys import item_key, item_number

blueprint = Blueprint("evidence", __name__)

NUMBER = "int(max=2147483647)"
"""Numbers in addresses stay within what both databases can compare; others are no address of ours."""


class ItemNumber(BaseConverter):
    """An item in an address: "EV-0142". The bare number is understood too."""

    regex = r"(?:EV-)?[0-9]{1,9}"

    def to_python(self, value: str) -> int:
        return item_number(value)

    def to_url(self, value: int) -> str:
        return item_key(value)


@blueprint.record_once
def _know_items(state: BlueprintSetupState) -> None:
    # Recorded before any route is, because routes are compiled with the converters known by then.
    state.app.url_map.converters["item"] = ItemNumber
