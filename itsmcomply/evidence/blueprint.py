"""The blueprint of evidence, shared by the modules of its pages."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("evidence", __name__)

NUMBER = "int(max=2147483647)"
"""Numbers in addresses stay within what both databases can compare; others are no address of ours."""
