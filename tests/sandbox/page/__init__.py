"""Tests of the page to chat in."""
