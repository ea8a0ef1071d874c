"""Sources in order, the time each may take, and what counts as an answer; in virtual time."""

import asyncio

import pytest

from bot.llm.attempts import Patience, answer
from bot.llm.delta import Delta, Reasoning, Text
from bot.llm.errors import AnswerError, Kind
from tests.llm.asking import Answer, Scripted, gather, user
from tests.virtual_time import in_virtual_time, now

QUESTION = [user("Say hello there!")]
PATIENCE = Patience(first=60, next=30)


def scripted(*steps: Delta | float | AnswerError, name: str = "scripted") -> Scripted:
    return Scripted(steps, name)


async def of(*sources: Scripted) -> Answer:
    return await gather(answer(sources, QUESTION, PATIENCE))


REFUSED = AnswerError(Kind.REFUSED, "ResponseError, HTTP 500")


@in_virtual_time
async def test_text_and_reasoning_come_through_in_order() -> None:
    deltas = answer([scripted(Reasoning("Hm."), Text("Hel"), 29, Text("lo"))], QUESTION, PATIENCE)
    assert [delta async for delta in deltas] == [Reasoning("Hm."), Text("Hel"), Text("lo")]


@in_virtual_time
async def test_thoughts_inside_the_content_become_reasoning_wherever_they_are_cut() -> None:
    source = scripted(*map(Text, "<think>Hm.</think>\n\nHello"))
    assert await of(source) == Answer("Hello", "Hm.")


@in_virtual_time
async def test_an_answer_that_may_take_59_seconds_to_begin_is_waited_for() -> None:
    assert (await of(scripted(59.0, Text("Hello")))).text == "Hello"


@in_virtual_time
async def test_a_first_delta_that_does_not_come_is_noticed_after_a_minute() -> None:
    source = scripted(3600.0, Text("Hello"))
    result = await of(source)
    assert (result.kind, result.text, now(), source.closed) == ("timed-out", "", 60, [60])


@in_virtual_time
async def test_a_stall_is_noticed_after_the_time_between_chunks_and_the_text_is_kept() -> None:
    source = scripted(Text("Hello"), 3600.0, Text("there"))
    result = await of(source)
    assert (result.kind, result.text, now(), source.closed) == ("stalled", "Hello", 30, [30])


@in_virtual_time
async def test_reasoning_shows_that_the_source_is_alive() -> None:
    steps = [step for _ in range(10) for step in (25.0, Reasoning("hm "))]
    assert (await of(scripted(*steps, Text("Hello")))).text == "Hello"


@in_virtual_time
async def test_the_next_source_is_asked_where_the_first_gave_no_text() -> None:
    first, second = scripted(Reasoning("Hm."), Text(" \n"), REFUSED), scripted(Text("Hello"))
    assert await of(first, second) == Answer("Hello", "Hm.")
    assert (first.asked, second.asked) == ([QUESTION], [QUESTION])


@in_virtual_time
async def test_the_next_source_is_not_asked_once_there_is_text() -> None:
    first, second = scripted(Text("Hel"), REFUSED), scripted(Text("Hello"))
    result = await of(first, second)
    assert (result.text, result.kind, second.asked) == ("Hel", "broke-off", [])


@in_virtual_time
async def test_the_next_source_is_asked_after_a_first_that_hangs_or_says_nothing() -> None:
    assert (await of(scripted(3600.0), scripted(), scripted(Text("Hello")))).text == "Hello"
    assert now() == 60


@in_virtual_time
async def test_when_all_fail_the_last_failure_is_raised_and_all_are_told_to_the_log() -> None:
    limited = AnswerError(Kind.RATE_LIMITED, "RateLimitError, HTTP 429")
    result = await of(scripted(REFUSED, name="A"), scripted(limited, name="B"))
    assert str(result.error) == (
        "rate-limited (A: ResponseError, HTTP 500; B: RateLimitError, HTTP 429)"
    )


TOO_LONG = AnswerError(Kind.TOO_LONG, "BadRequestError, HTTP 400")


