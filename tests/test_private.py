"""A private chat, end to end."""

import asyncio
import itertools

import pytest

from bot.sandbox.steps import BreakOff, ErrorEvent, Refuse, Say, Step, Think, Wait
from bot.sandbox.telegram import Error, Fault, Flood, Html502, LostAnswer, Reset, Slow
from tests.world import WORDS, world


async def test_one_message_grows_until_it_is_the_whole_answer() -> None:
    text = " ".join(f"word{n}" for n in range(60))
    async with world() as w:
        w.model.script(Say(text, pace=30))
        question = w.chat.say(w.alice, "Tell me")
        await w.settled()
        (answer,) = w.chat.said_by_bot
        frames = [frame.text for frame in w.telegram.frames(answer.id, w.chat)]
        assert answer.text == text
        assert answer.reply_to == question.id
        assert len(frames) >= 3
        assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(frames))
        assert w.refused == []
        assert w.asked == [[{"role": "user", "content": "Tell me"}]]


async def test_nothing_but_typing_is_shown_before_the_first_text() -> None:
    first = asyncio.Event()
    async with world() as w:
        w.model.script(Think("Hm, what could it be?"), Wait(first), Say("Yes."))
        w.chat.say(w.alice, "Is it?")
        await w.telegram.until(lambda: w.methods() == ["sendChatAction"])
        assert w.screen == []
        first.set()
        await w.settled()
        assert w.screen == ["Yes."]


async def test_what_came_before_a_pause_is_shown_while_the_model_pauses() -> None:
    pause = asyncio.Event()
    async with world() as w:
        w.model.script(Say("One. "), Say("Two. "), Wait(pause), Say("Three."))
        w.chat.say(w.alice, "Count")
        await w.telegram.until(lambda: w.screen == ["One. Two."])
        pause.set()
        await w.settled()
        assert w.screen == ["One. Two. Three."]


async def test_a_long_answer_continues_in_silent_messages_and_loses_nothing() -> None:
    text = "\n\n".join(f"Paragraph {n}: " + "lorem ipsum " * 20 for n in range(40)).strip()
    async with world() as w:
        w.model.script(Say(text, pace=0))
        question = w.chat.say(w.alice, "Tell me all")
        await w.settled()
        assert " ".join(w.screen).split() == text.split()
        assert all(len(page) <= 4096 for page in w.screen)
        assert [message.silent for message in w.chat.said_by_bot] == [False, True, True]
        ids = [message.id for message in w.chat.said_by_bot]
        assert [message.reply_to for message in w.chat.said_by_bot] == [question.id, *ids[:-1]]
        assert w.refused == []


async def test_reasoning_is_not_shown_and_its_tags_neither() -> None:
    async with world() as w:
        w.model.script(Say("<think>They greet me.</think>Hello!"))
        w.chat.say(w.alice, "Hi")
        await w.settled()
        assert w.screen == ["Hello!"]


async def test_a_second_question_waits_its_turn_and_knows_the_first_answer() -> None:
    first = asyncio.Event()
    async with world() as w:
        w.model.script(Say("Paris"), Wait(first), Say("."))
        w.model.script(Say("In France."))
        w.chat.say(w.alice, "Capital of France?")
        await w.telegram.until(lambda: w.screen == ["Paris"])
        w.chat.say(w.alice, "Where is that?")
        await w.telegram.updates_confirmed()
        assert len(w.asked) == 1
        first.set()
        await w.settled()
        assert w.screen == ["Paris.", "In France."]
        assert w.asked[1] == [
            {"role": "user", "content": "Capital of France?"},
            {"role": "assistant", "content": "Paris."},
            {"role": "user", "content": "Where is that?"},
        ]


async def test_one_chat_waits_for_no_other_and_nothing_of_it_reaches_another() -> None:
    hold = asyncio.Event()
    async with world(system_prompt="Be kind.") as w:
        w.model.script(Say("For Alice"), Wait(hold), Say("."))
        w.model.script(Say("For Bob."))
        bobs = w.telegram.private(w.bob)
        w.chat.say(w.alice, "Alice's secret")
        await w.telegram.until(lambda: w.screen == ["For Alice"])
        bobs.say(w.bob, "Bob's question")
        await w.telegram.until(lambda: [m.text for m in bobs.said_by_bot] == ["For Bob."])
        hold.set()
        await w.settled()
        assert w.screen == ["For Alice."]
        assert w.asked[1] == [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "Bob's question"},
        ]


