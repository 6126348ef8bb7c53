"""What `/usage` says wherever somebody stands: fresh, used up, shut out, let off."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from bot.domain import Amounts, Author, Model, Outcome
from bot.ports import CONFIRM, CONFIRMED, Conclusion, Window
from bot.text import show_moments
from tests.commanded import ADMIN, ANN, OWNER, Chat, chat, in_thread
from tests.stored import WORKER, mention

MINI = "segmind:gpt-5-mini"
HOUR = 3_600_000
_numbers = count(1_000)


@pytest.fixture
async def c(tmp_path: Path) -> AsyncIterator[Chat]:
    async with chat(tmp_path) as opened:
        opened.known = {("guild", ANN.id): "Ann", ("guild", "chan"): "general"}
        yield opened


async def limit(
    c: Chat, amount: str, per: str, scope: str = "member", who: Author = ADMIN, **more: str
) -> None:
    await done(c, "quota set", who, scope=scope, amount=amount, per=per, **more)


async def done(c: Chat, name: str, who: Author = ADMIN, **arguments: str) -> None:
    """Use a command, and confirm it where that is asked for."""
    reply = await c.reply(in_thread(name, who, **arguments))
    if reply.confirm:
        call = replace(in_thread(CONFIRM, who), arguments={CONFIRMED: reply.confirm})
        reply = await c.reply(call)
    assert reply.text.startswith("Done"), reply.text


async def use(c: Chat, amounts: Amounts, held: Amounts | None = None, who: Author = ANN) -> None:
    """Let a person ask something that is charged."""
    now = c.clock.now()
    await c.store.beat(WORKER, now, now + HOUR)
    await c.store.admit(mention(str(next(_numbers)), author=who), now)
    (turn,) = await c.store.claim(WORKER, now, 1)
    service, _, name = MINI.partition(":")
    quota = c.desk.quotas.quota(now)
    await c.store.start_step(turn, Model(service, name), held or amounts, now, quota=quota)
    await c.store.conclude(turn, Conclusion(Outcome.ANSWERED, "yes", charge=amounts), now)
    await c.store.end(turn, Outcome.ANSWERED, now)


async def usage(c: Chat) -> str:
    """Return what a person is told, with each moment as Discord is sent it."""
    return show_moments(await c.say("usage"), lambda ms: f"<t:{ms // 1000}:R>")


@pytest.mark.parametrize(
    ("used", "said"),
    [
        (0, "0 used, **5 left**"),
        (4, "4 used, **1 left**"),
        (5, "5 used, **0 left**"),
    ],
)
async def test_so_much_is_left_until_then(c: Chat, used: int, said: str) -> None:
    await limit(c, "5", "hour", metric="requests")
    for _ in range(used):
        await use(c, Amounts(1, 10))
    anew = (c.clock.now() // HOUR + 1) * HOUR // 1_000
    assert f"• You: **5 requests per hour**: {said}; starts anew <t:{anew}:R>" in await usage(c)


async def test_what_went_beyond_leaves_nothing(c: Chat) -> None:
    await limit(c, "1000", "day", metric="tokens")
    await use(c, Amounts(1, 1_700), Amounts(1, 900))
    assert "**1,000 tokens per day**: 1,700 used, **0 left**; starts anew" in await usage(c)


async def test_an_extra_is_told_and_ends(c: Chat) -> None:
    await limit(c, "1", "day", metric="requests")
    await use(c, Amounts(1))
    await done(c, "quota grant", user=ANN.id, amount="3", metric="requests", until="2h")
    assert "1 used, **3 left** (3 extra counted in)" in await usage(c)
    c.clock.at += 2 * HOUR
    assert "1 used, **0 left**; starts" in await usage(c)


async def test_none_is_none_for_ever(c: Chat) -> None:
    await limit(c, "0", "day", metric="images")
    said = await usage(c)
    assert "• You: **0 images per day**: none at all" in said
    assert "starts anew" not in said
    await done(c, "quota grant", user=ANN.id, amount="3", metric="images")
    assert "0 used, **3 left** (3 extra counted in)" in await usage(c)


async def test_what_never_starts_anew_says_so(c: Chat) -> None:
    await limit(c, "2", "ever", metric="requests")
    await use(c, Amounts(1))
    said = await usage(c)
    assert "**2 requests in all**: 1 used, **1 left**; never starts anew" in said


async def test_a_limit_of_a_model_names_it(c: Chat) -> None:
    await limit(c, "100", "day", metric="tokens", model=MINI)
    await use(c, Amounts(1, 30))
    assert f"**100 tokens per day of `{MINI}`**: 30 used, **70 left**" in await usage(c)


async def test_who_is_refused_for_the_spend_cap_is_told_by_usage(tmp_path: Path) -> None:
    """It is nobody's own limit, so it is named only once it shuts everybody out."""
    async with chat(tmp_path, SPEND_CAP="1") as c:
        await use(c, Amounts(1, 10, 0, 900_000))
        assert "No limit holds for you here" in await usage(c)
        await use(c, Amounts(1, 10, 0, 100_000))
        said = await usage(c)
        assert "used up what its owner lets it spend in a month" in said
        ends = c.desk.quotas.periods(c.clock.now())[Window.MONTH].ends
        assert ends is not None and f"It starts anew <t:{ends // 1000}:R>" in said
        assert "No limit holds" not in said and "$" not in said


async def test_who_is_blocked_is_told_what_lifts_it(c: Chat) -> None:
    await limit(c, "2", "day", metric="requests")
    await done(c, "quota block", user=ANN.id)
    said = await usage(c)
    assert "You are blocked here: I answer none of your questions." in said
    assert "can lift that (`/quota unblock`)" in said
    assert "quota grant" not in said, "an extra does not help"


async def test_who_is_let_off_is_told_what_still_holds(c: Chat) -> None:
    await limit(c, "2", "day", metric="requests")
    await done(c, "quota exempt", user=ANN.id)
    assert "No limit holds for you: an admin lifted them." in await usage(c)
    await limit(c, "9", "day", "everything", metric="requests", who=OWNER)
    said = await usage(c)
    assert "An admin lifted your limits; this holds for everybody:" in said
    assert "• Everything I do: **9 requests per day**: 0 used" in said
    assert "2 requests" not in said


async def test_what_has_no_price_is_named_where_money_is_limited(tmp_path: Path) -> None:
    local = {
        "OPENAI_COMPATIBLE_BASE_URL": "http://127.0.0.1:9/v1",
        "OPENAI_COMPATIBLE_MODELS": "mine",
    }
    async with chat(tmp_path, **local) as c:
        await limit(c, "50", "day", metric="requests")
        assert "price" not in await usage(c)
        await limit(c, "$5", "month")
        assert "No price is known of `openai_compatible:mine`" in await usage(c)
