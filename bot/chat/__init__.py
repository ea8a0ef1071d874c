"""Conversations: what was said in a place, and what of it is sent along with a question."""
