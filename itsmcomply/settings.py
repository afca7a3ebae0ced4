"""The settings of an installation, read once from its folder and the environment. Refuses what it cannot trust."""

from __future__ import annotations

import os
import secrets
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from itsmcomply.errors import StartRefused

SECRET_LENGTH = 48
_PLACEHOLDERS = ("change", "secret", "example", "placeholder", "default", "password")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _setting(text: str, default: Any) -> Any:
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True, slots=True)
class Settings:
    """One field per setting; `docs/settings.md` lists them from here. The environment wins over settings.toml."""

    instance: Path
    secret_key: str = field(repr=False)
    database_url: str
    base_url: str = _setting(
        "Address people use, with scheme; links in invitations start with it.", "http://127.0.0.1:8000"
    )
    host: str = _setting("Address the server listens on.", "127.0.0.1")
    port: int = _setting("Port the server listens on.", 8000)
    threads: int = _setting("Threads that answer requests.", 8)
    upload_limit_mib: int = _setting("Largest file accepted, in MiB.", 200)
    free_space_floor_mib: int = _setting("Uploads are refused when less than this is free on the disk, in MiB.", 512)
    session_idle_minutes: int = _setting("Minutes without a request after which a session ends.", 60)
    session_hours: int = _setting("Hours after which a session ends in any case.", 10)
    trusted_proxies: int = _setting("Number of proxies in front whose X-Forwarded-* headers are believed.", 0)
    insecure: bool = _setting("Serve plain http on other addresses than loopback.", False)  # noqa: FBT003

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def is_loopback(self) -> bool:
        return urlsplit(self.base_url).hostname in _LOOPBACK and self.host in _LOOPBACK

    @property
    def store_dir(self) -> Path:
        return self.instance / "store"

    @property
    def exports_dir(self) -> Path:
        return self.instance / "exports"

    @property
    def upload_limit_bytes(self) -> int:
        return self.upload_limit_mib * 1024 * 1024


FROM_ELSEWHERE = ("instance", "secret_key", "database_url")
"""Fields that are not read from settings.toml."""


def instance_dir(given: str | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """The instance folder: argument, then ITSMCOMPLY_INSTANCE, then ./instance."""
    return Path(given or environ.get("ITSMCOMPLY_INSTANCE") or "instance").resolve()


def load_settings(instance: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings of an initialised instance. Raises StartRefused with one line for anything doubtful."""
    values = {**_from_file(instance / "settings.toml"), **_from_environment(environ)}
    settings = Settings(
        instance=instance,
        secret_key=_read_secret(instance / "secret" / "secret_key"),
        database_url=database_url(instance, environ),
        **{name: _typed(name, value) for name, value in values.items()},
    )
    _refuse_unsafe(settings)
    return settings


def database_url(instance: Path, environ: Mapping[str, str] = os.environ) -> str:
    """DATABASE_URL with the driver named, else the SQLite file of the instance."""
    url = environ.get("DATABASE_URL", "")
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url or f"sqlite:///{instance / 'itsmcomply.sqlite3'}"


def owner_url(instance: Path, environ: Mapping[str, str] = os.environ) -> str:
    """MIGRATION_DATABASE_URL, the owner of the tables, where there is one; else the user that serves."""
    owner = environ.get("MIGRATION_DATABASE_URL", "")
    return database_url(instance, {"DATABASE_URL": owner} if owner else environ)


def create_secret(instance: Path) -> None:
    """Make the instance folder and its secret, readable by its owner only. An existing secret is kept."""
    try:
        (instance / "secret").mkdir(parents=True, exist_ok=True)
        (instance / "secret").chmod(0o700)
        handle = os.open(instance / "secret" / "secret_key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    except OSError as error:
        raise StartRefused(f"The folder {instance} cannot be written: {error.strerror}.") from error
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(SECRET_LENGTH))


def _read_secret(path: Path) -> str:
    try:
        mode, secret = path.stat().st_mode, path.read_text().strip()
    except OSError as error:
        raise StartRefused(f"{path} cannot be read. Run `itsmcomply init` to prepare the instance folder.") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise StartRefused(f"{path} can be read by others. Run `chmod 600 {path}`.")
    if len(secret) < 32 or any(word in secret.lower() for word in _PLACEHOLDERS):
        raise StartRefused(f"{path} holds a short or placeholder secret. Remove it and run `itsmcomply init`.")
    return secret


def _known() -> dict[str, type]:
    known = [f for f in fields(Settings) if f.name not in FROM_ELSEWHERE and f.default is not MISSING]
    return {f.name: type(f.default) for f in known}


def _from_file(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    try:
        values = tomllib.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise StartRefused(f"{path} cannot be read: {error}") from error
    unknown = sorted(set(values) - set(_known()))
    if unknown:
        raise StartRefused(f"{path} has unknown settings: {', '.join(unknown)}. Known are: {', '.join(_known())}.")
    return values


def _from_environment(environ: Mapping[str, str]) -> dict[str, object]:
    names = {f"ITSMCOMPLY_{name.upper()}": name for name in _known()}
    return {names[key]: value for key, value in environ.items() if key in names}


def _typed(name: str, value: object) -> Any:
    wanted = _known()[name]
    if isinstance(value, str) and wanted is bool and value.lower() in ("1", "true", "yes", "0", "false", "no"):
        return value.lower() in ("1", "true", "yes")
    if isinstance(value, str) and wanted is int and value.isascii() and value.isdigit():
        return int(value)
    if type(value) is wanted and (wanted is not int or int(str(value)) >= 0):
        return value
    raise StartRefused(f"The setting {name} needs a {wanted.__name__}, not {value!r}.")


def _refuse_unsafe(settings: Settings) -> None:
    if not settings.base_url.startswith(("http://", "https://")):
        raise StartRefused(f"The setting base_url needs http:// or https://, not {settings.base_url!r}.")
    if not settings.is_https and not settings.is_loopback and not settings.insecure:
        raise StartRefused(
            "Plain http is served on loopback only. Put https in front and set base_url, or say --insecure."
        )
