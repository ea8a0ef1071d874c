"""The queue from which the bot fetches what has happened, by long polling."""

import asyncio
from collections.abc import Sequence

from bot.sandbox.telegram.refusal import Refusal
from bot.sandbox.telegram.values import Json

_NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
CONFLICT = 409
"""The error code of a poll that another one has ended."""

_FIRST_ID = 100_000_001
_MOST_AT_ONCE = 100
_LONGEST_POLL = 50


class Updates:
    """Updates wait here until the bot confirms them by an offset beyond them.

    Only one poll waits at a time: a second one ends the first with 409. Which kinds are kept is
    decided when an update comes, by the latest `allowed_updates`; they are remembered.
    """

    def __init__(self) -> None:
        self._waiting: list[Json] = []
        self._next_id = _FIRST_ID
        self._allowed: frozenset[str] = frozenset()
        self._poll: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        """Return how many are not confirmed yet."""
        return len(self._waiting)

    def add(self, kind: str, payload: Json) -> None:
        """Queue an update, if the bot wants its kind."""
        if kind not in self._allowed if self._allowed else kind in _NOT_BY_DEFAULT:
            return
        self._waiting.append({"update_id": self._next_id, kind: payload})
        self._next_id += 1
        self.release()

    def release(self) -> None:
        """Let a waiting poll return with what there is."""
        if self._poll and not self._poll.done():
            self._poll.set_result(None)

    def drop(self) -> None:
        """Forget all that wait."""
        self._waiting.clear()

    def confirm(self, offset: int, allowed: Sequence[str] | None) -> None:
        """Forget what lies before the offset; end another poll that waits, with 409.

        A negative offset counts from the end. `allowed` replaces the kinds wanted so far, unless
        it is None; when empty, it stands for all but the few one must ask for.
        """
        self._terminate_other()
        if allowed is not None:
            self._allowed = frozenset(allowed)
        if offset < 0:
            self._waiting = self._waiting[offset:]
        else:
            self._waiting = [each for each in self._waiting if each["update_id"] >= offset]

    async def fetch(self, limit: int, patience: float) -> list[Json]:
        """Return what waits, after up to `patience` seconds if nothing does.

        Raises `Refusal` (409) when another poll takes over.
        """
        if not self._waiting and patience > 0:
            await self._wait(min(patience, _LONGEST_POLL))
        return self._waiting[: min(max(limit, 1), _MOST_AT_ONCE)]

    async def _wait(self, seconds: float) -> None:
        poll = self._poll = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await poll
        except TimeoutError:
            pass
        finally:
            if self._poll is poll:
                self._poll = None

    def _terminate_other(self) -> None:
        if self._poll and not self._poll.done():
            self._poll.set_exception(
                Refusal(
                    CONFLICT,
                    "Conflict: terminated by other getUpdates request; make sure that only one"
                    " bot instance is running",
                )
            )
