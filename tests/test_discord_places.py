"""Every kind of place: where threads start, what was said there, and writing to one person."""

from __future__ import annotations

import pytest

from adapters.discord.client import DiscordPlatform
from bot.domain import ThreadRef
from bot.errors import Forbidden, Gone, PlatformRefused, Throttled
from bot.events import Post
from bot.ports import Missing
from tests.discord_desk import Desk, desk, heard
from tests.virtual import until

__all__ = ["desk"]

pytestmark = pytest.mark.virtual

THREAD = "POST /channels/{channel_id}/messages/{message_id}/threads"
CREATE = "POST /channels/{channel_id}/messages"
OPEN_DM = "POST /users/@me/channels"
NEWEST = 2**63 - 1


@pytest.fixture
async def platform(desk: Desk) -> DiscordPlatform:
    return await desk.start()


# --- starting threads -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "starts"), [("general", True), ("news", True), ("lounge", False), ("stage", False)]
)
async def test_threads_start_where_there_can_be_one(
    desk: Desk, platform: DiscordPlatform, name: str, starts: bool
) -> None:
    channel = desk.people.channel(name)
    asked = desk.say("@bot hello", channel)
    thread = ThreadRef("discord", desk.guild, channel, asked)
    assert platform.missing(thread, None) == Missing()
    place = await platform.open_thread(thread, "hello")
    assert place == (asked if starts else channel)
    assert len(desk.bodies(THREAD)) == starts, "what cannot be is not tried"
    await platform.post(place, Post("answer", reply_to=asked if not starts else None), "n1")
    assert desk.read(place)[-1]["content"] == "answer"


@pytest.mark.parametrize(
    ("status", "code"), [(403, 50013), (400, 50024), (400, 160006), (400, 50021), (400, 50035)]
)
async def test_where_a_thread_is_refused_the_channel_is_the_place(
    desk: Desk, platform: DiscordPlatform, status: int, code: int
) -> None:
    asked = desk.say("@bot hello")
    body = {"code": code, "message": "x"}
    desk.fault(THREAD, "refuse", status=status, body=body)
    thread = ThreadRef("discord", desk.guild, desk.general, asked)
    assert await platform.open_thread(thread, "hello") == desk.general


async def test_a_thread_that_is_there_already_is_the_place(
    desk: Desk, platform: DiscordPlatform
) -> None:
    asked = desk.say("@bot hello")
    started = desk.people.start_thread(desk.people.find("ada"), desk.general, "mine", asked)
    thread = ThreadRef("discord", desk.guild, desk.general, asked)
    assert await platform.open_thread(thread, "hello") == started == asked


async def test_voice_channels_need_no_right_to_threads(
    desk: Desk, platform: DiscordPlatform
) -> None:
    lounge = desk.people.channel("lounge")
    desk.standin.world.deny_bot(lounge, "create_public_threads", "send_messages_in_threads")
    await desk.clock.sleep(1)
    thread = ThreadRef("discord", desk.guild, lounge, desk.say("@bot hello", lounge))
    assert platform.missing(thread, None) == Missing()


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, 200000, PlatformRefused),
        (403, 50013, Forbidden),
        (403, 50001, Forbidden),
        (403, 160005, Gone),
        (404, 10003, Gone),
    ],
)
async def test_a_refused_post_has_its_class(
    desk: Desk, platform: DiscordPlatform, status: int, code: int, kind: type[Exception]
) -> None:
    desk.fault(CREATE, "refuse", status=status, body={"code": code, "message": "x"})
    with pytest.raises(kind) as caught:
        await platform.post(desk.general, Post("answer"), "n1")
    assert type(caught.value) is kind
    assert getattr(caught.value, "code", None) == str(code)


async def test_slow_mode_is_waited_for_and_is_no_ban(desk: Desk, platform: DiscordPlatform) -> None:
    body = {"code": 20016, "message": "slow", "retry_after": 600.0, "global": False}
    desk.fault(CREATE, "refuse", status=429, body=body, headers={"Retry-After": "600"})
    with pytest.raises(Throttled) as caught:
        await platform.post(desk.general, Post("answer"), "n1")
    assert caught.value.retry_after == 600
    await platform.post(desk.people.channel("random"), Post("elsewhere"), "n2")


# --- reading a thread ---------------------------------------------------------------------------


async def test_a_thread_is_read_with_what_it_is_about(
    desk: Desk, platform: DiscordPlatform
) -> None:
    ben = desk.people.find("ben")
    root = desk.say("the topic", who="ada", files=[("a.txt", b"abc")])
    thread = desk.people.start_thread(ben, desk.general, "topic", root)
    one = desk.say(f"what does <@{desk.people.find('ada')}> think?", thread)
    ours = await platform.post(thread, Post("our answer"), "n1")
    asked = desk.say("@bot and you?", thread)
    heard_ = await platform.read_thread(thread, 0, int(asked), 100)
    assert [each.message for each in heard_] == [root, one, ours]
    assert [each.text for each in heard_] == ["the topic", "what does @Ada think?", "our answer"]
    assert [each.author.name for each in heard_[:2]] == ["Ada", "Ben"]
    assert [each.ours for each in heard_] == [False, False, True]
    (file,) = heard_[0].attachments
    assert (file.name, file.message, file.place) == ("a.txt", root, desk.general)


