from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from itsmcomply.errors import StartRefused
from itsmcomply.settings import FROM_ELSEWHERE, Settings, create_secret, instance_dir, load_settings


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    create_secret(tmp_path)
    return tmp_path


def test_the_secret_is_made_once_and_readable_by_its_owner_only(instance: Path) -> None:
    path = instance / "secret" / "secret_key"
    first = path.read_text()

    create_secret(instance)

    assert path.read_text() == first
    assert path.stat().st_mode & 0o777 == 0o600


def test_environment_wins_over_the_file(instance: Path) -> None:
    (instance / "settings.toml").write_text("upload_limit_mib = 10\nthreads = 3\n")

    found = load_settings(instance, {"ITSMCOMPLY_UPLOAD_LIMIT_MIB": "500"})

    assert (found.upload_limit_mib, found.threads) == (500, 3)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("uplaod_limit_mib = 1", "uplaod_limit_mib"),
        ("threads = 'many'", "threads"),
        ("threads = -1", "threads"),
        ("= 3", "settings.toml"),
    ],
)
def test_unknown_and_bad_values_are_refused_by_name(instance: Path, text: str, named: str) -> None:
    (instance / "settings.toml").write_text(text)

    with pytest.raises(StartRefused, match=named):
        load_settings(instance, {})


@pytest.mark.parametrize("secret", ["short", "change-me-change-me-change-me-change-me-change", "x" * 31])
def test_short_and_placeholder_secrets_are_refused(instance: Path, secret: str) -> None:
    (instance / "secret" / "secret_key").write_text(secret)

    with pytest.raises(StartRefused, match="placeholder"):
        load_settings(instance, {})


def test_a_secret_that_others_can_read_is_refused(instance: Path) -> None:
    (instance / "secret" / "secret_key").chmod(0o644)

    with pytest.raises(StartRefused, match="chmod 600"):
        load_settings(instance, {})


def test_plain_http_beyond_loopback_needs_to_be_asked_for(instance: Path) -> None:
    public = {"ITSMCOMPLY_HOST": "192.0.2.1", "ITSMCOMPLY_BASE_URL": "http://itsm.example.org"}

    with pytest.raises(StartRefused, match="loopback"):
        load_settings(instance, public)

    assert load_settings(instance, {**public, "ITSMCOMPLY_INSECURE": "true"}).insecure


def test_postgresql_addresses_name_their_driver(instance: Path) -> None:
    for given in ("postgres://u@h/d", "postgresql://u@h/d"):
        assert load_settings(instance, {"DATABASE_URL": given}).database_url == "postgresql+psycopg://u@h/d"


def test_the_instance_folder_comes_from_argument_then_environment(tmp_path: Path) -> None:
    environ = {"ITSMCOMPLY_INSTANCE": str(tmp_path / "b")}

    assert instance_dir(str(tmp_path / "a"), environ) == tmp_path / "a"
    assert instance_dir(None, environ) == tmp_path / "b"
    assert instance_dir(None, {}) == Path("instance").resolve()


def test_every_setting_is_documented_with_its_own_words() -> None:
    page = (Path(__file__).parent.parent / "docs" / "settings.md").read_text()

    for setting in fields(Settings):
        if setting.name not in FROM_ELSEWHERE:
            default = str(setting.default).lower() if isinstance(setting.default, bool) else setting.default
            assert f"| `{setting.name}` | `{default}` | {setting.metadata['help']} |" in page
