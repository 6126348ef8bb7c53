"""The stand-in's world outlives its process, is steered from outside, and checks Block Kit."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest

from adapters.playground.slack import blocks, texts
from adapters.playground.slack.problems import Problem
from tests.standin_slack import bolt, serve
from tests.virtual import until


def text(words: str, kind: str = "plain_text") -> Any:
    return {"type": kind, "text": words}


def button(words: str = "Go", **rest: Any) -> Any:
    return {"type": "button", "text": text(words), "action_id": "go", **rest}


def actions(*elements: Any) -> Any:
    return {"type": "actions", "elements": [*elements]}


# --- the world


@pytest.mark.virtual
async def test_the_world_outlives_its_process(tmp_path: Path) -> None:
    async with serve(tmp_path) as slack:
        parent = slack.people.say(slack.ada, slack.general, "one", files=[("a.txt", b"1")])
        reply = await slack.post("two", thread_ts=parent)
        gone = slack.people.say(slack.ada, slack.general, "gone")
        slack.people.delete(slack.ada, slack.general, gone)
        slack.people.edit(slack.ada, slack.general, parent, "changed")
        slack.people.switch(streams="feature_not_enabled")
        slack.people.archive(slack.people.channel("random"))
        slack.people.delete_channel(slack.people.channel("quiet"))
        before = slack.people.look(slack.ada)
    async with serve(tmp_path) as slack:
        assert slack.people.look(slack.ada) == before
        first, second = slack.people.thread(slack.ada, slack.general, parent)
        assert (first["text"], second["ts"]) == ("changed", reply)
        assert slack.people.file(slack.team, first["files"][0]["id"])[0] == b"1"
        assert slack.world.teams[slack.team].streams == "feature_not_enabled"
        later = slack.people.say(slack.ada, slack.general, "three")
        assert later > reply
        with pytest.raises(StopIteration):
            slack.people.channel("quiet")


@pytest.mark.virtual
async def test_a_half_written_line_is_skipped(tmp_path: Path) -> None:
    async with serve(tmp_path) as slack:
        ts = slack.people.say(slack.ada, slack.general, "one")
    with (tmp_path / "world.jsonl").open("ab") as file:
        file.write(b'{"type":"Message","team"')
    async with serve(tmp_path) as slack:
        assert [one["ts"] for one in slack.people.read(slack.ada, slack.general)] == [ts]


@pytest.mark.virtual
async def test_guests_and_strangers_see_only_where_they_are() -> None:
    async with serve() as slack:
        gwen = slack.people.find("gwen")
        assert {one["name"] for one in slack.people.channels(gwen)} == {"general"}
        with pytest.raises(Problem, match="channel_not_found"):
            slack.people.read(gwen, slack.people.channel("random"))
        where = slack.world.channels[slack.team, slack.channel]
        slack.world.leave(where, slack.user(slack.people.find("dan")))
        with pytest.raises(Problem, match="not_in_channel"):
            slack.people.say(slack.people.find("dan"), slack.general, "hello")
        with pytest.raises(Problem, match="channel_not_found"):
            slack.people.say(slack.people.find("cleo"), slack.people.channel("team"), "hello")


@pytest.mark.virtual
async def test_a_person_follows_what_they_see() -> None:
    async with serve() as slack:
        seen = slack.people.subscribe(slack.ben)
        await slack.client.chat_postEphemeral(
            channel=slack.channel, user=slack.user(slack.ada), text="psst"
        )
        ts = await slack.post("one")
        await slack.call("chat.update", channel=slack.channel, ts=ts, text="two")
        await slack.call("chat.delete", channel=slack.channel, ts=ts)
        told = [await asyncio.wait_for(anext(seen), 1) for _ in range(3)]
        assert [(name, data.get("text")) for name, data in told] == [
            ("message", "one"),
            ("message_changed", "two"),
            ("message_deleted", None),
        ]
        seen.close()


@pytest.mark.virtual
async def test_another_process_acts_by_remote_control() -> None:
    async with serve() as slack, bolt(slack) as app:
        app.listen()
        base = f"{slack.standin.origin}/slack/_control"

        async def ask(path: str, **body: Any) -> Any:
            async with slack.http.post(f"{base}/{path}", json=body) as response:
                return (await response.json()) | {"status": response.status}

        ada = (await ask("people/find", name="ada"))["result"]
        general = (await ask("people/channel", name="general"))["result"]
        files = [["a.txt", base64.b64encode(b"1").decode()]]
        said = await ask("people/say", person=ada, channel=general, text="hi", files=files)
        assert slack.shown(said["result"])["files"][0]["name"] == "a.txt"
        refused = await ask("people/edit", person=ada, channel=general, ts="1.000001", text="x")
        assert (refused["status"], refused["error"]) == (400, "message_not_found")
        assert (await ask("people/say", person=ada))["status"] == 400
        changed = await ask("settings", transport="http", retry_seconds=[0, 1])
        assert (slack.settings.transport, slack.settings.retry_seconds) == ("http", (0, 1))
        assert changed["transport"] == "http"
        slack.settings.transport = "socket"
        await ask("faults", route="chat.postMessage", action="refuse", status=503)
        async with slack.http.get(f"{base}/faults") as response:
            assert (await response.json())[0]["route"] == "chat.postMessage"
        assert (await ask("sockets/drop"))["result"] == 1
        await until(lambda: slack.standin.sockets.count == 1)
        async with slack.http.get(f"{base}/history?after=0") as response:
            routes = [one["route"] for one in await response.json()]
        assert "event:message" in routes
        assert not any(route.startswith("_control") for route in routes)
        async with slack.http.post(f"{base}/faults", headers={"Origin": "http://x"}) as response:
            assert response.status == 403


# --- texts


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a & b <c>", "a &amp; b &lt;c&gt;"),
        ("&lt;", "&amp;lt;"),
        ("<@U123ABC> see <#C123ABC>", "<@U123ABC> see <#C123ABC>"),
        ("at https://x.org/a?b=1&c=2.", "at <https://x.org/a?b=1&amp;c=2>."),
        ("<!here> <!bogus>", "<!here> &lt;!bogus&gt;"),
    ],
)
def test_what_is_typed_is_kept_escaped(given: str, kept: str) -> None:
    assert texts.typed(given) == kept


def test_rich_text_holds_what_was_typed() -> None:
    (block,) = texts.rich_text("<@U123ABC> a &amp; <https://x.org|x> <!here>", "b")
    (section,) = block["elements"]
    kinds = [one["type"] for one in section["elements"]]
    assert kinds == ["user", "text", "link", "text", "broadcast"]
    assert section["elements"][1]["text"] == " a & "


# --- Block Kit: https://docs.slack.dev/reference/block-kit/blocks

GOOD = [
    {"type": "divider"},
    {"type": "header", "text": text("x" * 150)},
    {"type": "section", "text": text("x" * 3000, "mrkdwn")},
    {"type": "section", "fields": [text("x" * 900)] * 10},
    {"type": "context", "elements": [text("x")] * 10},
    {"type": "markdown", "text": "x" * 12_000},
    {"type": "image", "image_url": "https://x.org/a.png", "alt_text": "a"},
    actions(*(button(action_id=f"a{n}", value="v" * 2000) for n in range(25))),
    {"type": "table", "rows": [[text("x", "raw_text")] * 20] * 100},
]
BAD = [
    {"type": "header", "text": text("x" * 151)},
    {"type": "header", "text": text("x", "mrkdwn")},
    {"type": "header", "text": text("")},
    {"type": "section"},
    {"type": "section", "text": text("x" * 3001)},
    {"type": "section", "fields": [text("x" * 2001)]},
    {"type": "section", "fields": [text("x")] * 11},
    {"type": "context", "elements": [text("x")] * 11},
    {"type": "image", "image_url": "https://x.org/a.png", "alt_text": ""},
    {"type": "image", "alt_text": "a"},
    actions(),
    actions(*(button(action_id=f"a{n}") for n in range(26))),
    actions(button("x" * 76)),
    actions(button(value="v" * 2001)),
    actions(button(action_id="a" * 256)),
    actions(button(style="loud")),
    actions(button(), button()),
    {"type": "actions", "block_id": "b" * 256, "elements": [button()]},
    {"type": "context_actions", "elements": [button()]},
    {"type": "table", "rows": [[text("x")] * 21]},
    {"type": "table", "rows": [[text("x")]] * 101},
    {"type": "carousel?"},
]


@pytest.mark.parametrize("block", GOOD, ids=lambda block: str(block["type"]))
def test_what_slack_allows_is_allowed(block: Any) -> None:
    assert blocks.check([block]) == [block]


@pytest.mark.parametrize("block", BAD, ids=lambda block: str(block["type"]))
def test_what_slack_refuses_is_refused(block: Any) -> None:
    with pytest.raises(Problem, match="invalid_blocks") as caught:
        blocks.check([block])
    assert "/blocks/" in str(caught.value.rest["errors"]) or "already" in str(
        caught.value.rest["errors"]
    )


def test_a_message_holds_so_many_blocks_and_so_much_text() -> None:
    blocks.check([{"type": "divider"}] * 50)
    with pytest.raises(Problem, match="invalid_blocks"):
        blocks.check([{"type": "divider"}] * 51)
    with pytest.raises(Problem, match="msg_too_long"):
        blocks.check([{"type": "markdown", "text": "x" * 6001}] * 2)
    rest = {"type": "section", "text": text("x" * 1201)}
    with pytest.raises(Problem, match="msg_blocks_too_long"):
        blocks.check([{"type": "markdown", "text": "x" * 12_000}, rest])


def test_file_inputs_stand_in_modals_only() -> None:
    element = {"type": "file_input", "action_id": "f", "max_files": 10}
    block = {"type": "input", "label": text("Files"), "element": element}
    blocks.check([block], "modal")
    for surface in ("message", "home"):
        with pytest.raises(Problem):
            blocks.check([block], surface)
    element["max_files"] = 11
    with pytest.raises(Problem):
        blocks.check([block], "modal")


def test_ids_are_given_to_what_has_none() -> None:
    names = iter("abc")
    made = blocks.name_all(
        [{"type": "divider"}, actions({"type": "button", "text": text("Go")})],
        lambda: next(names),
    )
    assert made[0]["block_id"] == "a"
    assert made[1]["block_id"] == "b"
    assert made[1]["elements"][0]["action_id"] == "c"
