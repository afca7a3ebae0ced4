"""The command line: thin commands over the same operations as the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click
from flask import Flask

from itsmcomply.console import Commands, Console, make_console, pass_console, progress_bar
from itsmcomply.installation import prepare, ready_to_serve, setup_link
from itsmcomply.serving import open_socket, serve
from itsmcomply.settings import Settings
from itsmcomply.systems.models import InstallationMode

Command = TypeVar("Command", bound=Callable[..., object])
COMMANDS = {
    "backup": "itsmcomply.backup.commands",
    "catalog": "itsmcomply.clauses.commands",
    "evidence": "itsmcomply.evidence.commands",
    "export": "itsmcomply.reports.commands",
    "readiness": "itsmcomply.readiness.commands",
    "restore": "itsmcomply.backup.commands",
    "scenario": "itsmcomply.scenario.commands",
    "system": "itsmcomply.systems.commands",
    "tickets": "itsmcomply.audits.tickets.commands",
    "user": "itsmcomply.accounts.commands",
    "verify": "itsmcomply.verifying",
}
"""Commands of the features by the module that holds one of that name."""


@click.group(cls=Commands, elsewhere=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--instance", metavar="DIR", help="Folder of the installation; else ITSMCOMPLY_INSTANCE, else ./instance."
)
@click.version_option(package_name="itsmcomply")
@click.pass_context
def main(ctx: click.Context, instance: str | None) -> None:
    """Prepare for, get and keep an ISO/IEC 20000-1 certificate."""
    ctx.obj = make_console(instance)
    ctx.call_on_close(ctx.obj.close)


@main.command()
@click.option("--demonstration", "mode", flag_value="demonstration", help="Mark it as a demonstration, for good.")
@click.option("--trial", "mode", flag_value="trial", help="Mark it as a trial, for good.")
@pass_console
def init(console: Console, mode: str | None) -> None:
    """Make the instance folder, its secret and its database, or bring them up to date."""
    app = console.keep(prepare(console.instance, InstallationMode(mode) if mode else None, console.environ))
    click.echo(f"{console.instance} is ready.")
    _print_setup_link(app)


def _print_setup_link(app: Flask) -> None:
    link = setup_link(app)
    if link:
        click.echo(f"Make the first administrator within one hour: {link}")


def address_options(command: Command) -> Command:
    """Options of the commands that serve: --host, --port, --insecure."""
    for option in (
        click.option("--host", metavar="ADDRESS", help="Address to listen on."),
        click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on."),
        click.option("--insecure", is_flag=True, help="Allow plain http on other addresses than loopback."),
    ):
        command = option(command)
    return command


def apply_address(console: Console, host: str | None, port: int | None, *, insecure: bool) -> None:
    """Command line beats environment; the printed address follows the port unless base_url is set."""
    environ = console.environ
    if host:
        environ["ITSMCOMPLY_HOST"] = host
    if port:
        environ["ITSMCOMPLY_PORT"] = str(port)
        environ.setdefault("ITSMCOMPLY_BASE_URL", f"http://{host or '127.0.0.1'}:{port}")
    if insecure:
        environ["ITSMCOMPLY_INSECURE"] = "true"


@main.command("serve")
@address_options
@pass_console
def serve_command(console: Console, host: str | None, port: int | None, insecure: bool) -> None:  # noqa: FBT001
    """Serve the installation; makes it first when the folder is empty."""
    apply_address(console, host, port, insecure=insecure)
    run(console.keep(prepare(console.instance, None, console.environ)))


@main.command()
@click.option("--load-only", is_flag=True, help="Fill the demonstration without serving it.")
@address_options
@pass_console
def demo(console: Console, load_only: bool, host: str | None, port: int | None, insecure: bool) -> None:  # noqa: FBT001
    """Make a demonstration organisation, print one sign-in per role, and serve it."""
    from itsmcomply.demo.loading import make_demonstration

    apply_address(console, host, port, insecure=insecure)
    with progress_bar("Loading the demonstration") as progress:
        signs_in = make_demonstration(console.instance, console.environ, console.clock, progress)
    app = console.keep(prepare(console.instance, InstallationMode.DEMONSTRATION, console.environ))
    click.echo("\nSign in as (passwords are new at every start):")
    for sign_in in signs_in:
        click.echo(f"  {sign_in.role:18} {sign_in.email:46} {sign_in.password}")
    click.echo("")
    if not load_only:
        run(app)


def run(app: Flask) -> None:
    """Check, bind, say where, and serve until stopped."""
    ready_to_serve(app)
    settings: Settings = app.extensions["itsmcomply.settings"]
    listening = open_socket(settings)
    _print_setup_link(app)
    click.echo(f"Serving on {settings.base_url} (stop with Ctrl+C)")
    serve(app, listening)
