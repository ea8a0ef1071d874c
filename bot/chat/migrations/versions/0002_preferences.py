"""Preferences."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table of what is chosen in a place."""
    op.create_table(
        "preferences",
        sa.Column("chat_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("topic", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("model", sa.Text()),
        sa.Column("prompt", sa.Text()),
    )
