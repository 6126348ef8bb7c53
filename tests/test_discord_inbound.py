"""What people say on Discord becomes events: real discord.py against the stand-in."""

from __future__ import annotations

import pytest

from adapters.playground.discord.message_payloads import render_event_message
from bot.domain import Quote, ThreadRef
from bot.events import MessageDeleted, Post
from tests.discord_desk import Desk, desk, heard
from tests.virtual import until

__all__ = ["desk"]

pytestmark = pytest.mark.virtual

ASKED = "GET /channels/{channel_id}"
HISTORY = "GET /channels/{channel_id}/messages"


async def test_a_mention_in_a_channel_opens_a_thread(desk: Desk) -> None:
    await desk.start()
    said = desk.say("@bot what is a monad?")
    (event,) = await heard(desk, 1)
    assert event.thread == ThreadRef("discord", desk.guild, desk.general, said)
    assert (event.message, event.position) == (said, int(said))
    assert event.text == "what is a monad?"
    assert event.addressed
    assert event.opens_thread
    assert event.author.name == "Ben"
    assert event.author.id == desk.people.find("ben")
    assert not event.author.moderator
    assert event.sent_at == desk.standin.world.messages[said].at


async def test_a_follow_up_in_a_thread_needs_no_mention(desk: Desk) -> None:
    await desk.start()
    root = desk.say("a topic")
    thread = desk.people.start_thread(desk.people.find("ben"), desk.general, "topic", root)
    said = desk.say("and then?", thread)
    (event,) = await heard(desk, 1)
    assert event.thread == ThreadRef("discord", desk.guild, desk.general, thread)
    assert event.message == said
    assert not event.addressed
    assert not event.opens_thread


async def test_a_direct_message_is_addressed(desk: Desk) -> None:
    await desk.start()
    dm = desk.people.open_dm(desk.people.find("ben"))
    desk.say("hi", dm)
    (event,) = await heard(desk, 1)
    assert event.thread == ThreadRef("discord", "@me", dm, dm)
    assert event.addressed
    assert not event.opens_thread


async def test_what_is_not_for_us_is_not_forwarded(desk: Desk) -> None:
    platform = await desk.start()
    desk.say("just talking")
    desk.say("@everyone look", who="ada")
    role = next(iter(desk.standin.world.roles.values()))
    desk.say(f"<@&{role.id}> look", who="ada")
    await platform.post(desk.general, Post("our own words"), "n1")
    desk.say("@bot now")
    assert [event.text for event in await heard(desk, 1)] == ["now"]


async def test_other_bots_are_not_answered(desk: Desk) -> None:
    await desk.start()
    world = desk.standin.world
    other = world.add_user("other", "Other", bot=True)
    world.join(world.guilds[desk.guild], other)
    desk.say("@bot hello", who="other")
    desk.say("@bot now")
    assert [event.text for event in await heard(desk, 1)] == ["now"]


async def test_events_keep_their_order(desk: Desk) -> None:
    await desk.start()
    for n in range(30):
        desk.say(f"@bot {n}")
    assert [event.text for event in await heard(desk, 30)] == [str(n) for n in range(30)]


async def test_names_stand_for_ids(desk: Desk) -> None:
    await desk.start()
    desk.say(f"@bot ask <@{desk.people.find('ada')}> in <#{desk.general}>")
    (event,) = await heard(desk, 1)
    assert event.text == "ask @Ada in #general"


async def test_moderators_are_known_by_their_roles(desk: Desk) -> None:
    await desk.start()
    desk.say("@bot one", who="ada")
    desk.say("@bot two", who="ben")
    ada, ben = await heard(desk, 2)
    assert ada.author.moderator
    assert not ben.author.moderator


async def test_admins_by_id_are_moderators(desk: Desk) -> None:
    await desk.start(admins={desk.people.find("ben")})
    desk.say("@bot one", who="ben")
    (event,) = await heard(desk, 1)
    assert event.author.moderator


async def test_a_deleted_message_is_told(desk: Desk) -> None:
    await desk.start()
    said = desk.say("@bot one")
    desk.people.delete(desk.people.find("ben"), desk.general, said)
    await until(lambda: len(desk.inbox.events) == 2, within=5)
    assert desk.inbox.events[1] == MessageDeleted("discord", desk.guild, desk.general, said)


async def test_a_thread_that_the_session_does_not_know_is_asked_for(desk: Desk) -> None:
    await desk.start()
    root = desk.say("a topic")
    thread = desk.people.start_thread(desk.people.find("ben"), desk.general, "topic", root)
    desk.standin.gateway.send_event(
        "THREAD_DELETE",
        {"id": thread, "guild_id": desk.guild, "parent_id": desk.general, "type": 11},
    )
    desk.say("one", thread)
    desk.say("two", thread)
    one, two = await heard(desk, 2)
    assert [one.text, two.text] == ["one", "two"]
    assert one.thread == ThreadRef("discord", desk.guild, desk.general, thread)


