"""How a lane rests between two looks at its connections. Only least times are judged."""

import socket
import time
from collections.abc import Iterator

import pytest

from bot.llm.rest import Rest


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    one, other = socket.socketpair()
    with one, other:
        yield one, other


def looking(rest: Rest, end: socket.socket) -> Rest:
    rest.register(end, 1)
    return rest


def test_a_further_look_comes_after_a_rest(ends: tuple[socket.socket, socket.socket]) -> None:
    one, other = ends
    with looking(Rest(lambda: 0.05), one) as rest:
        other.send(b"a")
        began = time.monotonic()
        for _ in range(3):
            assert [key.fileobj for key, _ in rest.select()] == [one]
        assert time.monotonic() - began >= 0.1


def test_nobody_who_has_other_things_to_do_rests(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    one, other = ends
    with looking(Rest(lambda: 3600), one) as rest:
        rest.select(0)
        other.send(b"a")
        assert [key.fileobj for key, _ in rest.select(0)] == [one]
        assert [key.fileobj for key, _ in rest.select(0.01)] == [one]
