"""What goes to the model, what it may cost, what it did cost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import context
from bot.domain import ChatMessage, Model, Role, Usage

MODEL = Model("b", "m", window=1_000, max_output=200, input_price=250_000, output_price=2_000_000)


def words(text: str) -> int:
    return len(text.split())


def user(text: str, author: str = "alice") -> ChatMessage:
    return ChatMessage(Role.USER, text, author)


def test_the_system_prompt_comes_first_and_the_question_last() -> None:
    fitted = context.build(MODEL, "Be brief.", [user("one"), user("two")], words)
    assert [message.role for message in fitted.messages] == [Role.SYSTEM, Role.USER, Role.USER]
    assert fitted.messages[-1].text == "two"
    assert fitted.dropped == 0


def test_names_stand_before_words_only_where_several_people_speak() -> None:
    alone = context.build(MODEL, "", [user("hello")], words)
    assert alone.messages[0].text == "hello"
    both = context.build(
        MODEL, "", [user("hello"), ChatMessage(Role.ASSISTANT, "hi"), user("me too", "bob")], words
    )
    assert [m.text for m in both.messages] == ["alice: hello", "hi", "bob: me too"]


def test_a_question_larger_than_the_window_is_still_sent() -> None:
    fitted = context.build(MODEL, "", [user("old"), user("x " * 5_000)], words)
    assert len(fitted.messages) == 1
    assert fitted.dropped == 1


@given(
    st.lists(st.integers(min_value=0, max_value=300), min_size=1, max_size=30),
    st.integers(min_value=50, max_value=2_000),
)
def test_the_newest_messages_that_fit_are_kept_in_order(sizes: list[int], window: int) -> None:
    model = Model("b", "m", window=window, max_output=100)
    history = [user(" ".join([str(n)] + ["w"] * size)) for n, size in enumerate(sizes)]
    fitted = context.build(model, "", history, words)
    kept = list(fitted.messages)
    assert kept == history[len(history) - len(kept) :]
    assert fitted.dropped == len(history) - len(kept)
    room = window - fitted.max_output_tokens
    cost = sum(words(m.text) + context.TOKENS_PER_MESSAGE for m in kept)
    assert fitted.prompt_tokens == cost
    assert cost <= room or len(kept) == 1
    if fitted.dropped and cost <= room:
        before = history[len(history) - len(kept) - 1]
        assert cost + words(before.text) + context.TOKENS_PER_MESSAGE > room


def test_prices_are_rounded_up_and_unknown_is_not_zero() -> None:
    assert context.price(MODEL, 1, 0) == 1
    assert context.price(MODEL, 4_000_000, 1_000_000) == 3_000_000
    assert context.price(Model("b", "m"), 10, 10) is None


@given(
    st.integers(min_value=0, max_value=2_000),
    st.integers(min_value=0, max_value=200),
)
def test_a_call_within_its_caps_costs_at_most_what_is_held(prompt: int, completion: int) -> None:
    fitted = context.Context((), 2_000, 200, 0)
    held = context.hold(MODEL, fitted)
    used, _ = context.charge(MODEL, Usage(prompt=prompt, completion=completion), 0, 0)
    assert used.tokens <= held.tokens
    assert used.micros <= held.micros
    assert used.requests == held.requests == 1


@pytest.mark.parametrize(
    ("usage", "tokens", "micros", "estimated"),
    [
        (Usage(prompt=10, completion=20, total=30, cost_micros=7), 30, 7, False),
        (Usage(), 150, context.price(MODEL, 100, 50), True),
        (Usage(prompt=10), 60, context.price(MODEL, 10, 50), True),
        (Usage(prompt=0, completion=0, total=0), 150, context.price(MODEL, 100, 50), True),
        (Usage(prompt=10, completion=20, total=1), 30, context.price(MODEL, 10, 20), False),
        (Usage(prompt=10, completion=20, total=35), 35, context.price(MODEL, 10, 20), False),
    ],
)
def test_reported_figures_win_over_the_estimate(
    usage: Usage, tokens: int, micros: int, estimated: bool
) -> None:
    amounts, guessed = context.charge(MODEL, usage, 100, 50)
    assert (amounts.tokens, amounts.micros, guessed) == (tokens, micros, estimated)


@pytest.mark.parametrize(
    ("persona", "named", "count"),
    [
        ("Be brief.", None, 0),
        ("Be brief.", 0, 0),  # what the model is told first
        ("Be brief.", 1, 1),
        ("Be brief.", 2, 2),
        ("Be brief.", 3, 0),  # the question itself
        ("Be brief.", 99, 0),
        ("", 0, 1),
        ("", 2, 0),
    ],
)
def test_what_a_service_names_leaves_with_all_before_it(
    persona: str, named: int | None, count: int
) -> None:
    history = [
        ChatMessage(Role.USER, "one"),
        ChatMessage(Role.ASSISTANT, "two"),
        ChatMessage(Role.USER, "three"),
    ]
    fitted = context.build(MODEL, persona, history, len)
    assert context.count_poisoned(fitted, named) == count
