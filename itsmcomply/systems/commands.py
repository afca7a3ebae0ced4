"""`itsmcomply system`: management systems from the shell."""

from __future__ import annotations

import click

from itsmcomply.console import Console, pass_console
from itsmcomply.errors import NotPermitted
from itsmcomply.permissions import Permission
from itsmcomply.systems.operations import create_system
from itsmcomply.systems.queries import all_systems


@click.group()
def system() -> None:
    """Management systems: add, list."""


@system.command("add")
@click.argument("slug")
@click.option("--name", required=True, help="The name people see.")
@click.option("--time-zone", default="UTC", show_default=True, help="IANA time zone in which days are counted.")
@click.option("--as", "acting", metavar="EMAIL", help="Who acts; an administrator.")
@pass_console
def add(console: Console, slug: str, name: str, time_zone: str, acting: str | None) -> None:
    """Add a management system under a short name used in addresses."""
    with console.writing() as session:
        actor = console.actor(session, acting)
        if not actor.may(Permission.ADMINISTER):
            raise NotPermitted(f"{actor.email} is not an administrator.")
        create_system(session, actor, console.clock, slug=slug, name=name, time_zone=time_zone)
    click.echo(slug)


@system.command("list")
@pass_console
def list_systems(console: Console) -> None:
    """One line a management system, starting with its short name."""
    with console.reading() as session:
        for found in all_systems(session):
            click.echo(f"{found.slug}\t{found.name}")
