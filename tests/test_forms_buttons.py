"""The buttons under a result that ask for more: edit again, go back, paint a mask, details."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import Amounts, Edit, MaskKind, Outcome, ThreadRef, Usage
from bot.events import OPENING, Action, MessageDeleted, Verdict
from bot.forms import texts
from bot.ports import Conclusion, DraftKind
from storage.store import open_store
from tests.formed import THREAD, Room, asked, edited, flaws, form, named, room, told
from tests.stored import (
    ANN,
    BEN,
    IMAGE_HOLD,
    IMAGE_MODEL,
    NOW,
    OPTIONS,
    attachment,
    claimed,
    made,
    mention,
    press,
    select,
    shown,
)

ADMIN = replace(BEN, admin=True)
ELSEWHERE = ThreadRef("discord", "other", "chan", "100")


# --- edit again --------------------------------------------------------------------------------


async def test_an_edit_goes_on_from_its_result_with_what_it_was_made_by(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        *_, last = await edited(r, "make it pink", "add a hat")
        opened = form(await r.press(Action.ADJUST, last, author=BEN))
        assert named(opened, "prompt").value == "add a hat"
        assert named(opened, "picture").choices == (
            ("#3: the result", "#3"),
            ("#2: the picture before", "#2"),
        )
        assert named(opened, "picture").value == "#3"
        assert (named(opened, "size").value, named(opened, "quality").value) == (
            "1024x1024",
            "high",
        )
        assert named(opened, "compression").value == "80"

        event = asked(await r.send(opened, author=BEN, prompt="a red hat"))
        assert event.edit == Edit(OPTIONS, numbers=(3,))
        assert (event.text, event.about, event.author) == ("a red hat", last.id, BEN)
        assert (event.thread, event.opens_thread) == (THREAD, False)
        before = asked(
            await r.send(opened, author=BEN, picture="#2", files=[("image", attachment("x"))])
        )
        assert before.edit == Edit(OPTIONS, numbers=(2,))
        assert before.attachments == (attachment("x"),)
        assert (await r.store.admit(event, NOW, 8)).verdict is Verdict.ADMITTED


async def test_only_what_is_kept_can_be_gone_on_from(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        *_, last = await edited(r, "make it pink", "add a hat")
        opened = form(await r.press(Action.ADJUST, last))
        await remove(r, last.id)
        assert told(await r.send(opened)) == texts.GONE, "it went while the form was open"
        again = form(await r.press(Action.ADJUST, last))
        assert named(again, "picture").choices == (("#2: the picture before", "#2"),)
        await r.store.expire_pictures(NOW + 1, 100)
        assert list(flaws(await r.send(again, prompt="less"))) == ["picture"]
        assert told(await r.press(Action.ADJUST, last)) == texts.GONE


async def remove(r: Room, turn: str) -> None:
    """Delete a result as its button does."""
    decision = await r.store.admit(press(Action.REMOVE, turn), NOW, 8)
    assert decision.verdict is Verdict.ADMITTED
    removing = await claimed(r.store)
    await r.store.conclude(removing, Conclusion(Outcome.ANSWERED), NOW)
    await r.store.end(removing, Outcome.ANSWERED, NOW)


async def test_the_menu_of_a_result_is_its_button(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        await edited(r, "make it pink")
        opened = form(await r.open(r.call("edit_image", message="m2")))
        assert named(opened, "prompt").value == "make it pink"
        assert asked(await r.send(opened)).edit == Edit(OPTIONS, numbers=(2,))


# --- undo --------------------------------------------------------------------------------------


async def test_one_earlier_version_is_shown_at_once(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        *_, last = await edited(r, "make it pink")
        event = asked(await r.press(Action.UNDO, last))
        assert event.edit == Edit(shows=1)
        assert (event.about, event.text, event.thread) == (last.id, "", THREAD)
        assert (await r.store.admit(event, NOW, 8)).verdict is Verdict.ADMITTED


async def test_what_was_gone_back_to_is_called_what_it_is(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        *_, last = await edited(r, "make it pink")
        await r.store.admit(asked(await r.press(Action.UNDO, last)), NOW)
        turn = await claimed(r.store)
        await r.store.show_picture(turn, 1)
        await r.store.conclude(turn, Conclusion(Outcome.ANSWERED, "back"), NOW)
        await r.store.end(turn, Outcome.ANSWERED, NOW)
        opened = form(await r.press(Action.ADJUST, turn, author=BEN))
        # Nobody's result: it was sent.
        assert named(opened, "picture").choices == (("#1: sent by Ann", "#1"),)


async def test_of_several_earlier_versions_one_is_chosen(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        *_, last = await edited(r, "make it pink", "add a hat", "crop it")
        opened = form(await r.press(Action.UNDO, last))
        (field,) = opened.fields
        assert field.choices == (
            ("#3: add a hat", "#3"),
            ("#2: make it pink", "#2"),
            ("#1: sent by Ann", "#1"),
        )
        assert field.value == "#3"
        assert "costs nothing" in field.hint
        for value in ("#4", "", "#9", "x"):
            assert flaws(await r.send(opened, version=value)) == {"version": texts.NOT_OFFERED}
        event = asked(await r.send(opened, version="#1"))
        assert event.edit == Edit(shows=1)
        assert (event.draft, event.about) == (opened.id, last.id)


async def test_versions_follow_what_was_made_from_what(tmp_path: Path) -> None:
    """Not what came before in time."""
    async with room(tmp_path) as r:
        await edited(r, "make it pink", "add a hat")
        event = mention("150", of=THREAD, edit=Edit(numbers=(1,)))
        await r.store.admit(event, NOW)
        turn = await claimed(r.store)
        await r.store.start_step(turn, IMAGE_MODEL, IMAGE_HOLD, NOW)
        end = Conclusion(Outcome.ANSWERED, "ok", made=made("other", 1, prompt="from the first"))
        await r.store.conclude(turn, end, NOW)
        await r.store.end(turn, Outcome.ANSWERED, NOW)
        assert asked(await r.press(Action.UNDO, turn)).edit == Edit(shows=1)


async def test_without_an_earlier_version_that_is_said(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        *_, last = await edited(r, "make it pink", "add a hat")
        opened = form(await r.press(Action.UNDO, last))
        await r.store.expire_pictures(NOW + 1, 2)
        assert [each.number for each in await r.store.pictures(THREAD) if each.blob] == [3]
        assert told(await r.press(Action.UNDO, last)) == texts.NO_EARLIER
        assert told(await r.send(opened)) == texts.NO_EARLIER
        # Nor can be gone on from what is not kept either.
        await r.store.expire_pictures(NOW + 1, 100)
        assert told(await r.press(Action.UNDO, last)) == texts.GONE


# --- paint -------------------------------------------------------------------------------------


async def test_a_link_to_paint_is_told_alone(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        *_, last = await edited(r, "make it pink")
        words = told(await r.press(Action.PAINT, last))
        (url,) = re.findall(r"<(https://bot\.example\.org/bot/mask/[\w.-]+)>", words)
        assert "works once, for 15 minutes" in words
        assert "costs about $" in words
        ((id,),) = await select(r.store, "SELECT id FROM draft")
        draft = await r.store.draft(id)
        assert draft is not None
        assert draft.edit == Edit(OPTIONS, numbers=(2,), mask=MaskKind.PAINTED)
        assert (draft.kind, draft.about, draft.author) == (DraftKind.PAINT, last.id, ANN)
        assert draft.expires_at == NOW + 15 * 60_000
        assert draft.id not in url, "what it is about is signed, not shown"
        assert told(await r.send(id)) == texts.FORM_LOST, "a link is no form"


async def test_without_a_public_address_no_link_is_given(tmp_path: Path) -> None:
    async with room(tmp_path, public_url=None) as r:
        *_, last = await edited(r, "make it pink")
        assert told(await r.press(Action.PAINT, last)) == texts.LINKS_OFF
        assert await select(r.store, "SELECT * FROM draft") == []


async def test_what_is_not_kept_cannot_be_painted_on(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        first, last = (await edited(r, "make it pink", "add a hat"))[1:]
        await r.store.expire_pictures(NOW + 1, 100)
        assert told(await r.press(Action.PAINT, first)) == texts.GONE
    async with room(tmp_path / "lost") as r:
        *_, last = await edited(r, "make it pink")
        picture = await r.store.picture_made(last.id)
        assert picture is not None
        await r.blobs.delete(picture.blob)
        assert told(await r.press(Action.PAINT, last)) == texts.GONE


# --- details -----------------------------------------------------------------------------------


async def test_admins_are_told_what_an_edit_cost(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        await edited(r)
        await r.store.admit(mention("101", of=THREAD, edit=Edit()), NOW)
        turn = await claimed(r.store)
        step = await r.store.start_step(turn, IMAGE_MODEL, IMAGE_HOLD, NOW)
        await r.store.accept_step(turn, step, "req-77")
        end = Conclusion(
            Outcome.ANSWERED,
            "as asked",
            usage=Usage(prompt=1_200, completion=34, cost_micros=18_000),
            charge=Amounts(1, 0, 1, 18_000),
            made=made("made", 1, masked=True),
        )
        await r.store.conclude(turn, end, NOW + 41_400)
        await shown(r.store, turn, "m2")
        await r.store.end(turn, Outcome.ANSWERED, NOW)
        words = told(await r.press(Action.DETAILS, turn, author=ADMIN))
        for fact in (
            "$0.018 (as the service said), 1 image",
            "`segmind:gpt-image-1-edit-mini`, 41 s",
            "1,200 in, 34 out",
            "`req-77`",
            "size 1024x1024, quality high, compression 80, with a mask",
            "Made of #1: #2, 30 × 20",
        ):
            assert fact in words
        for other in (ANN, replace(BEN, moderator=True)):
            assert told(await r.press(Action.DETAILS, turn, author=other)) == texts.ONLY_ADMINS


async def test_who_is_an_admin_is_decided_each_time(tmp_path: Path) -> None:
    async with room(tmp_path, settings={"ADMIN_IDS": "discord:123"}) as r:
        *_, last = await edited(r, "make it pink")
        assert told(await r.press(Action.DETAILS, last)) == texts.ONLY_ADMINS
        named_here = replace(ANN, id="123")
        assert "Cost: $0.04" in told(await r.press(Action.DETAILS, last, author=named_here))
        # An id means a person on its own platform only.
        other = replace(THREAD, platform="slack")
        assert told(await r.press(Action.DETAILS, last, author=named_here, of=other)) == (
            texts.ONLY_ADMINS
        )


async def test_what_was_only_shown_again_cost_what_it_was_made_for(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        *_, last = await edited(r, "make it pink", "add a hat")
        opened = form(await r.press(Action.UNDO, last))
        await r.store.admit(asked(await r.send(opened)), NOW, 8)
        turn = await claimed(r.store)
        await r.store.show_picture(turn, 2)
        await r.store.conclude(turn, Conclusion(Outcome.ANSWERED), NOW)
        await r.store.end(turn, Outcome.ANSWERED, NOW)
        words = told(await r.press(Action.DETAILS, turn, author=ADMIN))
        assert "Cost: $0.04" in words
        assert "#2, 30 × 20" in words


async def test_what_was_sent_and_shown_again_cost_nothing(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        _, last = await edited(r, "make it pink")
        await r.store.admit(asked(await r.press(Action.UNDO, last)), NOW, 8)
        turn = await claimed(r.store)
        await r.store.show_picture(turn, 1)
        await r.store.conclude(turn, Conclusion(Outcome.ANSWERED), NOW)
        await r.store.end(turn, Outcome.ANSWERED, NOW)
        words = told(await r.press(Action.DETAILS, turn, author=ADMIN))
        assert "Cost" not in words and "Model" not in words
        assert "As it was sent: #1" in words


# --- all of them -------------------------------------------------------------------------------


@pytest.mark.parametrize("action", sorted(OPENING))
async def test_a_button_of_nothing_known_says_so(tmp_path: Path, action: Action) -> None:
    async with room(tmp_path) as r:
        question, last = await edited(r, "make it pink")
        unknown = replace(last, id="t-of-nobody")
        assert told(await r.press(action, unknown, author=ADMIN)) == texts.NOT_THERE
        # A turn of another server, and one that has no picture.
        assert told(await r.press(action, last, author=ADMIN, of=ELSEWHERE)) == texts.NOT_THERE
        if action is not Action.DETAILS:
            assert told(await r.press(action, question)) == texts.NOT_THERE


async def test_nothing_of_one_direct_chat_is_found_in_another(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        *_, last = await edited(r, "make it pink")
        other = replace(THREAD, channel="dm-of-somebody", thread="dm-of-somebody")
        words = told(await r.press(Action.ADJUST, last, of=other, direct=True))
        assert words == texts.NOT_THERE


@pytest.mark.parametrize("action", sorted(OPENING))
async def test_a_store_that_fails_is_a_sentence(tmp_path: Path, action: Action) -> None:
    async with room(tmp_path) as r:
        *_, last = await edited(r, "make it pink", "add a hat")
        closed = await open_store(tmp_path / "closed.db")
        await closed.aclose()
        r.desk = replace(r.desk, store=closed)
        words = told(await r.press(action, last, author=ADMIN))
        assert words == texts.NOT_STORED
        assert told(await r.command("pink", of=None)) == texts.NOT_STORED
        assert told(await r.menu(attachment())) == texts.NOT_STORED
        assert told(await r.send("d1", prompt="pink")) == texts.NOT_STORED


async def test_a_fault_of_our_own_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with room(tmp_path) as r:
        *_, last = await edited(r, "make it pink")

        async def broken(turn: str) -> None:
            raise sqlite3.ProgrammingError("a slip")

        monkeypatch.setattr(r.store, "read", broken)
        assert told(await r.press(Action.ADJUST, last)) == texts.FAILED


async def test_what_opens_nothing_is_unknown(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        *_, last = await edited(r, "make it pink")
        for action in set(Action) - OPENING:
            assert told(await r.press(action, last)) == texts.UNKNOWN


async def test_what_becomes_of_forms_is_counted(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        *_, last = await edited(r, "make it pink")
        opened = form(await r.press(Action.ADJUST, last))
        await r.press(Action.DETAILS, last)
        await r.send(opened, prompt="")
        await r.send(opened)
        exposed = r.meter.expose().decode()
    for labels in (
        'form="adjust",outcome="opened"',
        'form="details",outcome="told"',
        'form="form",outcome="flawed"',
        'form="form",outcome="asked"',
    ):
        assert f"threadbot_forms_total{{{labels}}} 1.0" in exposed


async def test_a_form_about_what_was_deleted_is_refused(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        *_, last = await edited(r, "make it pink")
        opened = form(await r.press(Action.ADJUST, last))
        await r.store.admit(MessageDeleted("discord", "guild", "100", "101"), NOW, 8)
        assert told(await r.send(opened)) in (texts.GONE, texts.FORM_LOST)


# --- what it costs, in words -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "set_here", "words"),
    [
        ((18_000, 65_000), False, "about $0.02 to $0.07"),
        ((18_000, 19_000), False, "about $0.02"),
        ((40_000, 40_000), False, "about $0.04"),
        ((50_000, 50_000), True, "at most $0.05"),
        ((1_234_567, 1_234_567), True, "at most $1.234567"),
        (None, False, "what the picture service charges (its price is not known here)"),
    ],
)
def test_a_price_is_said_as_surely_as_it_is_known(
    known: tuple[int, int] | None, set_here: bool, words: str
) -> None:
    assert texts.price(known, set_here=set_here) == words


async def test_a_price_that_was_set_is_said_as_the_most(tmp_path: Path) -> None:
    async with room(tmp_path, settings={"IMAGE_PRICE": "0.05"}) as r:
        *_, last = await edited(r, "make it pink")
        assert "the edit costs at most $0.05." in told(await r.press(Action.PAINT, last))
