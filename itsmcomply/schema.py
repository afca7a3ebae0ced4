"""Bring a database to the schema of this release. The schema is made by migrations only; going back is a restore."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from itsmcomply.datafiles import data_dir
from itsmcomply.db import Base, write_connection
from itsmcomply.errors import StartRefused

if TYPE_CHECKING:  # alembic takes 10 MB and is loaded only where there is something to migrate
    from alembic.config import Config

MODEL_MODULES = (
    "activity",
    "accounts",
    "systems",
    "controls",
    "evidence",
    "findings",
    "audits",
    "audits.sampling",
    "performance",
    "readiness",
    "reports",
)


def import_models() -> None:
    """Make every table known to the metadata."""
    for feature in MODEL_MODULES:
        importlib.import_module(f"itsmcomply.{feature}.models")


def _config(**attributes: Any) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(data_dir("migrations")))
    config.attributes.update(attributes)
    return config


def head_revision() -> str:
    """The newest migration of this program: the highest number among their files."""
    numbers = [path.name[:4] for path in (data_dir("migrations") / "versions").glob("[0-9][0-9][0-9][0-9]_*.py")]
    if not numbers:
        raise StartRefused("The program holds no migrations. Install it again.")
    return max(numbers)


def current_revision(engine: Engine) -> str | None:
    """The revision a database stands on; None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate, each migration in a transaction of its own; a failing one leaves the revision before it.

    On SQLite foreign keys are off while tables are rebuilt and checked afterwards, because rebuilding a parent table
    would otherwise delete its children. Raises StartRefused with one line when a migration fails, and for
    a database of a newer release.
    """
    engine = create_engine(url)
    try:
        found, known = current_revision(engine), head_revision()
        if found is not None and found > known:
            raise StartRefused(
                f"The database is at schema {found}, this program knows {known}. Install a newer release."
            )
        if found != (known if revision == "head" else revision):
            _migrate(engine, revision)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        raise StartRefused(f"The database could not be migrated: {reason}. It stands as it was before.") from error
    finally:
        engine.dispose()


def _migrate(engine: Engine, revision: str) -> None:
    from alembic import command

    with write_connection(engine, foreign_keys=False) as connection:
        command.upgrade(_config(connection=connection), revision)


def require_current(engine: Engine) -> None:
    """Refuse to serve a database of another release. Raises StartRefused."""
    found, wanted = current_revision(engine), head_revision()
    if found is None:
        raise StartRefused("The database is empty. Run `itsmcomply init` first.")
    if found != wanted:
        raise StartRefused(f"The database is at schema {found}, this program needs {wanted}. Run `itsmcomply init`.")


def differences(engine: Engine) -> list[Any]:
    """What the models say and the migrated database does not, or the reverse. Empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    import_models()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))
