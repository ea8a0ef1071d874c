"""What of its answers the bot gives to one person, and how they are told that it is enough."""

import asyncio
import math

from bot.chat.conversation import Asked, Person
from bot.handlers.quota import Quota
from bot.handlers.scene import Say
from bot.locales import in_language
from bot.reply.surface import Surface


class Allowance:
    """Counts answers that begin: to questions, to edited ones, by 🔁 and by ▶️."""

    def __init__(self, quota: Quota, say: Say) -> None:
        self._quota = quota
        self._say = say

    def take(self, person: Person) -> str:
        """Count an answer; or else say when the person may have it."""
        wait = self._quota.take(person.id, asyncio.get_running_loop().time())
        if not wait:
            return ""
        return in_language(person.language)("answers-used-up", minutes=math.ceil(wait / 60))

    def begin(self, asked: Asked, surface: Surface) -> bool:
        """Count an answer, and tell whether it may begin; if not, the person is told why."""
        refusal = self.take(asked.person)
        if refusal:
            self._say(asked.place, asked.person.id, refusal, surface)
        return not refusal

    def give_back(self, person: Person) -> None:
        """Take back the latest answer that was counted: nothing came of it."""
        self._quota.give_back(person.id)