async def test_only_the_newest_of_a_long_thread_is_read(
    desk: Desk, platform: DiscordPlatform
) -> None:
    ben = desk.people.find("ben")
    root = desk.say("the topic")
    thread = desk.people.start_thread(ben, desk.general, "topic", root)
    said = [desk.say(f"{n}", thread) for n in range(230)]
    heard_ = await platform.read_thread(thread, 0, int(said[-1]), 150)
    assert [each.text for each in heard_] == ["the topic", *(str(n) for n in range(79, 229))]
    later = await platform.read_thread(thread, int(said[200]), int(said[-1]), 150)
    assert [each.text for each in later] == [str(n) for n in range(201, 229)]


async def test_a_forum_post_is_read_from_its_own_first_message(
    desk: Desk, platform: DiscordPlatform
) -> None:
    ben = desk.people.find("ben")
    post = desk.people.forum_post(ben, desk.people.channel("ideas"), "Idea", "my idea")["id"]
    for n in range(120):
        desk.say(f"{n}", post)
    heard_ = await platform.read_thread(post, 0, NEWEST, 50)
    assert heard_[0].text == "my idea"
    assert [each.text for each in heard_[1:]] == [str(n) for n in range(70, 120)]


async def test_a_thread_without_a_root_is_read_all_the_same(
    desk: Desk, platform: DiscordPlatform
) -> None:
    ben = desk.people.find("ben")
    thread = desk.people.start_thread(ben, desk.general, "topic")
    desk.say("words", thread)
    desk.say("", thread, stickers=["wave"])
    heard_ = await platform.read_thread(thread, 0, NEWEST, 50)
    assert [each.text for each in heard_] == ["words"]


async def test_what_others_forwarded_is_read_too(desk: Desk, platform: DiscordPlatform) -> None:
    ben = desk.people.find("ben")
    thread = desk.people.start_thread(ben, desk.general, "topic")
    desk.people.forward(ben, thread, desk.say("from elsewhere"), source=desk.general)
    (only,) = await platform.read_thread(thread, 0, NEWEST, 50)
    assert only.text == "from elsewhere"


async def test_a_thread_that_may_not_be_read_names_the_permission(
    desk: Desk, platform: DiscordPlatform
) -> None:
    ben = desk.people.find("ben")
    thread = desk.people.start_thread(ben, desk.general, "topic", desk.say("topic"))
    desk.standin.world.deny_bot(desk.general, "read_message_history")
    await desk.clock.sleep(1)
    with pytest.raises(Forbidden) as caught:
        await platform.read_thread(thread, 0, NEWEST, 50)
    assert caught.value.permission == "Read Message History"


# --- writing to one person ----------------------------------------------------------------------


async def test_a_person_is_told_in_their_direct_channel(
    desk: Desk, platform: DiscordPlatform
) -> None:
    ben = desk.people.find("ben")
    first = await platform.tell(ben, Post("one"), "n1")
    again = await platform.tell(ben, Post("one"), "n1")
    await platform.tell(ben, Post("two"), "n2")
    assert first == again
    dm = desk.people.open_dm(ben)
    assert [one["content"] for one in desk.read(dm)] == ["one", "two"]
    assert len(desk.bodies(OPEN_DM)) == 1


async def test_a_person_who_takes_no_messages_is_not_told(
    desk: Desk, platform: DiscordPlatform
) -> None:
    ben = desk.people.find("ben")
    desk.people.close_dms(ben)
    with pytest.raises(Forbidden) as caught:
        await platform.tell(ben, Post("one"), "n1")
    assert caught.value.code == "50007"


async def test_nobody_is_not_told(desk: Desk, platform: DiscordPlatform) -> None:
    for person in ("12345", "nobody", ""):
        with pytest.raises(PlatformRefused):
            await platform.tell(person, Post("one"), "n1")


# --- catching up, everywhere --------------------------------------------------------------------


async def test_every_kind_of_place_is_caught_up(desk: Desk) -> None:
    first = await desk.start()
    ben = desk.people.find("ben")
    forum = desk.people.channel("ideas")
    old = desk.people.forum_post(ben, forum, "Old", "an old idea")["id"]
    await heard(desk, 1)
    await desk.stop(first)
    desk.inbox.events.clear()
    mention = desk.people.mention()
    for name in ("news", "lounge", "stage"):
        desk.say(f"@bot in {name}", desk.people.channel(name))
    desk.say("on the old idea", old)
    new = desk.people.forum_post(ben, forum, "New", f"{mention} a new idea")["id"]
    # Of a post that nobody answered Discord may name no newest message.
    desk.standin.world.channels[new].last_message = None
    await desk.start()
    texts = {"in news", "in lounge", "in stage", "on the old idea", "a new idea"}
    assert set(desk.inbox.texts) == texts
    (root,) = [event for event in desk.inbox.messages if event.roots]
    assert root.message == new
    await until(lambda: desk.marks.kept[desk.guild].get(new) == int(new), within=10)
