"""Forms that are shown again, and what no form can show."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.events import Action, Incoming, MessageDeleted
from bot.forms import texts
from bot.forms.desk import FORM_MS
from bot.ports import FORM_AGAIN, Form
from tests.formed import Room, asked, edited, flaws, form, named, room, told
from tests.stored import BEN, NOW, attachment

REFERENCE = attachment("f2", message="")
MASK = attachment("f3", message="")


# --- shown once more ---------------------------------------------------------------------------


async def again(r: Room, shown: Form, **more: Any) -> Form | Incoming | str:
    """Open a form again, as after a restart: nothing but its id is known."""
    return await r.open(r.call(FORM_AGAIN, form=shown.id, **more))


async def test_a_form_is_the_same_whenever_it_is_shown(tmp_path: Path) -> None:
    """Of a command, a message's menu and every button; whatever was posted since."""
    async with room(tmp_path) as r:
        last = (await edited(r, "pink", "blue", "red"))[-1]
        r.corner.recent = [attachment("new", message="m2"), attachment("old", message="m1")]
        masked = {"mask": MASK}
        shown = [
            await r.command("make it pink", quality="low", of=None),
            await r.command("make it pink", of=None, **masked),
            await r.command(of=None, image=REFERENCE, size="1024x1024"),
            await r.command(picture="#1"),
            await r.command(),
            await r.menu(attachment("one"), of=None),
            await r.menu(attachment("one"), attachment("two")),
            await r.press(Action.ADJUST, last),
            await r.press(Action.UNDO, last),
        ]
        r.corner.recent = []
        for each in shown:
            assert form(await again(r, form(each))) == each


async def test_a_picture_that_was_deleted_is_offered_no_more(tmp_path: Path) -> None:
    """The others keep their values; what is uploaded instead is edited."""
    async with room(tmp_path) as r:
        newest, older = attachment("new", message="m2"), attachment("old", message="m1")
        r.corner.recent = [newest, older]
        shown = form(await r.command("pink", of=None))
        await r.store.admit(MessageDeleted("discord", "guild", "chan", "m2"), NOW, 8)
        once_more = form(await again(r, shown))
        assert named(once_more, "picture").choices == (("2. old.png", "@1"),)
        assert not named(once_more, "picture").required
        for value in ("@0", ""):
            wrong = flaws(await r.send(shown, picture=value))
            assert wrong == {"picture": texts.NOT_OFFERED}, value
        uploaded = asked(await r.send(once_more, files=[("image", REFERENCE)]))
        assert uploaded.attachments == (REFERENCE,)
        assert asked(await r.send(shown, picture="@1")).attachments == (older,)


async def test_a_form_that_cannot_be_used_is_not_shown_again(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        r.corner.recent = [attachment("new", message="m2")]
        shown = form(await r.command(of=None))
        assert told(await again(r, shown, author=BEN)) == texts.NOT_YOURS
        event = asked(await r.send(shown, prompt="pink"))
        await r.store.admit(event, NOW, 8)
        assert told(await again(r, shown)) == texts.FORM_USED
        other = form(await r.command(of=None))
        r.clock.at += FORM_MS
        assert told(await again(r, other)) == texts.FORM_EXPIRED
        assert told(await again(r, replace(other, id="no such form"))) == texts.FORM_LOST


# --- words that are too long for a field --------------------------------------------------------


@pytest.mark.parametrize("words", ["x" * 3_001, "é" * 5_000, "😀" * 1_501])
async def test_words_that_no_field_can_show_stay_whole(tmp_path: Path, words: str) -> None:
    """Neither platform's form is given them cut; left empty they stay, all of them."""
    async with room(tmp_path) as r:
        last = (await edited(r, "pink", words))[-1]
        shown = form(await r.press(Action.ADJUST, last))
        prompt = named(shown, "prompt")
        assert (prompt.value, prompt.required) == ("", False)
        assert f"{len(words):,} characters stay" in prompt.hint
        assert asked(await r.send(shown)).text == words
        assert asked(await r.send(shown, prompt=" ")).text == words
        assert asked(await r.send(shown, prompt="Make it red")).text == "Make it red"
        assert form(await again(r, shown)) == shown


async def test_words_that_a_field_can_show_stand_in_it(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        last = (await edited(r, "x" * 3_000))[-1]
        shown = form(await r.press(Action.ADJUST, last))
        assert named(shown, "prompt").value == "x" * 3_000
        assert named(shown, "prompt").required
        assert "prompt" in flaws(await r.send(shown, prompt=" "))


# --- what a platform shows -----------------------------------------------------------------------


async def test_a_kind_of_picture_that_is_not_shown_says_so(tmp_path: Path) -> None:
    """Only where that is so: what the platform tells of itself."""
    async with room(tmp_path) as r:
        kinds = dict(named(form(await r.command(of=None)), "format").choices)
        assert list(kinds) == ["png", "jpeg", "webp"]
        r.corner.limits = replace(r.corner.limits, unshown=frozenset({"webp"}))
        kinds = dict(named(form(await r.command(of=None)), "format").choices)
        assert list(kinds) == ["png", "jpeg", "webp (stands here as a file, not as a picture)"]
        assert [*kinds.values()] == ["png", "jpeg", "webp"]