# --- who may what -----------------------------------------------------------------------


async def test_who_manages_the_server_is_an_admin(desk: Desk) -> None:
    await desk.start()
    desk.say("@bot one", who="ada")
    desk.say("@bot two", who="ben")
    ada, ben = await heard(desk, 2)
    assert ada.author.admin
    assert not ben.author.admin


async def test_admins_are_named_as_settings_name_them(desk: Desk) -> None:
    await desk.start(admins={f"discord:{desk.people.find('ben')}"})
    desk.say("@bot one", who="ben")
    (event,) = await heard(desk, 1)
    assert event.author.admin
    assert event.author.moderator


async def test_names_are_cut_and_cleaned(desk: Desk) -> None:
    await desk.start()
    desk.standin.world.users[desk.people.find("ben")].shown = "\u0007" + "x" * 1000
    desk.say("@bot one")
    (event,) = await heard(desk, 1)
    assert event.author.name == "x" * 80


# --- replies, quotes, forwards ------------------------------------------------------------


@pytest.mark.parametrize("ping", [True, False])
async def test_a_reply_to_us_is_addressed_whether_it_pings_or_not(desk: Desk, ping: bool) -> None:
    platform = await desk.start()
    ours = await platform.post(desk.general, Post("an answer"), "n1")
    desk.say("and why?", reply_to=ours, ping=ping)
    (event,) = await heard(desk, 1)
    assert event.addressed
    assert event.reply_to == ours
    assert event.quote is None, "our own words are in the conversation"


async def test_what_a_reply_is_about_comes_with_it(desk: Desk) -> None:
    await desk.start()
    said = desk.say(f"ask <@{desk.people.find('ben')}>", who="ada", files=[("a.txt", b"abc")])
    asked = desk.say("@bot is that so?", reply_to=said, files=[("b.txt", b"b")])
    (event,) = await heard(desk, 1)
    assert event.quote == Quote("Ada", "ask @Ben", said)
    assert event.reply_to == ""
    own, quoted = event.attachments
    assert (own.name, own.size, own.message, own.place) == ("b.txt", 1, asked, desk.general)
    assert (quoted.name, quoted.message, quoted.place) == ("a.txt", said, desk.general)
    assert quoted.mime.startswith("text/plain")
    assert quoted.url not in repr(quoted)


async def test_a_reply_to_what_is_gone_is_answered_without_it(desk: Desk) -> None:
    await desk.start()
    said = desk.say("soon gone", who="ada")
    asked = desk.say("@bot is that so?", reply_to=said)
    await heard(desk, 1)
    world = desk.standin.world
    world.delete_message(world.messages[said])
    payload = render_event_message(world, "", world.messages[asked], viewer=world.bot, granted=True)
    assert payload["referenced_message"] is None
    desk.standin.gateway.send_event("MESSAGE_CREATE", payload | {"id": str(int(asked) + 1)})
    _, event = await heard(desk, 2)
    assert (event.text, event.quote, event.reply_to) == ("is that so?", None, "")


async def test_forwarded_words_and_files_are_a_quote(desk: Desk) -> None:
    await desk.start()
    ben = desk.people.find("ben")
    dm = desk.people.open_dm(ben)
    said = desk.say("look <:wave:5>", who="ada", files=[("a.txt", b"abc")])
    forwarded = desk.people.forward(ben, dm, said, source=desk.general)
    (event,) = await heard(desk, 1)
    assert event.text == ""
    assert event.quote == Quote("", "look :wave:")
    (file,) = event.attachments
    assert (file.name, file.message, file.place) == ("a.txt", forwarded["id"], dm)


# --- where the bot listens ----------------------------------------------------------------


async def test_everything_is_heard_where_the_bot_listens(desk: Desk) -> None:
    await desk.start()
    desk.inbox.listened.add(desk.general)
    said = desk.say("no mention at all")
    desk.say("elsewhere", desk.people.channel("random"))
    desk.say("", stickers=["wave"])
    desk.say("@bot now", desk.people.channel("random"))
    first, second = await heard(desk, 2)
    assert (first.text, first.addressed, first.opens_thread) == ("no mention at all", False, True)
    assert first.thread == ThreadRef("discord", desk.guild, desk.general, said)
    assert second.text == "now"


async def test_a_forum_post_that_mentions_us_is_the_root_of_its_thread(desk: Desk) -> None:
    await desk.start()
    forum = desk.people.channel("ideas")
    mention = desk.people.mention()
    post = desk.people.forum_post(desk.people.find("ben"), forum, "Idea", f"{mention} what now?")
    (event,) = await heard(desk, 1)
    assert event.thread == ThreadRef("discord", desk.guild, forum, post["id"])
    assert event.roots
    assert event.addressed
    assert not event.opens_thread
    assert event.text == "what now?"
    desk.say("go on", post["id"])
    _, later = await heard(desk, 2)
    assert not later.roots


