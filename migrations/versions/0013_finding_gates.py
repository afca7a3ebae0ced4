"""The gates of findings in the database too: nothing is closed or verified past them, whatever path a row takes.

Triggers on both databases look at new rows only, so findings closed before stay as they are. A later migration that
rebuilds one of these tables on SQLite has to make them again.
"""

from alembic import op


revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ACTION_OPEN = (
    "EXISTS (SELECT 1 FROM corrective_action a WHERE a.finding_id = NEW.finding_id "
    "AND a.ended_at IS NULL AND a.completed_at IS NULL)"
)
_OF_ROUND = " ".join(
    f"JOIN {table} ON {table}.finding_id = f.id AND {table}.round = f.round {also}"
    for table, also in (
        ("finding_extent", ""),
        ("finding_cause", ""),
        ("finding_plan", "AND finding_plan.accepted AND finding_plan.ended_at IS NULL"),
        ("finding_verification", "AND finding_verification.effective"),
    )
)
_PROVEN = (
    f"EXISTS (SELECT 1 FROM finding f JOIN finding_correction k ON k.finding_id = f.id {_OF_ROUND} "
    f"WHERE f.id = NEW.finding_id) AND NOT {_ACTION_OPEN}"
)
_ANSWERED = (
    "EXISTS (SELECT 1 FROM finding f JOIN finding_answer w ON w.finding_id = f.id AND w.round = f.round "
    "WHERE f.id = NEW.finding_id)"
)
_NONCONFORMITY = "EXISTS (SELECT 1 FROM finding f WHERE f.id = NEW.finding_id AND f.prefix = 'NC')"


def _involved(column: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM finding f WHERE f.id = NEW.finding_id AND f.owner_id = NEW.{column}) "
        f"OR EXISTS (SELECT 1 FROM corrective_action a WHERE a.finding_id = NEW.finding_id "
        f"AND NEW.{column} IN (a.owner_id, a.completed_by))"
    )


RULES = (
    (
        "finding_closing",
        "INSERT",
        f"{_NONCONFORMITY} AND NOT ({_PROVEN})",
        "a nonconformity is closed once it is proven",
    ),
    (
        "finding_closing",
        "INSERT",
        f"NOT {_NONCONFORMITY} AND NOT {_ANSWERED}",
        "a finding is answered before it closes",
    ),
    ("finding_closing", "INSERT", _involved("closed_by"), "a finding is closed by somebody who did not act on it"),
    ("finding_closing", "UPDATE", "OLD.reopened_at IS NOT NULL", "a reopening is not taken back"),
    ("finding_verification", "INSERT", _involved("verified_by"), "an effect is verified by somebody who did not act"),
    ("finding_verification", "INSERT", _ACTION_OPEN, "an effect is verified once all actions are done"),
    ("finding_verification", "UPDATE", "1 = 1", "a verification does not change"),
    ("finding_verification", "DELETE", "1 = 1", "a verification does not change"),
)
"""(table, verb, when it is refused, message)."""


def upgrade() -> None:
    make = _on_sqlite if op.get_bind().dialect.name == "sqlite" else _on_postgresql
    for number, (table, verb, refused, message) in enumerate(RULES, start=1):
        make(f"{table}_gate_{number}", table, verb, refused, message)


def _on_sqlite(name: str, table: str, verb: str, refused: str, message: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {refused} BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _on_postgresql(name: str, table: str, verb: str, refused: str, message: str) -> None:
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {refused} THEN RAISE EXCEPTION '{message}'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
