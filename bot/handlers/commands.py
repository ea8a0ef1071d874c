"""What each command does."""

from datetime import UTC, datetime
from typing import Final

from telegram import Bot, Message
from telegram.constants import ChatType

from bot.assistant import Assistant
from bot.chat.store import Store
from bot.handlers import history
from bot.handlers.addressing import Command, CommandName
from bot.handlers.admins import Administrators
from bot.handlers.choosing import Choosing
from bot.handlers.menus import erase_menu
from bot.handlers.questions import Questions
from bot.handlers.scene import Scene
from bot.locales import Words

FOR_ADMINISTRATORS: Final = (CommandName.NEW, CommandName.MODEL, CommandName.PROMPT)
"""In groups: what changes the conversation of everybody."""


class Commands:
    """Does what people ask of the bot itself."""

    def __init__(  # noqa: PLR0913 (the parts that commands are about)
        self,
        bot: Bot,
        assistant: Assistant,
        store: Store,
        *,
        choosing: Choosing,
        administrators: Administrators,
        questions: Questions,
    ) -> None:
        self._bot = bot
        self._assistant = assistant
        self._store = store
        self._choosing = choosing
        self._administrators = administrators
        self._questions = questions

    async def run(self, command: Command, message: Message, scene: Scene) -> None:
        """Do what a command says."""
        async with scene.unless_memory_fails():
            if command.name in FOR_ADMINISTRATORS and not await self._administrators.wrote(message):
                await scene.say(scene.words("only-administrators"))
                return
            match command.name:
                case CommandName.START | CommandName.HELP | CommandName.PRIVACY:
                    await scene.say(self._about(command.name, message, scene.words))
                case CommandName.STOP:
                    await self._stop(message, scene, is_plain=command.is_plain)
                case CommandName.NEW:
                    await self._new(scene)
                case CommandName.HISTORY:
                    await self._history(scene)
                case CommandName.FORGET_ME if message.sender_chat:
                    await scene.say(scene.words("forget-me-own-name"))
                case CommandName.FORGET_ME:
                    menu = erase_menu(scene.person.id, scene.words)
                    await scene.say(scene.words("forget-me-sure"), menu)
                case CommandName.PROMPT:
                    await self._choosing.prompt(command.argument, scene)
                case CommandName.MODEL:
                    await self._choosing.model(command.argument, scene)

    def _about(self, name: CommandName, message: Message, words: Words) -> str:
        is_private = message.chat.type == ChatType.PRIVATE
        match name:
            case CommandName.START if is_private:
                person = message.from_user.first_name if message.from_user else "none"
                return words("start", name=person)
            case CommandName.START:
                sees_all = bool(self._bot.can_read_all_group_messages)
                return greeting(words, self._bot.username, sees_all=sees_all)
            case CommandName.HELP:
                key = "help" if is_private else "help-group"
                return words(key, username=self._bot.username)
            case _:
                return words("privacy")

    async def _new(self, scene: Scene) -> None:
        self._questions.forget(scene.place)
        count = await self._assistant.forget(scene.place)
        await scene.say(scene.words("forgotten", count=count))

    async def _stop(self, message: Message, scene: Scene, *, is_plain: bool) -> None:
        growing = self._assistant.open_in(scene.place)
        own = [one for one in growing if one.person.id == scene.person.id]
        if growing and not own and await self._administrators.wrote(message):
            own = growing
        for one in own:
            self._assistant.stop(one)
        if own or (is_plain and not growing):
            return
        await scene.say(scene.words("stop-not-yours" if growing else "stop-nothing"))

    async def _history(self, scene: Scene) -> None:
        kept = await self._store.history(scene.place, history.MOST)
        if not kept:
            await scene.say(scene.words("history-empty"))
            return
        file = history.history(kept, datetime.now(UTC), scene.words)
        await self._assistant.hand_over(file, scene.surface)


def greeting(words: Words, username: str, *, sees_all: bool) -> str:
    """Say in a group how the bot is addressed."""
    key = "group-greeting" if sees_all else "group-greeting-privacy"
    return words(key, username=username)