@pytest.mark.parametrize("name", ["news", "lounge", "stage"])
async def test_every_kind_of_channel_is_heard(desk: Desk, name: str) -> None:
    await desk.start()
    where = desk.people.channel(name)
    desk.say("@bot hello", where)
    (event,) = await heard(desk, 1)
    assert event.opens_thread
    assert event.place == where


# --- stickers, polls, voice ---------------------------------------------------------------


async def test_a_sticker_or_poll_for_us_is_an_empty_question(desk: Desk) -> None:
    await desk.start()
    ben = desk.people.find("ben")
    dm = desk.people.open_dm(ben)
    desk.say("", dm, stickers=["wave"])
    desk.people.poll(ben, dm, "Which?", ["a", "b"])
    desk.say("@bot", stickers=["wave"])
    events = await heard(desk, 3)
    assert [(event.text, event.addressed, event.attachments) for event in events] == [
        ("", True, ())
    ] * 3


async def test_a_sticker_or_poll_for_others_is_nothing(desk: Desk) -> None:
    await desk.start()
    ben = desk.people.find("ben")
    thread = desk.people.start_thread(ben, desk.general, "topic", desk.say("topic"))
    desk.say("", thread, stickers=["wave"])
    desk.people.poll(ben, thread, "Which?", ["a", "b"])
    desk.say("words", thread)
    assert [event.text for event in await heard(desk, 1)] == ["words"]


async def test_a_voice_message_is_a_file(desk: Desk) -> None:
    await desk.start()
    ben = desk.people.find("ben")
    desk.people.speak(ben, desk.people.open_dm(ben))
    (event,) = await heard(desk, 1)
    assert event.text == ""
    (file,) = event.attachments
    assert file.name.endswith(".ogg")


# --- what makes no sense ------------------------------------------------------------------


async def test_an_unusable_id_is_text(desk: Desk) -> None:
    await desk.start()
    desk.say("@bot <@99999999999999999999999> and <@18446744073709551616>")
    (event,) = await heard(desk, 1)
    assert event.text == "<@99999999999999999999999> and <@18446744073709551616>"


async def test_a_mention_counts_only_where_discord_says_so(desk: Desk) -> None:
    await desk.start()
    world = desk.standin.world
    quoted = desk.say("@bot quoted")
    await heard(desk, 1)
    payload = render_event_message(
        world, "", world.messages[quoted], viewer=world.bot, granted=True
    )
    payload |= {"id": str(int(quoted) + 1), "mentions": [], "content": f"`<@{world.bot}>`"}
    desk.standin.gateway.send_event("MESSAGE_CREATE", payload)
    desk.say("@bot now")
    assert [event.text for event in await heard(desk, 2)] == ["quoted", "now"]


@pytest.mark.parametrize(
    "change",
    [
        {"author": None},
        {"id": None},
        {"attachments": [{"id": "x"}]},
        {"message_snapshots": [{}]},
        {"mentions": "nobody"},
        {"content": None},
        {"content": 7},
    ],
)
async def test_a_malformed_message_costs_only_itself(desk: Desk, change: dict[str, object]) -> None:
    platform = await desk.start()
    world = desk.standin.world
    good = desk.say("@bot good")
    await heard(desk, 1)
    payload = render_event_message(world, "", world.messages[good], viewer=world.bot, granted=True)
    payload["id"] = str(int(good) + 1)
    desk.standin.gateway.send_event("MESSAGE_CREATE", payload | change)
    desk.say("@bot now")
    assert [event.text for event in await heard(desk, 2)] == ["good", "now"]
    assert platform.ready
    malformed = [name for name in desk.tally.counts if name.startswith("discord_malformed")]
    assert malformed, "it is counted"
    assert not [name for name in desk.tally.counts if name.startswith("discord_handler_errors")]


# --- without the message content intent -----------------------------------------------------


async def test_what_discord_hides_is_told_as_unreadable(desk: Desk) -> None:
    desk.standin.world.set_privileged(0)
    platform = await desk.start()
    ours = await platform.post(desk.general, Post("an answer"), "n1")
    thread = desk.people.start_thread(
        desk.people.find("ben"), desk.general, "topic", desk.say("topic")
    )
    random = desk.people.channel("random")
    desk.inbox.listened.add(random)
    desk.say("hidden", thread)
    desk.say("hidden too", random)
    desk.say("hidden reply", reply_to=ours, ping=False)
    desk.say("", thread, stickers=["wave"])
    desk.say("@bot plain", thread)
    events = await heard(desk, 4)
    assert [(event.text, event.unreadable) for event in events] == [
        ("", True),
        ("", True),
        ("", True),
        ("plain", False),
    ]
