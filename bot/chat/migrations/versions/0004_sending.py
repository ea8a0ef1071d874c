"""The message that a process was sending when it died."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add two columns to the unfinished answers."""
    op.add_column("unfinished", sa.Column("sent_after", sa.BigInteger()))
    op.add_column("unfinished", sa.Column("sent_mark", sa.Text()))
