"""`itsmcomply user`: people from the shell."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from itsmcomply.accounts.operations import invite_person, issue_person_link, set_disabled
from itsmcomply.accounts.queries import require_user, users
from itsmcomply.console import Console, pass_console, require_system
from itsmcomply.errors import NotPermitted
from itsmcomply.permissions import SYSTEM_ACTOR, Actor, Permission, Role
from itsmcomply.settings import load_settings
from itsmcomply.systems.operations import grant_role

AS_OPTION = click.option("--as", "acting", metavar="EMAIL", help="Who acts; an administrator.")


@click.group()
def user() -> None:
    """People: add, list, disable, new password link."""


def _administrator(console: Console, session: Session, email: str | None) -> Actor:
    """Who acts; before the first person exists the shell itself does."""
    if email is None and not users(session):
        return SYSTEM_ACTOR
    actor = console.actor(session, email)
    if not actor.may(Permission.ADMINISTER):
        raise NotPermitted(f"{actor.email} is not an administrator.")
    return actor


def _link(console: Console, token: str) -> str:
    return f"{load_settings(console.instance, console.environ).base_url}/invite/{token}"


@user.command("add")
@click.argument("email")
@click.option("--name", required=True, help="Name or role name, for example 'Change manager'.")
@click.option("--admin", is_flag=True, help="Installation administrator.")
@click.option("--system", "slug", help="Give a role in this management system.")
@click.option("--role", type=click.Choice([r.value for r in Role]), help="The role in it.")
@click.option("--process", help="For process owners: the process.")
@AS_OPTION
@pass_console
def add(  # noqa: PLR0917 - click passes one argument per option
    console: Console,
    email: str,
    name: str,
    admin: bool,  # noqa: FBT001
    slug: str | None,
    role: str | None,
    process: str | None,
    acting: str | None,
) -> None:
    """Add a person and print the one-time link with which they set their password."""
    with console.writing() as session:
        actor = _administrator(console, session, acting)
        made, token = invite_person(session, actor, console.clock, email=email, name=name, is_admin=admin)
        if slug and role:
            found = require_system(session, slug)
            grant_role(session, actor, console.clock, system=found, user=made, role=Role(role), process=process)
    click.echo(f"{made.email}\t{_link(console, token)}")


@user.command("list")
@pass_console
def list_users(console: Console) -> None:
    """One line a person: address, name, state."""
    with console.reading() as session:
        for row in users(session):
            state = "disabled" if row.disabled_at else "active" if row.arrived else "invited"
            click.echo(f"{row.email}\t{row.name}\t{state}{', administrator' if row.is_admin else ''}")


@user.command()
@click.argument("email")
@AS_OPTION
@pass_console
def disable(console: Console, email: str, acting: str | None) -> None:
    """Close an account; its sessions end at once."""
    with console.writing() as session:
        actor = _administrator(console, session, acting)
        found = require_user(session, email)
        set_disabled(session, actor, console.clock, user=found, disabled=True)
    click.echo(f"{found.email} is disabled.")


@user.command()
@click.argument("email")
@AS_OPTION
@pass_console
def password(console: Console, email: str, acting: str | None) -> None:
    """Print a one-time link with which the person sets a new password."""
    with console.writing() as session:
        actor = _administrator(console, session, acting)
        found = require_user(session, email)
        token = issue_person_link(session, actor, console.clock, user=found)
    click.echo(f"{found.email}\t{_link(console, token)}")