async def test_a_word_said_twice_is_asked_twice() -> None:
    async with world() as w:
        for _ in range(2):
            w.model.script(Say("Really?"))
            w.chat.say(w.alice, "yes")
            await w.settled()
        assert [message["content"] for message in w.asked[1]] == ["yes", "Really?", "yes"]


async def test_blank_lines_in_code_reach_the_model() -> None:
    code = "Why?\n\ndef f():\n\n\n\n    return  1"
    async with world() as w:
        w.model.script(Say("Because."))
        w.chat.say(w.alice, code)
        await w.settled()
        assert w.asked == [[{"role": "user", "content": code}]]


@pytest.mark.parametrize("fault", [Flood(1), Html502(), Reset(), LostAnswer()], ids=repr)
async def test_a_fault_on_the_last_edit_does_not_lose_the_end(fault: Fault) -> None:
    end = asyncio.Event()
    async with world() as w:
        w.model.script(Say("Begin"), Wait(end), Say(" and end."))
        w.chat.say(w.alice, "Tell me")
        await w.telegram.until(lambda: w.screen == ["Begin"])
        w.telegram.faults.next("editMessageText", fault)
        end.set()
        await w.settled()
        assert w.screen == ["Begin and end."]


async def test_a_flooded_chat_holds_up_no_other() -> None:
    async with world() as w:
        bobs = w.telegram.private(w.bob)
        w.telegram.faults.next(
            "sendMessage",
            Flood(2),
            when=lambda _, params: str(params["chat_id"]) == str(w.alice.id),
        )
        w.model.answer_with(lambda request: [Say("Re: " + request.messages[-1]["content"])])
        w.chat.say(w.alice, "A")
        await w.telegram.until(lambda: bool(w.refused))
        bobs.say(w.bob, "B")
        await w.telegram.until(lambda: [m.text for m in bobs.said_by_bot] == ["Re: B"])
        assert w.screen == []
        await w.settled()
        assert w.screen == ["Re: A"]


async def test_a_reply_that_is_deleted_ends_the_generation_and_does_not_come_back() -> None:
    async with world() as w:
        w.model.script(Say("More and more. " * 1000, pace=20))
        w.model.script(Say("Gladly."))
        w.chat.say(w.alice, "Tell me")
        await w.telegram.until(lambda: len(w.screen) == 1)
        w.chat.delete(w.chat.said_by_bot[0])
        await w.model.until(w.model.requests[0].disconnected.is_set)
        w.chat.say(w.alice, "Something else")
        await w.settled()
        assert w.screen == ["Gladly."]


async def test_a_question_that_is_deleted_is_answered_all_the_same() -> None:
    first = asyncio.Event()
    async with world() as w:
        w.model.script(Wait(first), Say("Yes."))
        question = w.chat.say(w.alice, "Is it?")
        await w.model.until(lambda: len(w.model.requests) == 1)
        w.chat.delete(question)
        first.set()
        await w.settled()
        assert w.screen == ["Yes."]


async def test_a_person_who_blocks_the_bot_stops_the_generation_and_may_come_back() -> None:
    async with world() as w:
        w.model.script(Say("More and more. " * 1000, pace=20))
        w.model.script(Say("Welcome back."))
        w.chat.say(w.alice, "Tell me")
        await w.telegram.until(lambda: len(w.screen) == 1)
        w.chat.block()
        await w.model.until(w.model.requests[0].disconnected.is_set)
        w.chat.unblock()
        w.chat.say(w.alice, "Hello again")
        await w.settled()
        assert w.screen[-1] == "Welcome back."


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (Refuse(401, "no key"), "needs-auth"),
        (Refuse(429, "slow down"), "rate-limited"),
        (Refuse(500, "oops"), "refused"),
        (Say(""), "empty"),
        (Think("Hm."), "empty"),
        (Say("  \n"), "empty"),
    ],
    ids=str,
)
async def test_a_provider_without_an_answer_is_told_in_a_sentence_and_the_next_question_works(
    step: Step, kind: str
) -> None:
    async with world() as w:
        w.model.script(step)
        w.model.script(Say("Here I am."))
        w.chat.say(w.alice, "Are you there?")
        await w.settled()
        assert w.screen == [WORDS(f"answer-{kind}")]
        w.chat.say(w.alice, "And now?")
        await w.settled()
        assert w.screen[1:] == ["Here I am."]
        assert w.asked[1] == [{"role": "user", "content": "And now?"}]


