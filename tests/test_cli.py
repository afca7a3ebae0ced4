from __future__ import annotations

import hashlib
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from itsmcomply.cli import main


class Runner:
    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, list(arguments))

    def administrator(self) -> str:
        self("init")
        self("user", "add", "admin@example.org", "--name", "Administrator", "--admin")
        return "admin@example.org"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Runner:
    monkeypatch.setenv("ITSMCOMPLY_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("DATABASE_URL", database_url)
    return Runner()


def test_init_prints_a_set_up_link_while_nobody_can_sign_in(run: Runner) -> None:
    answer = run("init")

    assert answer.exit_code == 0
    assert re.search(r"http://127\.0\.0\.1:8000/setup/\S{40}", answer.stdout)


def test_init_keeps_the_mark_of_an_installation(run: Runner) -> None:
    run("init", "--demonstration")

    answer = run("init", "--trial")

    assert answer.exit_code == 2
    assert "marked demonstration" in answer.stderr


def test_the_first_person_needs_nobody_to_act_and_the_second_does(run: Runner) -> None:
    run.administrator()

    answer = run("user", "add", "b@example.org", "--name", "B")

    assert answer.exit_code == 1
    assert "--as" in answer.stderr


def test_systems_are_listed_by_slug(run: Runner) -> None:
    admin = run.administrator()
    run("system", "add", "managed-services", "--name", "Managed services", "--as", admin)

    assert run("system", "list").stdout == "managed-services\tManaged services\n"


def test_a_bad_slug_is_refused_with_what_to_do(run: Runner) -> None:
    admin = run.administrator()

    answer = run("system", "add", "Managed Services!", "--name", "x", "--as", admin)

    assert answer.exit_code == 1
    assert "slug: Use small letters" in answer.stderr


def test_only_administrators_add_people(run: Runner) -> None:
    admin = run.administrator()
    run("user", "add", "plain@example.org", "--name", "Plain", "--as", admin)

    answer = run("user", "add", "c@example.org", "--name", "C", "--as", "plain@example.org")

    assert answer.exit_code == 1
    assert "not an administrator" in answer.stderr


def test_a_disabled_person_no_longer_acts(run: Runner) -> None:
    admin = run.administrator()
    run("user", "add", "second@example.org", "--name", "Second", "--admin", "--as", admin)
    run("user", "disable", "second@example.org", "--as", admin)

    answer = run("system", "add", "x", "--name", "x", "--as", "second@example.org")

    assert answer.exit_code == 1
    assert "second@example.org\tSecond\tdisabled, administrator" in run("user", "list").stdout


def test_an_unwritable_folder_is_refused_in_one_line() -> None:
    answer = CliRunner().invoke(main, ["--instance", "/proc/none", "init"])

    assert answer.exit_code == 2
    assert answer.stderr.count("\n") == 1
    assert "cannot be written" in answer.stderr


def test_a_port_in_use_is_refused_in_one_line(run: Runner) -> None:
    run("init")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        answer = run("serve", "--insecure", "--port", str(port))

    assert answer.exit_code == 2
    assert f"127.0.0.1:{port} cannot be used" in answer.stderr


def test_debug_mode_is_not_served_on_a_public_address(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")

    answer = run("serve", "--insecure", "--host", "192.0.2.1", "--port", "1024")

    assert answer.exit_code == 2
    assert "Debug mode" in answer.stderr


@pytest.mark.parametrize("command", [[], ["init"], ["serve"], ["user"], ["user", "add"], ["system"], ["catalog"]])
def test_every_command_explains_itself(command: list[str]) -> None:
    answer = CliRunner().invoke(main, [*command, "--help"])

    assert answer.exit_code == 0
    assert "Usage:" in answer.stdout


def _owner(run: Runner) -> str:
    admin = run.administrator()
    run("system", "add", "ms", "--name", "Managed services", "--as", admin)
    role = ("--system", "ms", "--role", "process_owner", "--process", "incident")
    run("user", "add", "owner@example.org", "--name", "Service desk lead", *role, "--as", admin)
    return "owner@example.org"


def test_files_are_filed_from_the_shell_under_what_their_name_says(run: Runner, tmp_path: Path) -> None:
    owner, path = _owner(run), tmp_path / "Major incident procedure.txt"
    path.write_text("Who declares a major incident.")

    answer = run("evidence", "add", str(path), "--system", "ms", "--as", owner)

    assert answer.exit_code == 0, answer.stderr
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert answer.stdout == f"EV-0001\tMajor incident procedure.txt\t{digest}\n"


def test_an_unknown_artefact_is_refused_before_anything_is_stored(run: Runner, tmp_path: Path) -> None:
    owner, path = _owner(run), tmp_path / "a.txt"
    path.write_text("x")

    answer = run("evidence", "add", str(path), "--system", "ms", "--as", owner, "--artefact", "nonsense")

    assert answer.exit_code == 1
    assert "no artefact nonsense" in answer.stderr


def test_roles_hold_in_the_shell_too(run: Runner, tmp_path: Path) -> None:
    _owner(run)
    path = tmp_path / "a.txt"
    path.write_text("x")

    answer = run("evidence", "add", str(path), "--system", "ms", "--as", "admin@example.org", "--artefact", "scope")

    assert answer.exit_code == 1
    assert "does not allow" in answer.stderr


def test_a_server_loads_nothing_that_only_commands_and_exports_need() -> None:
    heavy = ["alembic", "docx", "lxml", "openpyxl", "pypdf", "zxcvbn", "itsmcomply.scenario", "itsmcomply.demo"]
    code = (
        "import sys, itsmcomply.cli; from itsmcomply.app import FEATURES, import_module\n"
        "for feature in FEATURES: import_module(f'itsmcomply.{feature}.routes')\n"
        "print(*(name for name in sys.argv[1:] if name in sys.modules))"
    )

    found = subprocess.run([sys.executable, "-c", code, *heavy], check=True, capture_output=True, text=True)

    assert found.stdout.split() == []
