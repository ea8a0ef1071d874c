"""The growing reply: a draft grows, pages are wanted, step by step the chat comes closer."""
