"""Asks g4f; the only room that imports it."""
