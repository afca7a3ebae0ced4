"""The blueprint of performance, shared by the modules of its pages."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("performance", __name__)
