"""Edited pictures on Discord: side by side in one message, with alt text and buttons."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.discord.client import DiscordPlatform
from adapters.discord.payloads import created, uploaded
from bot.domain import Attachment
from bot.errors import Forbidden, TooBig, TooLong
from bot.events import Action, Button, ButtonPressed, File, MessageReceived, Post
from tests.discord_desk import Desk
from tests.platform_steps import EDITED, picture
from tests.virtual import until

pytestmark = pytest.mark.virtual

CREATE = "POST /channels/{channel_id}/messages"
V2 = 1 << 15
BEFORE, AFTER = File("before.png", picture("red"), "A cat"), File("after.png", picture("blue"), "A")


class Stage:
    def __init__(self, desk: Desk, platform: DiscordPlatform) -> None:
        self.desk = desk
        self.platform = platform

    async def post(self, nonce: str = "n1", **fields: Any) -> str:
        """Post a gallery."""
        given: dict[str, Any] = {"text": "Edited", "files": (BEFORE, AFTER), "buttons": EDITED}
        post = Post(**(given | fields), gallery=True)
        return await self.platform.post(self.desk.general, post, nonce)

    def shown(self) -> list[dict[str, Any]]:
        """Return the bot's messages as a person gets them."""
        bot = self.desk.standin.world.bot
        return [one for one in self.desk.read(self.desk.general) if one["author"]["id"] == bot]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with Desk() as desk:
        yield Stage(desk, await desk.start())


async def test_a_gallery_has_its_text_pictures_and_rows_of_buttons(stage: Stage) -> None:
    message = await stage.post()
    (shown,) = stage.shown()
    assert (shown["id"], shown["content"], shown["flags"] & V2) == (message, "", V2)
    text, gallery, first, second = shown["components"]
    assert (text["type"], text["content"]) == (10, "Edited")
    assert gallery["type"] == 12
    assert [one["description"] for one in gallery["items"]] == ["A cat", "A"]
    media = gallery["items"][1]["media"]
    assert (media["width"], media["height"], media["content_type"]) == (12, 8, "image/png")
    assert [len(one["components"]) for one in (first, second)] == [5, 2]
    ids = [one["custom_id"] for row in (first, second) for one in row["components"]]
    assert ids == [f"{one.action}:t1" for one in EDITED]
    assert shown["attachments"] == [], "they are in the components alone"
    file = Attachment("1", "after.png", 0, "image/png", stage.desk.origin + media["url"])
    assert await stage.platform.download(file, 10_000) == AFTER.content


async def test_nothing_in_a_gallery_pings_and_it_is_posted_once(stage: Stage) -> None:
    first = await stage.post(text="@everyone <@1>", reply_to=None)
    assert await stage.post(text="@everyone <@1>") == first
    (body, again) = stage.desk.bodies(CREATE)
    assert body["allowed_mentions"] == {"parse": []}
    assert (body["nonce"], body["enforce_nonce"], body["flags"]) == ("n1", True, V2)
    assert "content" not in body
    assert [one["description"] for one in body["attachments"]] == ["A cat", "A"]
    assert again["nonce"] == "n1"
    assert len(stage.shown()) == 1


async def test_a_gallery_may_reply(stage: Stage) -> None:
    asked = stage.desk.say("edit: blue")
    await stage.post(reply_to=asked)
    (shown,) = stage.shown()
    assert shown["message_reference"]["message_id"] == asked


async def test_a_gallery_replies_to_nothing_that_is_gone(stage: Stage) -> None:
    asked = stage.desk.say("edit: blue")
    ben = stage.desk.people.find("ben")
    stage.desk.people.delete(ben, stage.desk.general, asked)
    await stage.post(reply_to=asked)
    (shown,) = stage.shown()
    assert "message_reference" not in shown


async def test_a_gallery_is_found_by_its_buttons(stage: Stage) -> None:
    message = await stage.post()
    (found,) = await stage.platform.find_ours(stage.desk.general, "0")
    assert (found.message, found.turn) == (message, "t1")


async def test_a_reply_to_a_gallery_is_a_reply_to_us(stage: Stage) -> None:
    message = await stage.post()
    stage.desk.say("make it greener", reply_to=message, ping=False)
    await until(lambda: stage.desk.inbox.messages, within=5)
    (event,) = stage.desk.inbox.events
    assert isinstance(event, MessageReceived)
    assert (event.reply_to, event.addressed) == (message, True)
    assert event.attachments == (), "what we posted is known"


async def test_a_button_in_a_gallery_is_a_press(stage: Stage) -> None:
    message = await stage.post()
    people = stage.desk.people
    people.press(people.find("ben"), stage.desk.general, message, "remove:t1")
    await until(lambda: stage.desk.inbox.events, within=5)
    (event,) = stage.desk.inbox.events
    assert isinstance(event, ButtonPressed)
    assert (event.action, event.message) == (Action.REMOVE, message)


