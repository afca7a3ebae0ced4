"""The wheel carries everything: built by way of the sdist, installed into a clean environment, served elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    return next(out.glob("*.whl"))


@pytest.mark.parametrize(
    "member",
    [
        "itsmcomply/_data/templates/base.html",
        "itsmcomply/_data/migrations/env.py",
        "itsmcomply/_data/clause_catalog/manifest.yaml",
        "itsmcomply/static/app.css",
        "itsmcomply/static/js/app.js",
    ],
)
def test_the_wheel_carries(wheel: Path, member: str) -> None:
    assert member in zipfile.ZipFile(wheel).namelist()


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a clean environment with the wheel; libraries come from the environment of this run."""
    home = tmp_path_factory.mktemp("clean")
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    subprocess.run(
        [str(python), "-m", "pip", "install", "-q", "--no-deps", str(wheel)], check=True, capture_output=True
    )
    libraries = next(p for p in sys.path if p.endswith("site-packages"))
    site = next((home / "lib").glob("python*")) / "site-packages"
    (site / "libraries.pth").write_text(libraries)
    return home / "bin" / "itsmcomply"


@pytest.fixture
def address(program: Path, tmp_path: Path) -> Iterator[str]:
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("ITSMCOMPLY_", "DATABASE_", "PYTHON"))}
    serve = [str(program), "--instance", str(tmp_path / "instance"), "serve", "--port", "18321"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=environ) as process:
        assert process.stdout is not None
        link = re.search(r"http\S+/setup/\S+", process.stdout.readline())
        assert link is not None
        yield link.group()
        process.terminate()


def test_an_empty_installation_is_served_from_the_wheel_within_seconds(address: str) -> None:
    for _ in range(50):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own address
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server did not answer")
