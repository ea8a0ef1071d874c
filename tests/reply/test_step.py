"""One step at a time from what is shown to what is wanted."""

from hypothesis import given
from hypothesis import strategies as st

from bot.reply.page import File, Page
from bot.reply.step import Drop, Edit, Send, Shown, next_step

texts = st.lists(st.sampled_from("abc"), max_size=4)


def pages(*names: str) -> tuple[Page, ...]:
    return tuple(Page(name) for name in names)


def shown(*names: str) -> list[Shown]:
    return [Shown(number, Page(name)) for number, name in enumerate(names)]


def test_nothing_is_done_where_nothing_differs() -> None:
    assert next_step(shown("a", "b"), pages("a", "b")) is None
    assert next_step([], ()) is None


def test_a_first_page_is_sent() -> None:
    assert next_step([], pages("a")) == Send(Page("a"))


def test_a_page_that_grew_is_edited_and_not_sent_again() -> None:
    assert next_step(shown("a"), pages("ab")) == Edit(0, Page("ab"))


def test_text_leaves_the_old_page_before_it_stands_on_the_new_one() -> None:
    assert next_step(shown("ab"), pages("a", "b")) == Edit(0, Page("a"))
    assert next_step(shown("a"), pages("a", "b")) == Send(Page("b"))


def test_a_page_too_many_is_dropped_from_the_end() -> None:
    assert next_step(shown("a", "b"), pages("a")) == Drop()


@given(texts, texts)
def test_the_steps_always_arrive(before: list[str], after: list[str]) -> None:
    have, want = shown(*before), pages(*after)
    for _ in range(len(before) + len(after) + 1):
        match next_step(have, want):
            case Send(page):
                have.append(Shown(99, page))
            case Edit(index, page):
                have[index] = Shown(have[index].message_id, page)
            case Drop():
                have.pop()
            case None:
                break
    assert tuple(one.page for one in have) == want


def test_a_file_comes_after_the_pages_and_makes_way_for_one() -> None:
    page, other, file = Page("a"), Page("b"), File("code.py", "x")
    assert next_step([Shown(1, page)], [page, file]) == Send(file)
    assert next_step([Shown(1, page), Shown(2, file)], [page, file]) is None
    assert next_step([Shown(1, page), Shown(2, file)], [page, other]) == Drop()
    assert next_step([Shown(1, page), Shown(2, other)], [page, file]) == Drop()
