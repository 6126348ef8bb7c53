"""What is read back from Slack: our own messages, and what others said before we came."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.slack import history
from adapters.slack.places import position_of
from bot.errors import Forbidden, Gone, PlatformUnknown, Throttled
from bot.events import Action, Button, File, Post
from tests.slack_speech import Speech, after, speech

__all__ = ["speech"]

pytestmark = pytest.mark.virtual

REPLIES, HISTORY = "conversations.replies", "conversations.history"
FAR = 10**18

AGAIN = Button(Action.REGENERATE, "t1", "Regenerate")


def say(speech: Speech, place: str, text: str, who: str = "cleo", **rest: Any) -> str:
    """Say something in a thread as a person and return its `ts`."""
    channel, _, root = place.rpartition("/")
    return speech.people.say(speech.people.find(who), channel, text, thread=root, **rest)


# --- our own --------------------------------------------------------------------------------------


async def test_ours_are_found_with_all_that_tells_them_apart(speech: Speech) -> None:
    place = speech.ask()
    first = await speech.outbound.post(place, Post("a", (AGAIN,)), "n1")
    say(speech, place, "in between")
    weather = speech.people.find("weatherbot")
    channel, _, root = place.rpartition("/")
    speech.people.say_as_bot(weather, channel, "rain", thread=root)
    cut = await speech.outbound.post(place, Post("b", growing="b"), "n2")
    other = speech.ask()
    await speech.outbound.post(other, Post("elsewhere"), "n3")
    found = await speech.history.find_ours(place, after(place))
    assert [(one.message, one.turn, one.nonce) for one in found] == [
        (first, "t1", "n1"),
        # A stream has no metadata before its end.
        (cut, "", ""),
    ]
    later = await speech.history.find_ours(place, str(position_of(first)))
    assert [one.message for one in later] == [cut]


async def test_in_a_channel_only_what_begins_there_is_found(speech: Speech) -> None:
    start = str(speech.now() - 1)
    place = speech.ask()
    await speech.outbound.post(place, Post("answer"), "n1")
    card = await speech.outbound.post(speech.general, Post("asked"), "n2")
    await speech.outbound.post(f"{speech.general}/{card}", Post("under it"), "n3")
    found = await speech.history.find_ours(speech.general, start)
    assert [(one.message, one.nonce) for one in found] == [(card, "n2")]


@pytest.mark.parametrize("in_channel", [False, True])
async def test_all_pages_are_read(
    speech: Speech, in_channel: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "PAGE", 3)
    speech.standin.settings.enforce_posts = False
    start = str(speech.now() - 1)
    place = speech.general if in_channel else speech.ask()
    posted = [await speech.outbound.post(place, Post(f"{n}"), f"n{n}") for n in range(10)]
    assert [one.message for one in await speech.history.find_ours(place, start)] == posted


async def test_what_is_too_much_to_read_is_not_taken_for_nothing(
    speech: Speech, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "PAGE", 1)
    place = speech.ask()
    for n in range(12):
        say(speech, place, f"{n}")
    with pytest.raises(PlatformUnknown):
        await speech.history.find_ours(place, after(place))


async def test_f41_what_may_not_be_read_is_said(speech: Speech) -> None:
    place = speech.ask()
    speech.refuse(REPLIES, "missing_scope", needed="channels:history")
    with pytest.raises(Forbidden) as forbidden:
        await speech.history.find_ours(place, after(place))
    assert forbidden.value.permission == "channels:history"
    speech.refuse(REPLIES, "ratelimited", retry_after=60)
    with pytest.raises(Throttled) as throttled:
        await speech.history.find_ours(place, after(place))
    assert throttled.value.retry_after == 60
    await speech.clock.sleep(60)
    with pytest.raises(Gone):
        await speech.history.find_ours(f"{speech.general}/1.000001", "0")
    with pytest.raises(Gone):
        await speech.history.find_ours("nowhere", "0")


# --- what others said ----------------------------------------------------------------------------


async def test_a_thread_is_heard_as_people_see_it(speech: Speech) -> None:
    people = speech.people
    root = people.say(people.find("ada"), speech.general, "What <b> do you & think?")
    place = f"{speech.general}/{root}"
    cleo = people.find("cleo").partition("/")[2]
    ben = say(speech, place, f"ask <@{cleo}> in <#{speech.general.partition('/')[2]}>", "ben")
    people.say_as_bot(people.find("weatherbot"), speech.general, "rain", thread=root)
    text = "a **b** " * 600
    mine = await speech.outbound.post(place, Post(text, (AGAIN,)), "n1")
    picture = say(speech, place, "", files=[("a.png", b"\x89PNG\r\n")])
    heard = await speech.history.read_thread(place, 0, FAR, 50)
    assert [one.author.name for one in heard[:3]] == ["Ada", "Ben", "Weather Bot"]
    assert [one.text for one in heard[:3]] == [
        "What <b> do you & think?",
        "ask @Cleo in #general",
        "rain",
    ]
    assert [one.message for one in heard] == [root, ben, heard[2].message, mine, picture]
    ours, files = heard[3], heard[4]
    # Not what its notification said, which is cut.
    assert (ours.ours, ours.text) == (True, text.strip())
    assert [one.ours for one in heard] == [False, False, False, True, False]
    (file,) = files.attachments
    assert (file.name, file.size, file.place, file.message) == ("a.png", 6, place, picture)
    assert heard[0].author.id == people.find("ada")


async def test_what_was_forwarded_is_heard_wherever_its_words_stand(speech: Speech) -> None:
    place = speech.ask()
    team, channel, _ = place.split("/")
    forwarded = say(speech, place, "look")
    inner = {"message": {"text": "", "blocks": [{"type": "markdown", "text": "it is 5 < 6"}]}}
    shared = {"is_share": True, "text": "", "fallback": "[July 6th] x", "message_blocks": [inner]}
    message = speech.world.messages[team, channel, forwarded]
    speech.world.change(message, attachments=[shared])
    *_, heard = await speech.history.read_thread(place, 0, FAR, 50)
    assert heard.text == "look\nit is 5 < 6"


async def test_only_what_lies_between_is_heard_and_the_newest_of_it(speech: Speech) -> None:
    place = speech.ask()
    said = [say(speech, place, f"{n}") for n in range(6)]
    first, last = position_of(said[0]), position_of(said[5])
    heard = await speech.history.read_thread(place, first, last, 50)
    assert [one.text for one in heard] == ["1", "2", "3", "4"]
    heard = await speech.history.read_thread(place, first, last, 2)
    assert [one.text for one in heard] == ["3", "4"]
    heard = await speech.history.read_thread(place, 0, first, 50)
    assert [one.text for one in heard] == ["hello"]


async def test_what_was_deleted_is_not_heard(speech: Speech) -> None:
    place = speech.ask()
    gone = say(speech, place, "never mind")
    say(speech, place, "this")
    channel, _, root = place.rpartition("/")
    speech.people.delete(speech.people.find("cleo"), channel, gone)
    speech.people.delete(speech.people.find("ben"), channel, root)
    heard = await speech.history.read_thread(place, 0, FAR, 50)
    assert [one.text for one in heard] == ["this"]


async def test_what_is_nothing_adds_nothing(speech: Speech) -> None:
    place = speech.ask(text="")
    post = Post("see the file", files=(File("answer.md", b"x"),))
    await speech.outbound.post(place, post, "n1")
    heard = await speech.history.read_thread(place, 0, FAR, 50)
    # Its own file is no file of a person's; the mention alone says nothing.
    assert [(one.text, one.ours, one.attachments) for one in heard] == [("see the file", True, ())]


async def test_a_thread_that_may_not_be_read(speech: Speech) -> None:
    place = speech.ask()
    speech.refuse(REPLIES, "missing_scope", needed="groups:history")
    with pytest.raises(Forbidden) as raised:
        await speech.history.read_thread(place, 0, FAR, 50)
    assert raised.value.permission == "groups:history"
