"""What is done to controls: write, edit, retire, map to requirements, adopt the starter set. Each checks permission."""

from __future__ import annotations

from itsmcomply.controls.operations.adoption import Adoption, adopt_starter_controls
from itsmcomply.controls.operations.mapping import map_control, mapped_requirements, set_mappings, unmap_control
from itsmcomply.controls.operations.parts import ControlDetails
from itsmcomply.controls.operations.writing import create_control, edit_control, retire_control

__all__ = [
    "Adoption",
    "ControlDetails",
    "adopt_starter_controls",
    "create_control",
    "edit_control",
    "map_control",
    "mapped_requirements",
    "retire_control",
    "set_mappings",
    "unmap_control",
]
