"""A local Telegram and a local model, so that the whole bot can run without a token or a network.

A person chats there on a page in the browser or in the terminal; tests do in code.

Nothing here imports another room of the bot: what stands here plays the outside world, and is
written from what is known of that world, not from what the bot expects of it.
"""
