"""Tests of `bot/reply`."""
