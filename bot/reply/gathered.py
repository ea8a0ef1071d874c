"""A text that comes piece by piece."""

from bot.reply.draft import MOST_SHOWN


class Gathered:
    """A text that grows; neither a further piece nor a look at its beginning costs its length."""

    def __init__(self) -> None:
        self.beginning = ""
        """As much of it as a frame needs: all of it, or one character more than `MOST_SHOWN`."""
        self._pieces: list[str] = []

    def write(self, piece: str) -> None:
        """Add a piece."""
        self._pieces.append(piece)
        missing = MOST_SHOWN + 1 - len(self.beginning)
        if missing > 0:
            self.beginning += piece[:missing]

    def whole(self) -> str:
        """Give all of it."""
        self._pieces = ["".join(self._pieces)]
        return self._pieces[0]

    def is_blank(self) -> bool:
        """Whether nothing of it can be seen so far."""
        return not self.beginning or self.beginning.isspace()
