"""Unfinished answers, and updates that are not dealt with."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables of what a process that dies leaves to the next one."""
    op.create_table(
        "unfinished",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("exchange", sa.BigInteger()),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("question_id", sa.BigInteger()),
        sa.Column("messages", sa.JSON(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("reasoning", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
    )
    op.create_index("unfinished_place", "unfinished", ["chat_id", "topic"])
    op.create_index("unfinished_person", "unfinished", ["person"])
    op.create_table(
        "updates",
        sa.Column("update_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text()),
    )
    op.create_index("updates_received", "updates", ["received_at"])
