"""A person and the bot, alone."""

from bot.sandbox.telegram.chat import Chat
from bot.sandbox.telegram.membership import changed_json, member_json
from bot.sandbox.telegram.refusal import bad_request, forbidden
from bot.sandbox.telegram.stage import Stage
from bot.sandbox.telegram.values import ChatCard, User


class PrivateChat(Chat):
    """A private chat, in which the person has once pressed Start."""

    def __init__(self, stage: Stage, user: User) -> None:
        card = ChatCard(
            id=user.id, type="private", first_name=user.first_name, username=user.username
        )
        super().__init__(stage, card)
        self.user = user
        self.blocked = False

    def block(self) -> None:
        """Let the person block the bot, which is told so."""
        self._turn(blocked=True)

    def unblock(self) -> None:
        """Let the person let the bot in again, which is told so."""
        self._turn(blocked=False)

    @property
    def bot_is_here(self) -> bool:
        """Unless it is blocked."""
        return not self.blocked

    def status(self, user: User) -> str:
        """Return member for both; a bot that is blocked counts as banned."""
        return "kicked" if self.blocked and user == self._stage.bot else "member"

    def check_access(self) -> None:
        """Raise `Refusal` when the bot is blocked."""
        if self.blocked:
            raise forbidden("bot was blocked by the user")

    def check_writing(self, topic: int | None, what: str = "text messages") -> None:  # noqa: ARG002 - all or nothing here
        """Raise `Refusal` when the bot is blocked; there are no topics."""
        self.check_access()
        if topic is not None:
            raise bad_request("message thread not found")

    def _turn(self, *, blocked: bool) -> None:
        bot, old = self._stage.bot, self.status(self._stage.bot)
        self.blocked = blocked
        self._stage.deliver(
            "my_chat_member",
            changed_json(
                self.card,
                self.user,
                self._stage.date(),
                old=member_json(bot, old),
                new=member_json(bot, self.status(bot)),
            ),
        )