async def test_a_gallery_is_posted_anew_and_its_placeholder_goes(stage: Stage) -> None:
    desk = stage.desk
    message = await stage.platform.post(
        desk.general, Post("here", (Button(Action.VARY, "t1", "Vary"),)), "n0"
    )
    used = desk.people.press(desk.people.find("ben"), desk.general, message, "vary:t1")
    await until(lambda: desk.people.interaction(used)["state"] == "deferred", within=5)
    (event,) = desk.inbox.events
    assert isinstance(event, ButtonPressed)
    post = Post("Edited", EDITED, files=(BEFORE,), gallery=True)
    posted = await stage.platform.post(desk.general, post, "n1", event.interaction)
    assert [one["id"] for one in stage.shown()] == [message, posted]
    assert desk.people.interaction(used)["message"] is None
    assert await stage.platform.post(desk.general, post, "n1", event.interaction) == posted
    assert [one["id"] for one in stage.shown()] == [message, posted]


async def test_a_placeholder_that_stays_is_no_failure_of_the_post(stage: Stage) -> None:
    desk = stage.desk
    vary = Button(Action.VARY, "t1", "Vary")
    message = await stage.platform.post(desk.general, Post("here", (vary,)), "n0")
    used = desk.people.press(desk.people.find("ben"), desk.general, message, "vary:t1")
    await until(lambda: desk.people.interaction(used)["state"] == "deferred", within=5)
    (event,) = desk.inbox.events
    assert isinstance(event, ButtonPressed)
    route = "DELETE /webhooks/{webhook_id}/{webhook_token}/messages/@original"
    fault = desk.fault(route, "refuse", times=9, status=503)
    post = Post("Edited", EDITED, files=(BEFORE,), gallery=True)
    posted = await stage.platform.post(desk.general, post, "n1", event.interaction)
    assert fault.hits
    assert posted in [one["id"] for one in stage.shown()]


async def test_the_missing_permission_is_named(stage: Stage) -> None:
    stage.desk.standin.world.deny_bot(stage.desk.general, "attach_files")
    await stage.desk.clock.sleep(1)
    with pytest.raises(Forbidden) as raised:
        await stage.post()
    assert raised.value.permission == "Attach Files"
    assert stage.shown() == []


async def test_what_is_too_large_never_leaves(stage: Stage) -> None:
    most = stage.platform.limits.file_bytes
    with pytest.raises(TooBig):
        await stage.post(files=(BEFORE, File("after.png", bytes(most + 1))))
    with pytest.raises(TooLong):
        await stage.post(text="x" * 4001)
    assert stage.desk.bodies(CREATE) == []
    await stage.post(text="x" * 4000)


async def test_what_discord_finds_too_large_is_too_big(stage: Stage) -> None:
    stage.desk.standin.settings.file_bytes = 10
    with pytest.raises(TooBig):
        await stage.post()


def test_files_get_names_that_can_be_referred_to() -> None:
    files = (File("my cat (1).png", b"1"), File("größe.png", b"2"), File("...", b"3"))
    post = Post("x", files=files, gallery=True)
    assert [one.name for one in uploaded(post)] == ["1-my-cat-1-.png", "2-gr-e.png", "3-picture"]
    body = created(post, "n")
    urls = [one["media"]["url"] for one in body["components"][1]["items"]]
    assert urls == [f"attachment://{one.name}" for one in uploaded(post)]
    assert "description" not in body["components"][1]["items"][0]
    assert uploaded(Post("x", files=files)) == files


def test_alt_text_is_cut_and_blank_text_left_out() -> None:
    post = Post(" ", files=(File("a.png", b"1", "y" * 2000),), gallery=True)
    (gallery,) = created(post, "n")["components"]
    assert len(gallery["items"][0]["description"]) == 1024


async def test_a_place_that_may_not_be_read_has_no_recent_pictures(stage: Stage) -> None:
    stage.desk.say("look", files=[("cat.png", BEFORE.content)])
    stage.desk.standin.world.deny_bot(stage.desk.general, "read_message_history")
    await stage.desk.clock.sleep(1)
    with pytest.raises(Forbidden) as raised:
        await stage.platform.recent_pictures(stage.desk.general, 5)
    assert raised.value.permission == "Read Message History"


async def test_recent_pictures_are_of_people_alone(stage: Stage) -> None:
    desk = stage.desk
    await stage.post()
    await stage.platform.post(desk.general, Post("mine", files=(BEFORE,)), "n2")
    desk.say("look", files=[("cat.png", BEFORE.content), ("list.txt", b"x")])
    people = desk.people
    people.forward(
        people.find("ada"),
        desk.general,
        desk.say("x", files=[("b.png", b"1")]),
        source=desk.general,
    )
    found = await stage.platform.recent_pictures(desk.general, 9)
    assert [one.name for one in found] == ["b.png", "b.png", "cat.png"]