@pytest.mark.parametrize("step", [BreakOff(), ErrorEvent("overloaded")], ids=repr)
async def test_an_answer_that_breaks_off_keeps_what_had_come_and_is_remembered(
    step: Step,
) -> None:
    async with world() as w:
        w.model.script(Say("The answer is "), step)
        w.model.script(Say("42."))
        w.chat.say(w.alice, "What is it?")
        await w.settled()
        assert w.screen == ["The answer is\n\n" + WORDS("answer-broke-off")]
        w.chat.say(w.alice, "Go on")
        await w.settled()
        assert [message["content"] for message in w.asked[1]] == [
            "What is it?",
            "The answer is",
            "Go on",
        ]


async def test_a_model_that_falls_silent_is_not_waited_for_for_ever() -> None:
    never = asyncio.Event()
    async with world(chunk_timeout=0.5) as w:
        w.model.script(Say("Well"), Wait(never))
        w.chat.say(w.alice, "Is it?")
        await w.settled()
        assert w.screen == ["Well\n\n" + WORDS("answer-stalled")]
        assert w.model.requests[0].disconnected.is_set()


async def test_a_model_that_cannot_be_reached_is_told_in_a_sentence() -> None:
    async with world(g4f_base_url="http://127.0.0.1:9") as w:
        w.chat.say(w.alice, "Are you there?")
        await w.settled()
        assert w.screen == [WORDS("answer-unreachable")]


async def test_commands_say_what_the_bot_is_and_how_to_use_it() -> None:
    async with world() as w:
        for text in ("/start", "/help", "/dance", "/ask", "/ask Why?"):
            w.model.script(Say("Because."))
            w.chat.say(w.alice, text)
            await w.settled()
        assert w.screen == [
            WORDS("start", name="Alice"),
            WORDS("help", username="rehearsal_bot"),
            WORDS("unknown-command"),
            WORDS("hint-private"),
            "Because.",
        ]
        assert w.asked == [[{"role": "user", "content": "Why?"}]]


async def test_commands_are_listed_at_the_start() -> None:
    async with world() as w:
        await w.telegram.until(lambda: any(c.method == "setMyCommands" for c in w.telegram.calls))
        assert w.refused == []


async def test_a_picture_gets_one_friendly_sentence_and_an_album_too() -> None:
    async with world() as w:
        w.chat.send_photo(w.alice)
        for _ in range(3):
            w.chat.send_photo(w.alice, media_group_id="album")
        w.chat.send_media(w.alice, "voice")
        await w.settled()
        assert w.screen == [WORDS("only-text")] * 3
        assert w.asked == []


async def test_a_caption_is_a_question_and_the_rest_of_the_album_is_not() -> None:
    async with world() as w:
        w.model.script(Say("I cannot see it."))
        w.chat.send_photo(w.alice, "What is this?", media_group_id="album")
        w.chat.send_photo(w.alice, media_group_id="album")
        await w.settled()
        assert w.screen == ["I cannot see it."]
        assert w.asked[0][-1]["content"].endswith("What is this?")
        assert "photo" in w.asked[0][-1]["content"]


async def test_what_telegram_cannot_carry_does_not_stop_an_answer() -> None:
    async with world() as w:
        w.model.script(Say("\u200b\n"), Say("a\0b\ud800c 😀"))
        w.chat.say(w.alice, "Odd?")
        await w.settled()
        assert w.screen[0].endswith("a�b�c 😀")


