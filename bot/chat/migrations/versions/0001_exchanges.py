"""Exchanges."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table of exchanges and its indexes."""
    op.create_table(
        "exchanges",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("question_id", sa.BigInteger()),
        sa.Column("messages", sa.JSON(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sqlite_autoincrement=True,
    )
    answered = sa.text("answer <> ''")
    op.create_index(
        "exchanges_answered",
        "exchanges",
        ["chat_id", "topic", "id", "size"],
        sqlite_where=answered,
        postgresql_where=answered,
    )
    op.create_index("exchanges_asked", "exchanges", ["chat_id", "topic", "person", "id"])
    op.create_index("exchanges_person", "exchanges", ["person"])
