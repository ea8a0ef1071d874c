"""Markdown in, styled text out."""
