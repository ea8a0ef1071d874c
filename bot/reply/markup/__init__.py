"""Markdown as models write it, as Telegram shows it: text and entities, no markup left to parse.

`dialect` says what is Markdown (markdown-it-py parses), `inline` and `blocks` turn its tokens into
styled text, `flow` does so for a text that grows, without parsing again what is settled.
"""