@pytest.mark.parametrize("others", [[TOO_LONG, REFUSED], [REFUSED, TOO_LONG]])
def test_when_all_fail_and_one_said_too_long_that_is_raised(others: list[AnswerError]) -> None:
    @in_virtual_time
    async def story() -> None:
        assert (await of(*map(scripted, others))).kind == "too-long"

    story()


@in_virtual_time
async def test_the_next_source_is_asked_where_the_question_was_too_long_for_the_first() -> None:
    assert await of(scripted(TOO_LONG), scripted(Text("Hello"))) == Answer("Hello")


@in_virtual_time
async def test_what_ended_an_answer_that_had_begun_is_told_before_what_came_before_it() -> None:
    stalled = await of(scripted(TOO_LONG), scripted(Text("Hel"), 3600.0))
    assert (stalled.text, stalled.kind) == ("Hel", "stalled")
    broken = await of(scripted(TOO_LONG), scripted(Text("Hel"), TOO_LONG))
    assert (broken.text, broken.kind) == ("Hel", "broke-off")


@pytest.mark.parametrize(
    "steps", [(), (Text("  \n"),), (Reasoning("Hm."),), (Text("<think>Hm.</think>\n"),)]
)
def test_an_answer_without_visible_text_is_empty(steps: tuple[Delta, ...]) -> None:
    @in_virtual_time
    async def story() -> None:
        assert (await of(scripted(*steps))).kind == "empty"

    story()


@pytest.mark.parametrize("kind", list(Kind))
def test_once_there_is_text_a_failure_is_a_break_or_a_stall(kind: Kind) -> None:
    @in_virtual_time
    async def story() -> None:
        told = {Kind.TIMED_OUT: "stalled", Kind.ENDLESS: "endless"}.get(kind, "broke-off")
        assert (await of(scripted(Text("Hello"), AnswerError(kind)))).kind == told
        alone = {Kind.BROKE_OFF: "unreachable"}.get(kind, kind)
        assert (await of(scripted(AnswerError(kind)))).kind == alone

    story()


@in_virtual_time
async def test_an_answer_without_end_is_ended_at_two_million_characters_and_its_source_closed() -> (
    None
):
    source = scripted(Reasoning("h" * 500_000), *[Text("a" * 999_999)] * 3, 3600.0)
    result = await of(source, scripted(Text("not asked")))
    assert (result.kind, len(result.text), source.closed) == ("endless", 1_500_000, [0])


@in_virtual_time
async def test_an_answer_of_two_million_characters_is_whole() -> None:
    result = await of(scripted(*[Text("a" * 500_000)] * 4))
    assert (result.kind, len(result.text)) == (None, 2_000_000)


@in_virtual_time
async def test_the_next_source_is_asked_where_the_first_thinks_without_end() -> None:
    first, second = scripted(*[Reasoning("h" * 500_000)] * 9), scripted(Text("Hello"))
    assert (await of(first, second)).text == "Hello"
    assert first.closed == [0]


@in_virtual_time
async def test_half_a_tag_before_a_break_is_text_that_is_kept() -> None:
    result = await of(scripted(Text("a <thi"), REFUSED))
    assert (result.text, result.kind) == ("a <thi", "broke-off")


@in_virtual_time
async def test_nothing_foreign_hangs_on_the_error() -> None:
    error = (await of(scripted(REFUSED), scripted(3600.0))).error
    assert error is not None
    assert (error.__cause__, error.__context__) == (None, None)


@in_virtual_time
async def test_closing_closes_the_source() -> None:
    source = scripted(Text("Hello"), 3600.0)
    deltas = answer([source], QUESTION, PATIENCE)
    assert await anext(deltas) == Text("Hello")
    await deltas.aclose()
    assert source.closed == [0]


@in_virtual_time
async def test_cancelling_whoever_reads_closes_the_source() -> None:
    source = scripted(Text("Hello"), 3600.0)
    task = asyncio.create_task(of(source))
    await asyncio.sleep(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert source.closed == [1]
