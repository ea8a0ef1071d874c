"""Tests of `bot/sandbox/telegram`."""
