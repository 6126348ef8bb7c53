"""What the whole bot hears on Slack beside questions: homes, names, rights, coming and going."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from adapters.playground.faults import Fault
from adapters.playground.slack.people import People
from adapters.playground.slack.problems import refuse
from adapters.playground.slack.records import File, Message
from bot.errors import ConfigError
from tests.harness import Harness, harness
from tests.standins import MODEL, SLACK

pytestmark = pytest.mark.virtual
transports = pytest.mark.parametrize("transport", ["socket", "http"])

ADA, BEN, CLEO = 0, 1, 2


def people(h: Harness) -> People:
    """Return the people of the workspace."""
    assert h.standins.slack is not None
    return h.standins.slack.people


def asked(h: Harness, service: str = "aimlapi") -> str:
    """Return what a model was last asked."""
    entries = [each for each in h.standins.history.entries if each.service == service]
    return json.dumps(entries[-1].request, ensure_ascii=False)


def calls(h: Harness, method: str) -> list[Any]:
    """Return the arguments of each call of a method."""
    return [each.request for each in h.standins.history.entries if each.route == method]


def hasten(h: Harness, milliseconds: int) -> None:
    """Let the clock by which the bot hears be fast."""

    class Fast:
        def now(self) -> int:
            return h.clock.now() + milliseconds

        def __getattr__(self, name: str) -> Any:
            return getattr(h.clock, name)

    assert h.service is not None
    platform: Any = h.service.platforms["slack"]
    platform._hearing._clock = Fast()


@transports
async def test_a_home_says_what_the_bot_is_and_what_is_set(tmp_path: Path, transport: str) -> None:
    async with harness(tmp_path, platform="slack", transport=transport) as h:
        ben = h.folk.people[BEN]
        people(h).open_home(ben, "messages")
        people(h).open_home(ben)
        await h.until(lambda: calls(h, "views.publish"), within=10)
        (published,) = calls(h, "views.publish")
        assert published["user_id"] == ben.split("/")[1]
        shown = json.dumps(published["view"], ensure_ascii=False)
        assert published["view"]["type"] == "home" and "/bot" in shown


async def test_a_thread_that_could_not_be_read_is_read_for_the_next_question(
    tmp_path: Path,
) -> None:
    async with harness(tmp_path, platform="slack") as h:
        ben, channel = h.folk.people[BEN], h.folk.channels[0]
        first = people(h).say(ben, channel, "Lunch at noon, at the harbour?")
        h.standins.faults[SLACK].add(refuse("conversations.replies", "missing_scope"))
        mention = people(h).mention()
        for question in ("When was lunch?", "And now?"):
            await h.ended(people(h).say(ben, channel, f"{mention} {question}", thread=first))
        said = asked(h)
        assert said.count("at the harbour") == 1
        assert said.index("at the harbour") < said.index("When was lunch?") < said.index("And now?")


async def test_people_and_channels_are_named_to_the_model(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        cleo = h.folk.people[CLEO].split("/")[1]
        channel = h.folk.channels[1].split("/")[1]
        words = f"What did <@{cleo}> say in <#{channel}>, is 3 < 5 & so?"
        await h.ended(h.mention(f"{words} <https://a.example|x>"))
        said = asked(h)
        assert "@Cleo" in said and "#random" in said and "x (https://a.example)" in said
        assert "3 < 5 & so" in said and cleo not in said and "UBOT" not in said


async def test_what_slack_changes_by_itself_is_no_edit(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        question = h.mention("What is at https://a.example ?")
        await h.ended(question)
        team, channel, _ = h.thread(question).split("/")
        people(h).show_preview(f"{team}/{channel}", question, "https://a.example")
        await h.clock.sleep(5)
        assert len(h.ours(question)) == 1


async def test_rights_are_those_that_slack_gives_at_the_moment(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        refused = await h.told(h.command("settings", person=CLEO, mentions="never"))
        assert refused.startswith("Only the admins and owners")
        people(h).set_admin(h.folk.people[CLEO])
        assert "Done" in await h.told(h.command("settings", person=CLEO, mentions="never"))
        people(h).set_admin(h.folk.people[CLEO], admin=False)
        refused = await h.told(h.command("settings", person=CLEO, mentions="threads"))
        assert refused.startswith("Only the admins and owners")


async def test_an_admin_of_another_company_is_none_here(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        people(h).set_admin(h.folk.people[CLEO])
        people(h).set_home(h.folk.people[CLEO], "T0ELSEWHERE")
        refused = await h.told(h.command("settings", person=CLEO, mentions="never"))
        assert refused.startswith("Only the admins and owners")


@transports
async def test_help_is_understood_everywhere(tmp_path: Path, transport: str) -> None:
    async with harness(tmp_path, platform="slack", transport=transport) as h:
        assert "Mention me" in await h.told(h.command("help", person=BEN))
        assert "Mention me" in await h.told(h.mention("help", person=BEN))
        assert "Mention me" in await h.told(h.dm("help", person=BEN))
        question = h.mention("What is a monad?")
        await h.ended(question)
        inside = h.mention("help", person=BEN, channel=h.thread(question))
        assert "Mention me" in await h.told(inside)
        assert h.turn(inside) is None


async def test_a_stop_that_comes_again_stops_no_later_answer(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        first = h.mention("What is a monad?")
        await h.ended(first)
        (answer,) = h.ours(first)
        slow = Fault("POST /v1/chat/completions", "answer", options={"silence": 20.0})
        h.standins.faults[MODEL].add(slow)
        second = h.mention("And a functor?", channel=h.thread(first))
        await h.clock.sleep(5)
        team, channel, thread = h.thread(first).split("/")
        assert h.service is not None
        platform: Any = h.service.platforms["slack"]
        event = {
            "type": "agent_session_stopped",
            "channel": channel,
            "thread_ts": thread,
            "user": "U1",
            "streaming_message_ts": [answer.id],
            "event_ts": answer.id,
        }
        await platform._hearing.take(team, {"type": "event_callback", "event": event})
        assert (await h.ended(second))["outcome"] == "answered"


@transports
async def test_a_clock_that_is_fast_by_slacks_doubles_no_card(
    tmp_path: Path, transport: str
) -> None:
    """Nor does it put what is said in the card's thread before the question."""
    async with harness(tmp_path, platform="slack", transport=transport) as h:
        hasten(h, 120_000)
        h.standins.faults[SLACK].add(Fault("chat.postMessage", "lose_answer"))
        h.command("ask", prompt="What is a monad?")
        channel = h.folk.channels[0]
        await h.clock.sleep(60)
        (card,) = h.ours(channel)
        follow_up = h.say(f"{channel}/{card.id}", "And a functor?")
        assert (await h.ended(follow_up))["outcome"] == "answered"
        assert "What is a monad?" in asked(h)


