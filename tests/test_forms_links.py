"""Links to paint a mask: whoever opens them, however often, and what uses them up."""

from __future__ import annotations

import asyncio
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.domain import Edit, MaskKind, Outcome, Turn, TurnKind
from bot.errors import StoreError
from bot.events import Action, MessageDeleted
from bot.forms import texts
from bot.forms.links import KEY_AGE_MS, MEMO, LinkKeys
from bot.ports import Canvas, Closed, Conclusion, LinkEnd, Taken
from bot.signing import Purpose, load_keys, sign, verify
from bot.turns.intake import MOST_OPEN_PER_PERSON
from tests.formed import Room, edited, form, room, told
from tests.stored import ANN, BEN, NOW, OPTIONS, claimed, mention, press, select

MINUTE = 60_000


def drawn(width: int = 30, height: int = 20, *, light: bool = True) -> bytes:
    """Return a mask whose left half is light."""
    picture = Image.new("L", (width, height), 0)
    if light:
        picture.paste(255, (0, 0, width // 2, height))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


async def linked(r: Room) -> tuple[str, Turn]:
    """Return the token of a link that a person was given, and the turn of its picture."""
    *_, last = await edited(r, "make it pink")
    return await another(r, last), last


async def another(r: Room, turn: Turn) -> str:
    words = told(await r.press(Action.PAINT, turn))
    (token,) = re.findall(r"/mask/([\w.-]+)>", words)
    return str(token)


def canvas(shown: Canvas | Closed) -> Canvas:
    assert isinstance(shown, Canvas), shown
    return shown


def end(came: Canvas | Taken | Closed) -> LinkEnd:
    assert isinstance(came, Closed), came
    assert came.said
    return came.end


# --- looking -----------------------------------------------------------------------------------


async def test_a_link_shows_its_picture_however_often_it_is_opened(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        token, _ = await linked(r)
        for _ in range(3):  # preview robots, then the person, in two tabs
            shown = canvas(await r.links.look(token))
            assert shown.picture == b"make it pink"
            assert (shown.mime, shown.width, shown.height) == ("image/png", 30, 20)
            assert shown.prompt == "make it pink"
            assert shown.price.startswith("Sending this costs about $")
            assert shown.model == "segmind:gpt-image-1-edit-mini"
            assert shown.seconds == 42
            assert (shown.most_prompt, shown.most_mask_bytes) == (32_000, 4 * 1024 * 1024)
            assert shown.expires_at == NOW + 15 * MINUTE
        assert await select(r.store, "SELECT COUNT(*) FROM turn WHERE kind = 'picture'") == [(0,)]


async def test_the_key_of_a_page_is_its_links_own(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        token, last = await linked(r)
        other = await another(r, last)
        key = canvas(await r.links.look(token)).key
        assert canvas(await r.links.look(token)).key == key, "a second tab sends the same"
        assert canvas(await r.links.look(other)).key != key
        assert end(await r.links.look(key)) is LinkEnd.UNKNOWN, "it is good for nothing else"
        assert key not in repr(await r.links.look(token))


async def test_the_key_of_a_page_outlives_a_restart_and_a_new_key(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        token, _ = await linked(r)
        key = canvas(await r.links.look(token)).key
        # It was made so long ago that it is about to be replaced.
        old = (await r.store.memo(MEMO)).replace(str(NOW), str(NOW - KEY_AGE_MS))
        await r.store.put_memo(MEMO, old)
    async with room(tmp_path) as r:
        assert canvas(await r.links.look(token)).key == key
        assert len(await r.keys.get()) == 1
        r.clock.at += 1
        assert canvas(await r.links.look(token)).key == key
        assert len(await r.keys.get()) == 2


# --- using -------------------------------------------------------------------------------------


async def test_a_painted_mask_asks_for_the_edit_once(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        token, last = await linked(r)
        came = await r.links.submit(token, drawn(), " only this\u0000 ")
        assert came == Taken(texts.LINK_TAKEN)
        turn = await claimed(r.store)
        assert (turn.kind, turn.prompt, turn.author.id) == (TurnKind.PICTURE, "only this", ANN.id)
        assert turn.about == last.id
        assert turn.edit is not None
        assert turn.edit == Edit(
            OPTIONS, numbers=(2,), mask=MaskKind.PAINTED, mask_blob=turn.edit.mask_blob
        )
        kept = await r.blobs.get(turn.edit.mask_blob)
        assert kept is not None
        mask = Image.open(io.BytesIO(kept))
        assert mask.size == (30, 20)
        assert mask.getchannel("A").getpixel((2, 2)) == 0, "open"
        assert mask.getchannel("A").getpixel((28, 2)) == 255

        for again in (await r.links.submit(token, drawn(), "x"), await r.links.look(token)):
            assert again == Closed(LinkEnd.USED, texts.LINK_USED)


async def test_of_two_tabs_one_asks(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        token, _ = await linked(r)
        both = await asyncio.gather(*(r.links.submit(token, drawn(), f"tab {n}") for n in range(4)))
        assert sum(isinstance(each, Taken) for each in both) == 1
        assert [end(each) for each in both if isinstance(each, Closed)] == [LinkEnd.USED] * 3
        assert await select(r.store, "SELECT COUNT(*) FROM turn WHERE kind = 'picture'") == [(1,)]


@pytest.mark.parametrize(
    ("mask", "prompt", "says"),
    [
        (b"", "pink", "Nothing was charged"),
        (b"GIF89a", "pink", "Nothing was charged"),
        (drawn(light=False), "pink", "Nothing was charged"),
        (drawn(20, 30), "pink", "Nothing was charged"),
        (b"x" * (4 * 1024 * 1024 + 1), "pink", "The mask is over 4 MB"),
        (drawn(), " \u200b\n", "Write what is to change"),
        (drawn(), "x" * 32_001, "At most 32,000 characters"),
    ],
    ids=["nothing", "no picture", "all dark", "another shape", "large", "blank", "long"],
)
async def test_what_cannot_be_taken_leaves_the_link_as_it_is(
    tmp_path: Path, mask: bytes, prompt: str, says: str
) -> None:
    async with room(tmp_path) as r:
        token, _ = await linked(r)
        came = await r.links.submit(token, mask, prompt)
        assert end(came) is LinkEnd.FLAWED
        assert isinstance(came, Closed)
        assert says in came.said
        assert isinstance(await r.links.submit(token, drawn(), "pink"), Taken)


async def test_who_asks_too_much_is_told_so_on_the_page_and_may_paint_later(
    tmp_path: Path,
) -> None:
    async with room(tmp_path) as r:
        token, _ = await linked(r)
        for n in range(MOST_OPEN_PER_PERSON):
            await r.store.admit(mention(str(2_000 + n), text="wait"), NOW, 99)
        came = await r.links.submit(token, drawn(), "pink")
        assert came == Closed(LinkEnd.REFUSED, texts.LINK_REFUSED)
        assert isinstance(await r.links.look(token), Canvas)


# --- links that lead to nothing ----------------------------------------------------------------


async def test_a_link_ends_to_the_millisecond(tmp_path: Path) -> None:
    """A clock that differs does not prolong it: the clock that made it ends it."""
    async with room(tmp_path) as r:
        token, _ = await linked(r)
        r.clock.at = NOW + 15 * MINUTE - 1
        assert isinstance(await r.links.look(token), Canvas)
        r.clock.at += 1
        for came in (await r.links.look(token), await r.links.submit(token, drawn(), "x")):
            assert came == Closed(LinkEnd.EXPIRED, texts.LINK_EXPIRED)


async def test_a_used_link_stays_used_when_it_is_old(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        token, _ = await linked(r)
        await r.links.submit(token, drawn(), "x")
        r.clock.at += 60 * MINUTE
        assert end(await r.links.look(token)) is LinkEnd.USED


async def test_a_link_dies_with_its_picture(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        token, last = await linked(r)
        await r.store.admit(press(Action.REMOVE, last.id), NOW, 8)
        removing = await claimed(r.store)
        assert removing.edit is not None
        await r.store.conclude(removing, Conclusion(Outcome.ANSWERED), NOW)
        for came in (await r.links.look(token), await r.links.submit(token, drawn(), "x")):
            assert end(came) is LinkEnd.GONE


async def test_a_link_dies_with_the_question_of_its_picture(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        token, _ = await linked(r)
        await r.store.admit(MessageDeleted("discord", "guild", "100", "101"), NOW, 8)
        assert end(await r.links.look(token)) is LinkEnd.GONE


async def test_a_link_dies_when_bytes_are_no_longer_kept(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        token, _ = await linked(r)
        await r.store.expire_pictures(NOW + 1, 100)
        assert end(await r.links.look(token)) is LinkEnd.GONE
        assert end(await r.links.submit(token, drawn(), "x")) is LinkEnd.GONE


async def test_the_link_of_a_form_or_of_nothing_is_unknown(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        token, last = await linked(r)
        key, *_ = await r.keys.get()
        opened = form(await r.press(Action.ADJUST, last, author=BEN))
        for forged in (
            sign(key, Purpose.MASK, opened.id, NOW + MINUTE),
            sign(key, Purpose.MASK, "no-such-draft", NOW + MINUTE),
            sign(replace(key, secret=bytes(32)), Purpose.MASK, "d", NOW + MINUTE),
            token[:-1],
            "",
        ):
            unknown = Closed(LinkEnd.UNKNOWN, texts.LINK_UNKNOWN)
            assert await r.links.look(forged) == unknown
            assert await r.links.submit(forged, drawn(), "x") == unknown


@given(st.text(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_garbage_is_unknown(garbage: str) -> None:
    key = load_keys('[{"id": "k", "key": "' + "00" * 32 + '", "made_at": 1}]')
    assert verify(key, Purpose.MASK, garbage) is None


# --- keys and failures -------------------------------------------------------------------------


async def test_keys_are_made_once_whoever_asks_first(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        assert await r.store.memo(MEMO) == ""
        found = await asyncio.gather(*(r.keys.get() for _ in range(5)))
        assert len({keys[0].secret for keys in found}) == 1
        assert load_keys(await r.store.memo(MEMO)) == found[0]
        assert await LinkKeys(r.store, r.clock).get() == found[0], "a restart finds them"
        r.clock.at += KEY_AGE_MS + 1
        newer = await r.keys.get()
        assert newer[1] == found[0][0]
        assert load_keys(await r.store.memo(MEMO)) == newer


async def test_what_cannot_be_stored_leaves_the_link_as_it_is(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        token, _ = await linked(r)
        r.intake.close()
        came = await r.links.submit(token, drawn(), "x")
        assert came == Closed(LinkEnd.FAILED, texts.LINK_FAILED)
        assert isinstance(await r.links.look(token), Canvas)


async def test_a_fault_is_an_end_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with room(tmp_path) as r:
        token, _ = await linked(r)
        for error in (StoreError("full"), KeyError("a slip")):

            async def broken(draft: str, error: Exception = error) -> None:
                raise error

            monkeypatch.setattr(r.store, "draft", broken)
            assert end(await r.links.look(token)) is LinkEnd.FAILED
            assert end(await r.links.submit(token, drawn(), "x")) is LinkEnd.FAILED


async def test_what_becomes_of_links_is_counted(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        token, _ = await linked(r)
        await r.links.look(token)
        await r.links.submit(token, drawn(), "")
        exposed = r.meter.expose().decode()
    assert 'threadbot_links_total{act="look",outcome="done"} 1.0' in exposed
    assert 'threadbot_links_total{act="submit",outcome="flawed"} 1.0' in exposed