async def test_service_messages_are_ignored() -> None:
    async with world() as w:
        w.model.script(Say("Yes."))
        question = w.chat.say(w.alice, "Is it?")
        await w.settled()
        w.chat.service("pinned_message", question, by=w.alice)
        await w.settled()
        assert w.screen == ["Yes."]
        assert len(w.asked) == 1


async def test_telegram_refusing_a_reply_for_good_does_not_stop_the_next_answer() -> None:
    async with world() as w:
        refusal = Error(400, "Bad Request: something never heard of")
        w.telegram.faults.next(
            "sendMessage", refusal, times=9, when=lambda _, params: "One" in str(params["text"])
        )
        w.model.script(Say("One."))
        w.model.script(Say("Two."))
        w.chat.say(w.alice, "1?")
        w.chat.say(w.alice, "2?")
        await w.settled()
        file, two = w.chat.said_by_bot
        assert file.document
        assert (file.document.file_name, file.document.content) == ("answer.txt", b"One.")
        assert two.text == "Two."


async def test_stopping_the_bot_ends_a_growing_answer_with_what_had_come() -> None:
    async with world() as w:
        w.model.script(Say("More and more. " * 1000, pace=20))
        w.chat.say(w.alice, "Tell me")
        w.chat.say(w.alice, "And this?")
        await w.telegram.until(lambda: len(w.screen) == 1)
        await w.telegram.updates_confirmed()
        chat = w.chat
    [answer] = chat.said_by_bot  # what was asked after it is left to the next process
    assert answer.text.startswith("More")
    assert answer.text.endswith(WORDS("answer-interrupted"))
    assert len(w.asked) == 1
    assert w.model.requests[0].disconnected.is_set()


async def test_forty_chats_at_once_stay_within_the_budget_of_the_bot_and_lose_nothing() -> None:
    text = " ".join(f"word{n}" for n in range(60))
    async with world() as w:
        w.model.answer_with(lambda _: [Say(text, pace=30)])
        people = [w.telegram.user(f"Person {number}") for number in range(40)]
        chats = [w.telegram.private(person) for person in people]
        for chat, person in zip(chats, people, strict=True):
            chat.say(person, "Tell me")
        await w.settled()
        assert [[m.text for m in chat.said_by_bot] for chat in chats] == [[text]] * 40
        assert w.refused == []


async def test_a_page_that_is_rejected_does_not_take_the_next_ones_with_it() -> None:
    more = asyncio.Event()
    async with world() as w:
        w.model.script(Say("a " * 1500), Wait(more), Say("b " * 3000 + "THE END"))
        w.chat.say(w.alice, "Tell me")
        await w.telegram.until(lambda: len(w.screen) == 1)
        w.telegram.faults.next("editMessageText", Error(400, "Bad Request: MESSAGE_TOO_LONG"))
        more.set()
        await w.settled()
        assert w.screen[-1].endswith("THE END")


async def test_the_token_is_in_no_repr() -> None:
    async with world() as w:
        assert "secret" not in repr(w.bot)


async def test_a_model_that_does_not_begin_is_not_waited_for_for_ever() -> None:
    async with world(first_chunk_timeout=0.3) as w:
        w.model.script(Wait(asyncio.Event()))
        w.chat.say(w.alice, "Are you there?")
        await w.settled()
        assert w.screen == [WORDS("answer-timed-out")]


async def test_a_call_that_telegram_holds_back_for_six_seconds_is_not_made_twice() -> None:
    async with world() as w:
        w.telegram.faults.next("sendMessage", Slow(6))
        w.model.script(Say("Once."))
        w.chat.say(w.alice, "Say it once")
        await w.settled()
        assert w.methods().count("sendMessage") == 1
        assert w.screen == ["Once."]


async def test_flood_control_of_typing_holds_the_chat() -> None:
    first = asyncio.Event()
    async with world() as w:
        w.telegram.faults.next("sendChatAction", Flood(1))
        w.model.script(Wait(first), Say("Yes."))
        w.chat.say(w.alice, "Is it?")
        await w.telegram.until(lambda: bool(w.refused))
        first.set()
        await w.settled()
        assert w.screen == ["Yes."]
        assert len(w.refused) == 1  # the text did not go into the penalty
