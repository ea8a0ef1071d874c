"""Telegram updates in: who is addressed, what is asked, in which order it is answered."""
