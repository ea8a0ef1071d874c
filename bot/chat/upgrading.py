"""Alembic at work; imported only where a schema is not current, as it takes 10 MiB and 0.15 s."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def upgrade(connection: Connection) -> bool:
    """Bring the schema to the latest revision; false: it has one that this code does not know."""
    config = Config()
    config.set_main_option("script_location", "bot.chat:migrations")
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if not known.issuperset(MigrationContext.configure(connection).get_current_heads()):
        return False
    command.upgrade(config, "head")
    return True
