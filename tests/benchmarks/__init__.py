"""Figures of how quick the bot is; measured over HTTP against the sandbox, and no tests."""
