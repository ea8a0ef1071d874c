"""How far the shown text is behind, over times that the test makes up."""

from bot.sandbox.page.lag import PATIENCE, Answer, Lag, letters
from bot.sandbox.playback import Written


class Writing:
    """An answer that is being written, one token at each whole second from 0 on."""

    def __init__(self, *tokens: str) -> None:
        self.written = [Written(float(time), token) for time, token in enumerate(tokens)]
        self.has_ended = False

    def answer(self) -> Answer:
        return Answer(self.written, lambda: self.has_ended)


def watch(*writings: Writing, now: float = 0) -> Lag:
    lag = Lag()
    for writing in writings:
        lag.begin(writing.answer())
    lag.read(now)
    return lag


def test_of_a_text_only_letters_and_digits_count() -> None:
    assert letters("**Größe:** `1 + x`!\n") == letters("Größe: 1 + x") == "grösse1x"


def test_the_lag_runs_from_the_first_character_that_is_not_shown() -> None:
    lag = watch(Writing("The ", "**long** ", "story"))
    assert lag.seconds(3) == 3
    lag.see(1, "The")
    assert lag.seconds(3) == 2
    lag.see(1, "The long")
    assert lag.seconds(3) == 1
    lag.see(1, "The long story")
    assert lag.seconds(3) == 0


def test_nothing_is_told_once_an_answer_has_ended_and_is_shown() -> None:
    writing = Writing("Whole")
    lag = watch(writing)
    lag.see(1, "Whole")
    assert lag.seconds(1) == 0
    writing.has_ended = True
    lag.read(1)
    assert lag.seconds(1) is None


def test_what_repeats_itself_is_found_where_it_goes_on() -> None:
    lag = watch(Writing("no ", "no ", "no ", "yes"))
    lag.see(1, "no")
    lag.see(1, "no no no")
    assert lag.seconds(4) == 1


def test_answers_at_once_are_told_apart_by_their_texts() -> None:
    lag = watch(Writing("Apples ", "and pears"), Writing("Bread ", "and butter"))
    lag.see(1, "Apples and pears")
    assert lag.seconds(4) == 4
    lag.see(2, "Bread")
    assert lag.seconds(4) == 3


def test_a_sentence_of_the_bots_own_ends_the_waiting_for_an_answer_that_has_ended() -> None:
    writing = Writing("Half ", "an answer")
    lag = watch(writing)
    lag.see(1, "Half")
    lag.see(1, "Half\n\n⏹ Stopped.")
    assert lag.seconds(2) == 1
    writing.has_ended = True
    lag.read(2)
    lag.see(2, "Something else in another chat")
    assert lag.seconds(2) == 1
    lag.see(1, "Half an answ\n\n⏹ Stopped.")
    assert lag.seconds(2) is None


def test_for_what_is_deleted_nothing_is_waited() -> None:
    lag = watch(Writing("Half ", "an answer"), Writing("Another ", "one"))
    lag.see(1, "Half")
    lag.see(2, "Another")
    lag.drop(1)
    assert lag.seconds(5) == 4
    lag.drop(2)
    assert lag.seconds(5) is None


def test_what_is_never_shown_is_given_up_after_a_while() -> None:
    writing = Writing("Deleted")
    writing.has_ended = True
    lag = watch(writing, now=1)
    assert lag.seconds(PATIENCE) == PATIENCE
    assert lag.seconds(PATIENCE + 2) is None
