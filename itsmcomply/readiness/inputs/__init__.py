"""Rows of a management system folded into the engine's facts, whole or only what changed since a trail number.

Each source of facts has one function. KPIs and improvements have no tables yet; their functions say
so and return nothing, which keeps the third gate shut. Plain column queries, no mapped objects: 50,000 items fold in
about a second.
"""

from itsmcomply.readiness.inputs.loading import Loaded, current_seq, load, refresh
from itsmcomply.readiness.inputs.planning import Planning

__all__ = ["Loaded", "Planning", "current_seq", "load", "refresh"]
