"""Run migrations. Called by `itsmcomply.schema` with an open connection; never from the alembic command line."""

from alembic import context

import itsmcomply.schema
from itsmcomply.db import Base

itsmcomply.schema.import_models()
connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    transactional_ddl=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
