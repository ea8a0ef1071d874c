"""The live replies that the assistant shows: how they look, and what stands there before them."""

from collections.abc import AsyncGenerator, Sequence

from bot.chat.conversation import Person
from bot.chat.kept import Kept, Unfinished
from bot.locales import Words, in_language
from bot.reply.controls import Controls
from bot.reply.delivery import Delivery
from bot.reply.draft import Draft, Ending, Outcome
from bot.reply.gate import Gate
from bot.reply.live import LiveReply, Piece
from bot.reply.page import Buttons, File, Page
from bot.reply.search import Sending
from bot.reply.standing import Standing
from bot.reply.step import Relic, Shown
from bot.reply.surface import Surface
from bot.reply.view import Handout, Overlong, ShowReasoning, View


class Replies:
    """Makes them; all pass one gate, and know of each other what is sent."""

    def __init__(self, gate: Gate, show_reasoning: ShowReasoning) -> None:
        self._gate = gate
        self._show_reasoning = show_reasoning
        self._delivery = Delivery()
        self.ids = self._delivery.ids

    def answering(
        self,
        person: Person,
        surface: Surface,
        kept: Kept | None = None,
        fallback: Draft | None = None,
        *,
        is_pressed: bool = False,
    ) -> LiveReply:
        """Give the reply to a question; it takes the place of the answer that is `kept`.

        `is_pressed`: somebody has just pressed a button of that, which therefore stands there.
        """
        messages = kept.entry.messages if kept else ()
        texts = [one for one in messages if not one.is_file]
        pressed = texts[-1:] if is_pressed else []  # the buttons are below the last text
        shown = [
            Shown(one.message_id, File("", "") if one.is_file else Relic(is_sure=one in pressed))
            for one in messages
        ]
        view = self.view(in_language(person.language))
        return LiveReply(self._standing(surface, shown), self._gate, view, fallback)

    def mending(self, answer: Unfinished, surface: Surface) -> LiveReply:
        """Give the reply that ends an answer of a process that died.

        What somebody has deleted meanwhile stays deleted.
        """
        entry, words = answer.entry, in_language(answer.language)
        shown = [
            Shown(one.message_id, File("", "") if one.is_file else Page(""))
            for one in entry.messages
        ]
        sent = answer.sending
        sending = Sending(sent.after, sent.mark) if sent else None
        standing = Standing(surface, self._delivery, shown, sending)
        reply = LiveReply(standing, self._gate, self.view(words))
        if entry.outcome:
            ending = Ending(Outcome(entry.outcome), answer.note)
        else:
            ending = Ending(Outcome.INTERRUPTED, words("answer-mended"))
        reply.take_over(Draft(entry.answer, ending, answer.reasoning))
        return reply

    async def say(
        self, text: str, surface: Surface, buttons: Buttons = (), instead_of: int | None = None
    ) -> None:
        """Say something that needs no model.

        `instead_of` is the bot's own message whose text and buttons make way for it.
        """
        shown = [] if instead_of is None else [Shown(instead_of, Relic())]
        view = View(markdown=False, buttons=lambda _: buttons)
        await LiveReply(self._standing(surface, shown), self._gate, view).show(_at_once(text))

    async def hand_over(self, file: File, surface: Surface) -> None:
        """Send a file."""
        await LiveReply(self._standing(surface), self._gate, Handout(file)).show(_at_once())

    def _standing(self, surface: Surface, shown: Sequence[Shown] = ()) -> Standing:
        return Standing(surface, self._delivery, shown)

    def view(self, words: Words) -> View:
        """Give how an answer looks in a language."""
        controls = Controls(words("button-stop"), words("button-again"), words("button-continue"))
        overlong = Overlong(words("answer-goes-on"), words("answer-in-file"))
        return View(self._show_reasoning, buttons=controls.under, overlong=overlong)


async def _at_once(*pieces: Piece) -> AsyncGenerator[Piece]:
    for piece in pieces:
        yield piece
