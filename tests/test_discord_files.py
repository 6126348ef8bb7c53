"""Files that people attach, fetched from Discord; files that we post."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.discord.client import DiscordPlatform
from bot.domain import Attachment
from bot.errors import Gone, PlatformUnknown, Throttled, TooBig
from bot.events import File, Post
from tests.discord_desk import Desk, heard

pytestmark = pytest.mark.virtual

GET = "GET /channels/{channel_id}/messages/{message_id}"
DATA = b"a,b\n1,2\n"
LINK_SECONDS = 60.0


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with Desk() as desk:
        desk.standin.settings.link_seconds = LINK_SECONDS
        yield desk


@pytest.fixture
async def platform(desk: Desk) -> DiscordPlatform:
    return await desk.start()


async def sent(desk: Desk) -> Attachment:
    """Return a file that was just sent."""
    desk.say("@bot read this", files=[("table.csv", DATA)])
    (event,) = await heard(desk, 1)
    return event.attachments[0]


async def test_a_file_is_fetched(desk: Desk, platform: DiscordPlatform) -> None:
    file = await sent(desk)
    assert await platform.download(file, 100) == DATA
    assert desk.bodies(GET) == []


async def test_an_expired_link_is_had_anew_once(desk: Desk, platform: DiscordPlatform) -> None:
    file = await sent(desk)
    await desk.clock.sleep(2 * LINK_SECONDS)
    assert await platform.download(file, 100) == DATA
    assert len(desk.bodies(GET)) == 1


async def test_an_expired_link_of_a_forward_is_had_anew(
    desk: Desk, platform: DiscordPlatform
) -> None:
    ben = desk.people.find("ben")
    said = desk.say("look", who="ada", files=[("table.csv", DATA)])
    desk.people.forward(ben, desk.people.open_dm(ben), said, source=desk.general)
    (event,) = await heard(desk, 1)
    await desk.clock.sleep(2 * LINK_SECONDS)
    assert await platform.download(event.attachments[0], 100) == DATA


async def test_a_file_whose_message_is_gone_is_gone(desk: Desk, platform: DiscordPlatform) -> None:
    file = await sent(desk)
    await desk.clock.sleep(2 * LINK_SECONDS)
    desk.people.delete(desk.people.find("ben"), desk.general, file.message)
    with pytest.raises(Gone):
        await platform.download(file, 100)


async def test_a_file_taken_off_its_message_is_gone(desk: Desk, platform: DiscordPlatform) -> None:
    file = await sent(desk)
    await desk.clock.sleep(2 * LINK_SECONDS)
    desk.people.edit(desk.people.find("ben"), desk.general, file.message, "no file", keep=[])
    with pytest.raises(Gone):
        await platform.download(file, 100)


async def test_a_file_that_may_not_be_read_any_more_is_gone(
    desk: Desk, platform: DiscordPlatform
) -> None:
    file = await sent(desk)
    await desk.clock.sleep(2 * LINK_SECONDS)
    desk.standin.world.deny_bot(desk.general, "view_channel")
    with pytest.raises(Gone):
        await platform.download(file, 100)


async def test_a_file_of_a_command_cannot_be_had_anew(
    desk: Desk, platform: DiscordPlatform
) -> None:
    file = replace(await sent(desk), message="", place="")
    await desk.clock.sleep(2 * LINK_SECONDS)
    with pytest.raises(Gone):
        await platform.download(file, 100)
    assert desk.bodies(GET) == []


async def test_too_much_is_not_taken(desk: Desk, platform: DiscordPlatform) -> None:
    file = await sent(desk)
    with pytest.raises(TooBig):
        await platform.download(file, len(DATA) - 1)
    with pytest.raises(TooBig, match="7"):
        await platform.download(replace(file, size=1), 7)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/attachments/1/2/x",
        "https://cdn.discordapp.com.example.org/x",
        "https://user@cdn.discordapp.com/x",
        "https://cdn.discordapp.com:8443/x",
        "file:///etc/passwd",
        "",
    ],
)
async def test_only_discords_own_hosts_are_asked(
    desk: Desk, platform: DiscordPlatform, url: str
) -> None:
    file = Attachment("1", "x", 1, "", url)
    with pytest.raises(Gone):
        await platform.download(file, 100)


async def test_a_hiccup_is_not_the_end_of_a_file(desk: Desk, platform: DiscordPlatform) -> None:
    file = await sent(desk)
    route = "GET /cdn/attachments/{channel_id}/{attachment_id}/{filename}"
    fault = desk.fault(route, "refuse", status=503, times=1)
    with pytest.raises((PlatformUnknown, Throttled)):
        await platform.download(file, 100)
    assert fault.hits == 1
    assert await platform.download(file, 100) == DATA


async def test_a_file_that_takes_too_long_may_be_had_later(
    desk: Desk, platform: DiscordPlatform
) -> None:
    file = await sent(desk)
    route = "GET /cdn/attachments/{channel_id}/{attachment_id}/{filename}"
    desk.fault(route, "delay", seconds=60.0)
    began = desk.clock.monotonic()
    with pytest.raises(PlatformUnknown):
        await platform.download(file, 100)
    assert desk.clock.monotonic() - began <= platform.limits.call_seconds


async def test_a_file_larger_than_the_server_takes_never_leaves(
    desk: Desk, platform: DiscordPlatform
) -> None:
    large = File("answer.md", bytes(11 * 1024 * 1024))
    with pytest.raises(TooBig):
        await platform.post(desk.general, Post("see", files=(large,)), "n1")
    fitting = File("answer.md", b"small")
    desk.standin.settings.file_bytes = 4
    with pytest.raises(TooBig):
        await platform.post(desk.general, Post("see", files=(fitting,)), "n2")
