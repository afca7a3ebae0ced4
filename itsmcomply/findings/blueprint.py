"""The blueprint of findings, shared by the modules of its pages."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("findings", __name__)