@transports
async def test_a_workspace_that_removes_the_app_is_left(tmp_path: Path, transport: str) -> None:
    async with harness(tmp_path, platform="slack", transport=transport) as h:
        await h.ended(h.mention("What is a monad?"))
        people(h).uninstall()
        assert h.service is not None
        platform: Any = h.service.platforms["slack"]
        await h.until(lambda: platform.problems(), within=60)
        assert platform.problems() == ["slack: the app was removed from the workspace"]
        with closing(sqlite3.connect(h.database)) as database:
            found = database.execute("SELECT platform, left_at > 0 FROM workspace").fetchall()
        assert found == [("slack", 1)]


async def test_a_start_in_a_workspace_that_removed_the_app_is_refused(tmp_path: Path) -> None:
    async with harness(tmp_path, platform="slack") as h:
        await h.ended(h.mention("What is a monad?"))
        await h.stop_bot()
        people(h).uninstall()
        with pytest.raises(ConfigError, match="SLACK_BOT_TOKEN is refused by Slack"):
            await h.start_bot()
        people(h).install()
        await h.start_bot()
        assert "functor" in await h.answer_to(h.mention("What is a functor?"))


# --- messages of every kind -------------------------------------------------------------------


def empty_texts(h: Harness) -> None:
    """Let events tell of messages without their text, which then stands in their blocks only."""
    assert h.standins.slack is not None
    sockets: Any = h.standins.slack.sockets
    send = sockets.send

    async def send_without(kind: str, payload: Any, *rest: Any) -> Any:
        event = payload.get("event", {})
        told = {**payload, "event": {**event, "text": ""}} if "text" in event else payload
        return await send(kind, told, *rest)

    sockets.send = send_without


