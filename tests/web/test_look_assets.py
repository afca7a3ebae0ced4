"""What is shipped to browsers: vendored files are what the lock says, and templates only use what is there."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "itsmcomply/static"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
VENDOR = runpy.run_path(str(ROOT / "tools/vendor.py"))
# Classes that only exist for scripts.
UNSTYLED = {"js", "nojs", "on-entry"}


def test_vendored_files_are_what_the_lock_says() -> None:
    assert VENDOR["problems"](VENDOR["read_lock"]()) == []


def test_a_changed_file_is_noticed() -> None:
    lock = VENDOR["read_lock"]()
    lock["packages"][0]["files"][0]["sha256"] = "0" * 64
    lock["packages"][1]["files"][0]["target"] = "nowhere.js"

    assert [text.rsplit(": ")[1] for text in VENDOR["problems"](lock)] == [
        "content differs from vendor.lock.json",
        "missing",
    ]


def test_every_vendored_package_ships_its_licence() -> None:
    for package in VENDOR["read_lock"]()["packages"]:
        assert any(file["target"].endswith("LICENSE") for file in package["files"]), package["name"]


@pytest.mark.parametrize("suffix", ["*.css", "*.js"])
def test_nothing_points_to_a_source_map(suffix: str) -> None:
    for path in STATIC.rglob(suffix):
        assert "sourceMappingURL" not in path.read_text(encoding="utf-8"), path.name


def test_every_file_the_sheet_names_exists() -> None:
    sheet = (STATIC / "app.css").read_text(encoding="utf-8")

    named = re.findall(r"url\(([^)]+)\)", sheet)
    assert named
    assert [name for name in named if not (STATIC / name).is_file()] == []


def test_every_icon_a_template_names_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    calls = {(p.name, icon) for p in TEMPLATES for icon in re.findall(r'icon\("([a-z0-9-]+)"', p.read_text())}

    assert {call for call in calls if call[1] not in sprite} == set()


def test_every_icon_a_python_module_names_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    from itsmcomply.web.shell import NAV

    assert {item.icon for group in NAV for item in group.items} <= sprite


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_obey_the_content_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert not re.search(r"\sstyle\s*=", text), "inline style"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "inline handler"
    assert not re.search(r"<script(?![^>]*\ssrc=)", text), "inline script"
    assert not re.search(r"https?://", text.replace("http://www.w3.org/", "")), "address of another host"


def test_every_class_in_a_template_has_a_rule() -> None:
    sheets = [*STATIC.glob("*.css"), *STATIC.glob("vendor/tabler-*/*.css")]
    known = UNSTYLED | {n for sheet in sheets for n in re.findall(r"\.([a-zA-Z][\w-]*)", sheet.read_text("utf-8"))}

    unknown = set()
    for path in TEMPLATES:
        for value in re.findall(r'class="([^"]*)"', path.read_text("utf-8")):
            plain = re.sub(r"[\w-]*\{[{%].*?[%}]\}[\w-]*", " ", value)
            unknown |= {f"{path.name}: {name}" for name in plain.split() if name not in known}

    assert unknown == set()


def test_scripts_do_without_eval() -> None:
    for path in (STATIC / "js").glob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\beval\(|new Function|innerHTML|document\.write", text), path.name


def test_pruning_keeps_order_and_drops_what_no_page_can_use() -> None:
    prune = runpy.run_path(str(ROOT / "tools/prune_css.py"))["prune"]
    css = "/*! Banner */a{x:1}.keep,.drop{y:2}.drop .keep{z:3}@media print{.drop{w:4}}@media print{.keep-2{w:5}}"

    kept = prune(css, [r"keep(-\d)?"])

    assert kept.startswith("/*! Banner */")
    assert kept.splitlines()[-1] == "a{x:1}.keep{y:2}@media print{.keep-2{w:5}}"
