"""What all commands share: the instance, the application, who acts, and one line for each refusal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy.orm import Session

from itsmcomply.accounts.operations import as_actor
from itsmcomply.accounts.queries import require_user
from itsmcomply.activity.operations import Origin, origin
from itsmcomply.clock import Clock, SystemClock
from itsmcomply.db import db, end_read, transaction
from itsmcomply.errors import DomainError, NotFound, NotPermitted, StartRefused
from itsmcomply.permissions import Actor
from itsmcomply.settings import instance_dir, load_settings
from itsmcomply.systems.models import ManagementSystem
from itsmcomply.systems.queries import grants_of, system_by_slug


@dataclass
class Console:
    """The state of one command line call."""

    instance: Path
    environ: dict[str, str] = field(default_factory=lambda: dict(os.environ))
    clock: Clock = field(default_factory=SystemClock)
    _apps: list[Flask] = field(default_factory=list)

    def app(self) -> Flask:
        """The application of an instance that exists. Raises StartRefused."""
        from itsmcomply.app import create_app  # every page and form, which most of this time goes into

        return self.keep(create_app(load_settings(self.instance, self.environ), self.clock))

    def worker(self) -> Flask:
        """The same without pages, which starts in half the time. Raises StartRefused."""
        from itsmcomply.worker import create_worker

        return self.keep(create_worker(load_settings(self.instance, self.environ)))

    def keep(self, app: Flask) -> Flask:
        """Note an application whose database connections end with this command."""
        self._apps.append(app)
        return app

    def close(self) -> None:
        """Close the database connections of every application this command made."""
        for app in self._apps:
            with app.app_context():
                db.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read session."""
        with self.app().app_context():
            yield db.session()
            end_read()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One write transaction."""
        with self.app().app_context(), transaction() as session:
            yield session

    def actor(self, session: Session, email: str | None) -> Actor:
        """The person a command acts for, with their roles. Raises NotPermitted without one."""
        if not email:
            raise NotPermitted("Say who acts with --as and an e-mail address.")
        user = require_user(session, email)
        if user.disabled_at is not None:
            raise NotPermitted(f"{user.email} is disabled.")
        me = as_actor(user)
        grants = grants_of(session, user.id, self.clock.now()).grants
        return Actor(me.user_id, me.name, me.email, me.is_admin, grants)


pass_console = click.make_pass_decorator(Console)


def require_system(session: Session, slug: str) -> ManagementSystem:
    """The management system with this short name. Raises NotFound."""
    system = system_by_slug(session, slug)
    if system is None:
        raise NotFound("management system", slug)
    return system


class DayType(click.ParamType[date]):
    """A day as YYYY-MM-DD."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a day; write it as 2027-01-12", param, ctx)


DAY = DayType()


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr that is fed with how much is done, and of how much."""
    bar: Any
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def advance(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield advance


class Commands(click.Group):
    """A group whose refusals are one line on stderr: exit code 2 when the installation cannot start, else 1.

    `elsewhere` names modules with commands of their own, loaded only when asked for: a server needs none of them.
    """

    def __init__(self, *args: Any, elsewhere: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.elsewhere = elsewhere or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *self.elsewhere])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = self.elsewhere.get(cmd_name)
        if module is None:
            return super().get_command(ctx, cmd_name)
        found: click.Command = getattr(import_module(module), cmd_name)
        return found

    def invoke(self, ctx: click.Context) -> Any:
        origin.set(Origin(address="command line", request_id=ctx.info_name or ""))
        try:
            return super().invoke(ctx)
        except StartRefused as refused:
            click.echo(f"itsmcomply: {refused}", err=True)
            sys.exit(2)
        except DomainError as error:
            click.echo(f"itsmcomply: {error}", err=True)
            sys.exit(1)


def make_console(instance: str | None) -> Console:
    return Console(instance_dir(instance))
