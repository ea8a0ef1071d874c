"""Many chats at once, end to end: what stands on the screens, and what Telegram refused."""

from bot.sandbox.steps import Say
from tests.world import world

WORDS = [f"word{n}" for n in range(60)]


async def test_forty_chats_at_once_all_see_their_whole_answers_grow() -> None:
    async with world() as w:
        w.model.answer_with(lambda _: [Say(" ".join(WORDS), pace=15)])
        people = [w.telegram.user(f"Person{n}") for n in range(40)]
        chats = [w.telegram.private(person) for person in people]
        for chat, person in zip(chats, people, strict=True):
            chat.say(person, "Go")
        await w.settled()
        assert [[m.text for m in chat.said_by_bot] for chat in chats] == [[" ".join(WORDS)]] * 40
        assert len(w.refused) <= 5
        for chat in chats:
            frames = [f.text.split() for f in w.telegram.frames(chat.said_by_bot[0].id, chat)]
            assert all(frame == WORDS[: len(frame)] for frame in frames)
            assert len(frames) >= 2


async def test_ten_groups_with_two_topics_each_keep_their_budgets() -> None:
    async with world() as w:
        w.model.answer_with(lambda _: [Say(" ".join(WORDS), pace=10)])
        groups = [w.telegram.group(f"Group{n}", [w.alice, w.bob], forum=True) for n in range(10)]
        for group in groups:
            for person, topic in ((w.alice, "One"), (w.bob, "Two")):
                group.say(person, "/ask Go", topic=group.topic(topic))
        await w.settled()
        for group in groups:
            assert [m.text for m in group.said_by_bot] == [" ".join(WORDS)] * 2
            calls = [call.time for call in w.telegram.calls if call.chat_id == group.id]
            assert max(sum(a <= b < a + 60 for b in calls) for a in calls) <= 20
        assert len(w.refused) <= 5
