"""Children that make exports: start, watch and end them. Knows processes, no request and no table."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from threading import Thread

from itsmcomply.settings import FROM_ELSEWHERE, Settings

MODULE = "itsmcomply.reports.child"


def start(export_id: int, settings: Settings, environ: Mapping[str, str] = os.environ) -> int:
    """Start the child of an export in a session of its own, so that it outlives a restart; gives its process id."""
    log = (settings.instance / "exports.log").open("ab")
    with log:
        process = subprocess.Popen(
            [sys.executable, "-m", MODULE, str(export_id)],
            env={**environ, **environment_of(settings)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    # Somebody has to take notice of its end, or it stays in the table of processes as long as the server runs.
    Thread(target=process.wait, name=f"export-{export_id}", daemon=True).start()
    return process.pid


def environment_of(settings: Settings) -> dict[str, str]:
    """The settings as variables, so that the child works on the same installation as the server."""
    known = [field.name for field in fields(Settings) if field.name not in FROM_ELSEWHERE]
    named = {f"ITSMCOMPLY_{name.upper()}": str(getattr(settings, name)).lower() for name in known if name != "base_url"}
    return {
        **named,
        "ITSMCOMPLY_BASE_URL": settings.base_url,
        "ITSMCOMPLY_INSTANCE": str(settings.instance),
        "DATABASE_URL": settings.database_url,
    }


def is_running(pid: int, export_id: int) -> bool:
    """Whether the child still works; another process that was given its number since does not count."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except FileNotFoundError:
        return not Path("/proc/self").exists() and _answers(pid)
    return MODULE.encode() in command and str(export_id).encode() in command


def _answers(pid: int) -> bool:
    """For systems without /proc."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def end(pid: int, export_id: int) -> None:
    """Kill the child if it still works. What it has written so far is removed by whoever looks next."""
    if is_running(pid, export_id):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return
