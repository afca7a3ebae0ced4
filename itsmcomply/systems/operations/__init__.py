"""What is done to management systems: create, dated entries, subjects, people and roles. Each checks who may."""

from __future__ import annotations

from itsmcomply.systems.operations.entries import FactChange, save_facts, set_entry, touch_facts
from itsmcomply.systems.operations.making import create_system, mark_installation
from itsmcomply.systems.operations.people import add_member, end_role, grant_role, save_owners
from itsmcomply.systems.operations.subjects import add_subject, declare_list, end_subject, reopen_list

__all__ = [
    "FactChange",
    "add_member",
    "add_subject",
    "create_system",
    "declare_list",
    "end_role",
    "end_subject",
    "grant_role",
    "mark_installation",
    "reopen_list",
    "save_facts",
    "save_owners",
    "set_entry",
    "touch_facts",
]
