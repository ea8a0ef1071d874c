"""A Telegram chatbot on g4f: one reply, growing by edits, ending as the complete text."""

__version__ = "0.1.0"