def post(h: Harness, *, file: tuple[str, str, bytes] | None = None, **fields: Any) -> str:
    """Post a message as Slack would, with a file by title, type and bytes; return its ts."""
    assert h.standins.slack is not None
    world = h.standins.slack.world
    team, channel = h.folk.channels[0].split("/")
    ada = h.folk.people[ADA].split("/")[1]
    ts = world.new_ts(team)
    if file is not None:
        title, mime, content = file
        kept = File(
            team=team,
            id=world.new_id(team, "F"),
            user=ada,
            name=title,
            title=title,
            mime=mime,
            # What Slack tells of a page of its own is the size of no bytes of it.
            size=len(content) + 100,
            at=world.now(),
            shares=[(channel, ts, world.now())],
        )
        world.put_file(kept, content)
        world.save(kept)
        fields["files"] = [kept.id]
    world.post(Message(**{"team": team, "channel": channel, "ts": ts, "user": ada} | fields))
    return ts


async def test_x034_a_question_may_stand_in_blocks_only(tmp_path: Path) -> None:
    """Lists, code, people and signs as they are read; and it is answered."""
    async with harness(tmp_path, platform="slack") as h:
        us, cleo = people(h).mention(), h.folk.people[CLEO].split("/")[1]
        words = [
            {"type": "user", "user_id": us.strip("<@>")},
            {"type": "text", "text": " is 3 < 5, "},
            {"type": "user", "user_id": cleo},
            {"type": "emoji", "name": "wave"},
            {"type": "link", "url": "https://a.example", "text": "x"},
        ]
        item = {"type": "rich_text_section", "elements": [{"type": "text", "text": "tea"}]}
        elements = [
            {"type": "rich_text_section", "elements": words},
            {"type": "rich_text_list", "style": "bullet", "elements": [item]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a = 1"}]},
        ]
        empty_texts(h)
        text = f"{us} is 3 &lt; 5, <@{cleo}>:wave:<https://a.example|x> and more"
        question = post(
            h, text=text, blocks=[{"type": "rich_text", "block_id": "b", "elements": elements}]
        )
        turn = await h.ended(question)
        assert turn["outcome"] == "answered"
        read = "is 3 < 5, @Cleo:wave:x (https://a.example)\n- tea\n```\na = 1\n```"
        assert json.dumps(read)[1:-1] in asked(h)
        assert h.turn(question) is not None and "and more" not in asked(h)


@pytest.mark.parametrize(
    ("title", "mime"),
    [("Plan", "application/vnd.slack-docs"), ("Tasks", "application/vnd.slack-list")],
)
async def test_x035_a_canvas_is_named_as_not_read(tmp_path: Path, title: str, mime: str) -> None:
    """Alone, and below an answer; neither is it the lack of a right, of which admins are told."""
    page = (title, mime, b"<!DOCTYPE html><html><body>quip</body></html>")
    async with harness(tmp_path, platform="slack") as h:
        alone = await h.answer_to(post(h, text=people(h).mention(), file=page))
        assert f"`{title}` was not read: it is a page kept here" in alone
        assert "Nothing was charged" in alone and "files:read" not in alone
        beside = post(h, text=f"{people(h).mention()} What is a monad?", file=page)
        assert f"(`{title}` was not read" in await h.answer_to(beside)
        assert (await h.ended(beside))["outcome"] == "answered"
        assert "quip" not in asked(h)


async def test_x035_what_is_no_persons_words_is_not_answered(tmp_path: Path) -> None:
    """Huddles, workflows, and cards of other apps: as what Discord says by itself."""
    async with harness(tmp_path, platform="slack") as h:
        mention = people(h).mention()
        workflow: dict[str, Any] = {"user": "", "bot_id": "B0WORKFLOW", "app": "A0WORKFLOW"}
        silent = [
            post(h, subtype="huddle_thread", text=f"{mention} A huddle started"),
            post(h, subtype="bot_message", **workflow, text=f"{mention} Daily update"),
            post(h, **workflow, text=f"{mention} Daily update"),
            post(h, subtype="channel_canvas_updated", text=mention),
            post(h, text="", attachments=[{"title": "Card", "text": mention}]),
        ]
        cards = [{"title": f"Card {n}", "text": f"about card {n}"} for n in range(50)]
        question = post(h, text=f"{mention} What is a monad?", attachments=cards)
        assert (await h.ended(question))["outcome"] == "answered"
        assert "What is a monad?" in asked(h) and "about card" not in asked(h)
        assert "Ask me in words" in await h.answer_to(post(h, text=mention, attachments=cards))
        assert [each for each in silent if h.turn(each)] == []
