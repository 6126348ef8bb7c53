"""The command and the message's menu: an edit at once where all is said, else a form."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.backends.router import ImageModels
from bot.domain import Attachment, Edit, EditOptions, MaskKind, ThreadRef
from bot.errors import Forbidden
from bot.events import Verdict
from bot.ports import DraftKind, FieldKind
from storage.store import SqliteStore
from tests.formed import THREAD, asked, edited, flaws, form, named, room, told
from tests.stored import ANN, BEN, NOW, attachment, select

PNG = attachment("f1", message="")
REFERENCE = attachment("f2", message="")
MASK = attachment("f3", message="")
TEXT = Attachment("t", "notes.txt", 3, "text/plain", "https://cdn/t")


async def drafts(store: SqliteStore) -> int:
    ((count,),) = await select(store, "SELECT COUNT(*) FROM draft")
    return int(count)


# --- the command, with all that is needed ------------------------------------------------------


async def test_a_prompt_and_a_picture_need_no_form(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        event = asked(await r.command(" make it pink\u0000 ", image=PNG, of=None))
        assert event.text == "make it pink"
        assert event.attachments == (PNG,)
        assert event.edit == Edit(files_first=True)
        assert event.opens_thread
        assert (event.about, event.draft, event.author) == ("", "", ANN)
        assert await drafts(r.store) == 0
        assert (await r.store.admit(event, NOW, 8)).verdict is Verdict.ADMITTED


async def test_every_option_of_the_command_reaches_the_edit(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        event = asked(
            await r.command(
                "pink",
                image=PNG,
                image2=REFERENCE,
                mask=MASK,
                size="1536x1024",
                quality="high",
                background="opaque",
                format="jpeg",
                compression=80,
                moderation="low",
                of=None,
            )
        )
    options = EditOptions("1536x1024", "high", "opaque", "jpeg", 80, "low")
    assert event.attachments == (PNG, REFERENCE, MASK), "the mask is the last"
    assert event.edit == Edit(options, files_first=True, mask=MaskKind.ATTACHED, mask_file=2)


async def test_the_transparent_part_may_stand_for_a_mask(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        event = asked(await r.command("hill", image=PNG, mask_from="transparency", of=None))
    assert event.edit == Edit(files_first=True, mask=MaskKind.TRANSPARENCY)


async def test_a_picture_of_the_thread_is_named_by_its_number(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        await edited(r, "make it pink")
        for written in ("#1", "1", " # 1 "):
            event = asked(await r.command("pink", picture=written))
            assert event.edit == Edit(numbers=(1,))
            assert not event.opens_thread
        both = asked(await r.command("pink", picture="#1", image=PNG))
        assert both.edit == Edit(numbers=(1,), files_first=True), "what came along is edited"


async def test_in_a_thread_with_pictures_the_latest_is_meant(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        await edited(r)
        event = asked(await r.command("make it pink"))
        assert event.edit == Edit()
        assert r.corner.asked == [], "nobody is kept waiting for what is not asked"


async def test_a_file_that_is_named_by_no_option_is_a_picture(tmp_path: Path) -> None:
    """After a mention on Slack words do not say what a file is for."""
    async with room(tmp_path) as r:
        call = r.call("edit-image", arguments={"prompt": "pink"}, attachments=(PNG, REFERENCE))
        event = asked(await r.open(call))
    assert event.attachments == (PNG, REFERENCE)
    assert event.edit == Edit(files_first=True)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"size": "huge"}, "`size` must be one of `auto`"),
        ({"compression": 0}, "whole number from 1 to 100"),
        ({"compression": True}, "whole number from 1 to 100"),
        ({"nonsense": "x"}, "no option `nonsense`"),
        ({"picture": "#0"}, "`picture`: Write the number"),
        ({"picture": "٣"}, "`picture`: Write the number"),
        ({"picture": "#9"}, "no picture #9 that is still kept. It has #1."),
        ({"background": "transparent", "format": "jpeg"}, "jpeg has no transparent parts"),
        ({"mask": MASK, "mask_from": "transparency"}, "not both"),
        # Ignored, all of the picture would be changed.
        ({"mask": "attached"}, "a mask itself is attached in the form"),
        ({"mask": "cat.png"}, "a mask itself is attached in the form"),
    ],
)
async def test_what_cannot_be_taken_is_said(
    tmp_path: Path, given: dict[str, Any], says: str
) -> None:
    async with room(tmp_path) as r:
        await edited(r)
        words = told(await r.command("pink", **given))
        assert says in words
        assert "Nothing was" in words
        assert await drafts(r.store) == 0


async def test_what_a_model_does_not_know_is_said(tmp_path: Path) -> None:
    """The command is registered once; another model may take less."""
    async with room(tmp_path) as r:
        model, backend = r.desk.models.find(None)
        small = replace(model, sizes=("512x512",), most_prompt=10, most_pictures=1)

        class Small:
            def find(self, name: str | None) -> Any:
                return small, backend

            def find_begun(self, name: str) -> Any:
                return self.find(name)

            def known(self) -> Any:
                return [small]

        r.desk = replace(r.desk, models=Small())
        assert "The model takes 512x512." in told(
            await r.command("pink", image=PNG, size="auto", of=None)
        )
        assert "At most 10 characters, these are 11." in told(
            await r.command("pink please", image=PNG, of=None)
        )
        assert "at most 1 pictures" in told(
            await r.command("pink", image=PNG, image2=REFERENCE, of=None)
        )
        only = form(await r.menu(PNG))
        assert "image" not in [each.name for each in only.fields], "it takes no second"


async def test_a_number_means_something_in_a_thread_only(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        words = told(await r.command("pink", picture="#1", of=None))
    assert "within a thread only" in words


async def test_without_a_service_nothing_is_asked(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        r.desk = replace(r.desk, models=ImageModels({}, []))
        for opened in (await r.command("pink", image=PNG), await r.menu(PNG)):
            assert "No service that edits pictures is set up" in told(opened)


# --- the command's form --------------------------------------------------------------------------


async def test_without_a_picture_the_places_newest_are_offered(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        r.corner.recent = [attachment("new", message="m2"), attachment("old", message="m1")]
        shown = form(await r.command("make it pink", quality="low", of=None))
        assert r.corner.asked == ["chan"]
        assert [each.name for each in shown.fields][:5] == [
            "prompt",
            "picture",
            "image",
            "size",
            "quality",
        ]
        assert named(shown, "prompt").value == "make it pink"
        assert named(shown, "prompt").required
        assert named(shown, "picture").choices == (
            ("What I upload; else the newest: new.png", ""),
            ("1. new.png", "@0"),
            ("2. old.png", "@1"),
        )
        assert not named(shown, "picture").required
        assert named(shown, "picture").value == ""
        assert named(shown, "quality").value == "low"
        assert "One edit costs about $" in named(shown, "prompt").hint
        assert "can be opened by their address" in named(shown, "image").hint

        draft = await r.store.draft(shown.id)
        assert draft is not None
        assert (draft.kind, draft.opens_thread, draft.author) == (DraftKind.FORM, True, ANN)

        event = asked(await r.send(shown, picture="@1"))
        assert event.attachments == (attachment("old", message="m1"),)
        assert event.edit == Edit(EditOptions(quality="low"), files_first=True)
        assert (event.text, event.draft) == ("make it pink", shown.id)
        assert event.opens_thread
        assert event.thread == replace(THREAD, thread=event.interaction.id)
        assert (await r.store.admit(event, NOW, 8)).verdict is Verdict.ADMITTED


async def test_on_slack_what_begins_a_thread_is_named_behind_its_channel(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        typed = ThreadRef("slack", "T1", "T1/C1", "T1/C1/900.trigger")
        call = replace(r.call("edit-image", of=None), thread=typed, place="T1/C1")
        shown = form(await r.open(replace(call, arguments={"prompt": "pink"})))
        event = asked(await r.send(shown, files=[("image", PNG)]))
        assert event.thread == replace(typed, thread=f"T1/C1/{event.interaction.id}")


async def test_in_a_thread_its_own_pictures_are_offered_the_latest_first(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        await edited(r, "make it pink")
        shown = form(await r.command())
        assert named(shown, "picture").choices == (
            ("#2: make it pink", "#2"),
            ("#1: sent by Ann", "#1"),
        )
        assert named(shown, "picture").value == "#2", "the latest"
        assert r.corner.asked == []
        event = asked(await r.send(shown, prompt="less", picture="#1"))
        assert event.edit == Edit(numbers=(1,))
        assert event.thread == THREAD


async def test_a_picture_that_came_along_is_not_asked_for(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        shown = form(await r.command(image=PNG, mask=MASK, of=None))
        assert "picture" not in [each.name for each in shown.fields]
        assert named(shown, "image").label == "More pictures to take something from"
        assert not named(shown, "image").required
        event = asked(await r.send(shown, prompt="pink", files=[("image", REFERENCE)]))
        assert event.attachments == (PNG, REFERENCE, MASK)
        assert event.edit == Edit(files_first=True, mask=MaskKind.ATTACHED, mask_file=2)


@pytest.mark.parametrize("why", ["slow", "forbidden", "nothing"])
async def test_what_is_not_known_in_time_is_not_offered(tmp_path: Path, why: str) -> None:
    async with room(tmp_path) as r:
        match why:
            case "slow":
                r.corner.stalls = r.clock.hurried = True
            case "forbidden":
                r.corner.fails = Forbidden("No.", permission="Read Message History")
        shown = form(await r.command("pink", of=None))
        assert "picture" not in [each.name for each in shown.fields]
        assert named(shown, "image").required
        assert named(shown, "image").kind is FieldKind.FILES
        event = asked(await r.send(shown, files=[("image", PNG), ("image", REFERENCE)]))
        assert event.attachments == (PNG, REFERENCE)


async def test_a_platform_that_is_not_connected_offers_nothing(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        r.desk = replace(r.desk, platforms={})
        shown = form(await r.command("pink", of=None))
        assert "picture" not in [each.name for each in shown.fields]


# --- what is wrong with a form -----------------------------------------------------------------


async def test_what_is_wrong_is_said_by_field_and_the_form_can_be_sent_again(
    tmp_path: Path,
) -> None:
    async with room(tmp_path) as r:
        r.corner.recent = [attachment("new", message="m2")]
        shown = form(await r.command(of=None))
        wrong = flaws(await r.send(shown, prompt=" \u200b ", picture=""))
        assert wrong == {"prompt": "Write what is to change, for example: make the sky pink."}
        r.corner.recent = []
        bare = form(await r.command(of=None))
        wrong = flaws(await r.send(bare, prompt=" \u200b "))
        assert wrong == {
            "prompt": "Write what is to change, for example: make the sky pink.",
            "image": "Choose a picture, or upload one.",
        }
        for values, field in (
            ({"picture": "@7"}, "picture"),
            ({"picture": "@-1"}, "picture"),
            ({"picture": "#5"}, "picture"),
            ({"picture": "@٠"}, "picture"),
            ({"picture": "@0", "prompt": "x" * 32_001}, "prompt"),
            ({"picture": "@0", "size": "huge"}, "size"),
            ({"picture": "@0", "compression": "1e2"}, "compression"),
            ({"picture": "@0", "compression": "101"}, "compression"),
            ({"picture": "@0", "background": "transparent", "format": "jpeg"}, "format"),
            ({"picture": "@0", "mask_from": "elsewhere"}, "mask_from"),
        ):
            given: Any = {"prompt": "pink", **values}
            assert list(flaws(await r.send(shown, **given))) == [field]
        masks = [("mask", MASK), ("mask", MASK)]
        assert "mask" in flaws(await r.send(shown, prompt="pink", picture="@0", files=masks))
        both = await r.send(
            shown, prompt="p", picture="@0", mask_from="transparency", files=masks[:1]
        )
        assert "mask" in flaws(both)
        many = [("image", REFERENCE)] * 16
        assert (
            "at most 16"
            in flaws(await r.send(shown, prompt="pink", picture="@0", files=many))["image"]
        )
        assert asked(await r.send(shown, prompt="pink", picture="@0")).text == "pink"


async def test_every_field_of_a_form_reaches_the_edit(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        shown = form(await r.command(of=None))
        event = asked(
            await r.send(
                shown,
                prompt="pink",
                size="1024x1536",
                quality="medium",
                background="transparent",
                format="webp",
                compression="70",
                moderation="low",
                files=[("image", PNG), ("mask", MASK)],
            )
        )
    options = EditOptions("1024x1536", "medium", "transparent", "webp", 70, "low")
    assert event.edit == Edit(options, files_first=True, mask=MaskKind.ATTACHED, mask_file=1)
    assert event.attachments == (PNG, MASK)


async def test_what_stands_as_the_service_would_have_it_is_no_choice(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        shown = form(await r.command(of=None))
        assert named(shown, "size").value == "auto"
        assert named(shown, "background").value == "opaque"
        event = asked(await r.send(shown, prompt="pink", files=[("image", PNG)]))
        assert event.edit == Edit(files_first=True)
        fixed = form(await r.command(size="auto", of=None))
        event = asked(await r.send(fixed, prompt="pink", files=[("image", PNG)]))
        assert event.edit == Edit(EditOptions(size="auto"), files_first=True), (
            "that was said in so many words"
        )


async def test_what_a_platform_has_no_room_for_stays_as_it_was(tmp_path: Path) -> None:
    """Discord shows five fields."""
    async with room(tmp_path) as r:
        shown = form(
            await r.command(
                image=PNG, format="jpeg", compression=50, mask_from="transparency", of=None
            )
        )
        five = replace(shown, fields=shown.fields[:5])
        event = asked(await r.send(five, prompt="pink"))
    options = EditOptions(format="jpeg", compression=50)
    assert event.edit == Edit(options, files_first=True, mask=MaskKind.TRANSPARENCY)


# --- who may send a form, and when -------------------------------------------------------------


async def test_a_form_is_sent_by_whoever_opened_it_once_and_in_time(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        shown = form(await r.menu(PNG))
        assert "opened by somebody else" in told(await r.send(shown, prompt="p", author=BEN))
        event = asked(await r.send(shown, prompt="pink"))
        assert (await r.store.admit(event, NOW, 8)).verdict is Verdict.ADMITTED
        assert "sent already" in told(await r.send(shown, prompt="pink"))
        assert "do not have this form" in told(await r.send("no-such-draft", prompt="pink"))

        late = form(await r.menu(PNG))
        r.clock.at += 24 * 3_600_000
        assert "open for too long" in told(await r.send(late, prompt="pink"))


async def test_a_form_outlives_a_restart(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        shown = form(await r.menu(PNG))
    async with room(tmp_path) as r:
        assert asked(await r.send(shown, prompt="pink")).attachments == (PNG,)


# --- the menu of a message ---------------------------------------------------------------------


async def test_the_menu_edits_the_one_picture_of_a_message(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        shown = form(await r.menu(TEXT, PNG))
        assert "picture" not in [each.name for each in shown.fields]
        event = asked(await r.send(shown, prompt="pink"))
        assert event.attachments == (PNG,)
        assert event.edit == Edit(files_first=True)
        assert event.thread == THREAD
        assert not event.opens_thread


async def test_of_several_pictures_one_is_chosen_or_all(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        shown = form(await r.menu(PNG, REFERENCE, of=None))
        assert [value for _, value in named(shown, "picture").choices] == ["@0", "@1", "all"]
        assert named(shown, "picture").value == "@0"
        assert asked(await r.send(shown, prompt="p")).attachments == (PNG,)
        second = asked(await r.send(shown, prompt="p", picture="@1", files=[("image", MASK)]))
        assert second.attachments == (REFERENCE, MASK)
        assert second.opens_thread
        assert asked(await r.send(shown, prompt="p", picture="all")).attachments == (
            PNG,
            REFERENCE,
        )


@pytest.mark.parametrize(
    "files",
    [
        (),
        (TEXT,),
        (Attachment("s", "a.svg", 3, "image/svg+xml", "https://cdn/s"),),
        (Attachment("u", "unnamed", 3, "", "https://cdn/u"),),
    ],
)
async def test_a_message_without_a_picture_has_nothing_to_edit(
    tmp_path: Path, files: tuple[Attachment, ...]
) -> None:
    async with room(tmp_path) as r:
        words = told(await r.menu(*files))
        assert "no picture in this message" in words
        assert await drafts(r.store) == 0


async def test_a_picture_is_one_by_its_name_where_no_type_is_told(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        untold = replace(PNG, mime="")
        shown = form(await r.menu(untold))
        assert asked(await r.send(shown, prompt="p")).attachments == (untold,)
