"""Commands, presses, shortcuts, modals and App Home, answered by the real slack-bolt."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from slack_sdk.errors import SlackApiError

from adapters.playground.slack import Problem
from tests.standin_slack import App, Served, bolt, serve
from tests.virtual import until

pytestmark = pytest.mark.virtual

BUTTON = {
    "type": "button",
    "text": {"type": "plain_text", "text": "Go"},
    "action_id": "go",
    "value": "turn-1",
}
ROW = {"type": "actions", "block_id": "row", "elements": [BUTTON]}
FIELD = {
    "type": "input",
    "block_id": "words",
    "label": {"type": "plain_text", "text": "Words"},
    "element": {"type": "plain_text_input", "action_id": "text"},
}
FILES = {
    "type": "input",
    "block_id": "files",
    "optional": True,
    "label": {"type": "plain_text", "text": "Files"},
    "element": {"type": "file_input", "action_id": "picked", "max_files": 2},
}


def modal(title: str = "Ask", **rest: Any) -> Any:
    """Return a modal with a field for words and one for files."""
    return {
        "type": "modal",
        "callback_id": "ask",
        "title": {"type": "plain_text", "text": title},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": [FIELD, FILES],
        **rest,
    }


class Stage:
    """Ada, who interacts, and an app that acks as a test says."""

    def __init__(self, served: Served, app: App) -> None:
        self.served, self.app = served, app
        self.people = served.people

    def state(self, id_: str) -> str:
        return str(self.people.interaction(id_)["state"])

    async def acked(self, id_: str) -> Any:
        await until(lambda: self.state(id_) != "pending")
        assert self.state(id_) == "acked"
        return self.people.interaction(id_)

    def payload(self, kind: str) -> Any:
        return self.app.of(kind)[-1]

    async def open(self, **rest: Any) -> Any:
        """Let Ada use a shortcut that opens a modal; return the modal."""
        used = self.people.shortcut(self.served.ada, "ask")
        await self.acked(used)
        trigger = self.people.interaction(used)["trigger_id"]
        await self.served.client.views_open(trigger_id=trigger, view=modal(**rest))
        return self.people.view(self.served.ada)


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    async with serve() as served, bolt(served) as app:

        @app.bolt.shortcut("ask")
        async def shortcut(ack: Any) -> None:
            await ack()

        @app.bolt.action("go")
        async def go(ack: Any) -> None:
            await ack()

        app.listen()
        yield Stage(served, app)


# --- commands


async def test_a_command_is_acked_and_answered_for_its_person(stage: Stage) -> None:
    @stage.app.bolt.command("/bot")
    async def answer(ack: Any, respond: Any) -> None:
        await ack()
        await respond("for you")
        await respond("for all", response_type="in_channel")

    ada, general = stage.served.ada, stage.served.general
    used = stage.people.command(ada, general, "/bot", f"help {stage.served.mention} a&b")
    await stage.acked(used)
    await until(lambda: len(stage.people.interaction(used)["messages"]) == 2)
    seen = [one["text"] for one in stage.people.read(ada, general)]
    assert seen == ["for you", "for all"]
    others = [one["text"] for one in stage.people.read(stage.served.ben, general)]
    assert others == ["for all"]
    sent = next(body for body in stage.app.got if "command" in body)
    bot = stage.served.world.teams[stage.served.team].bot
    assert sent["text"] == f"help <@{bot}|threadbot> a&amp;b"
    assert (sent["command"], sent["user_id"]) == ("/bot", stage.served.user(ada))
    assert "thread_ts" not in sent


async def test_a_command_has_no_place_in_threads_and_must_be_known(stage: Stage) -> None:
    ada, general = stage.served.ada, stage.served.general
    ts = stage.people.say(ada, general, "hello")
    with pytest.raises(Problem, match="command_not_allowed_in_thread"):
        stage.people.command(ada, f"{general}/{ts}", "/bot", "help")
    stage.served.settings.commands = {"/bot": "everything"}
    with pytest.raises(Problem, match="unknown_command"):
        stage.people.command(ada, general, "/quota")


async def test_what_is_not_acked_in_three_seconds_shows_an_error(stage: Stage) -> None:
    used = stage.people.command(stage.served.ada, stage.served.general, "/bot", "help")
    await asyncio.sleep(2.9)
    assert stage.state(used) == "pending"
    await asyncio.sleep(0.2)
    shown = stage.people.interaction(used)
    assert (shown["state"], shown["error"]) == ("failed", "/bot did not respond")


async def test_an_answer_by_url_works_five_times_in_half_an_hour(stage: Stage) -> None:
    urls: list[str] = []

    @stage.app.bolt.command("/bot")
    async def answer(ack: Any, body: Any) -> None:
        urls.append(body["response_url"])
        await ack()

    async def post(url: str, **body: Any) -> Any:
        async with stage.served.http.post(url, json=body) as response:
            return response.status, await response.text()

    quiet = stage.people.channel("quiet")
    for _ in range(2):
        await stage.acked(stage.people.command(stage.served.ada, quiet, "/bot"))
    first, second = urls
    assert await post(first, text="one") == (200, "ok")
    assert stage.people.read(stage.served.ada, quiet)[-1]["text"] == "one"
    assert await post(first, text="two", replace_original=True) == (200, "ok")
    assert [one["text"] for one in stage.people.read(stage.served.ada, quiet)] == ["two"]
    assert await post(first, delete_original=True) == (200, "ok")
    assert stage.people.read(stage.served.ada, quiet) == []
    for _ in range(2):
        await post(first, text="x")
    status, said = await post(first, text="x")
    assert (status, "used_url" in said) == (404, True)
    await asyncio.sleep(1801)
    status, said = await post(second, text="x")
    assert (status, "expired_url" in said) == (404, True)


# --- presses and shortcuts


async def test_a_press_says_where_and_what(stage: Stage) -> None:
    parent = stage.people.say(stage.served.ada, stage.served.general, "question")
    ts = await stage.served.post("answer", thread_ts=parent, blocks=[ROW])
    await stage.acked(stage.people.press(stage.served.ada, stage.served.general, ts, "go"))
    sent = stage.payload("block_actions")
    assert sent["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": stage.served.channel,
        "is_ephemeral": False,
        "thread_ts": parent,
    }
    (action,) = sent["actions"]
    assert (action["action_id"], action["value"], action["block_id"]) == ("go", "turn-1", "row")
    assert sent["message"]["ts"] == ts
    again = stage.people.press(stage.served.ada, stage.served.general, ts, "go")
    await stage.acked(again)
    assert stage.payload("block_actions")["actions"][0]["action_ts"] > action["action_ts"]
    with pytest.raises(Problem, match="not_found"):
        stage.people.press(stage.served.ada, stage.served.general, ts, "other")


async def test_a_press_on_an_ephemeral_message_carries_none(stage: Stage) -> None:
    await stage.served.client.chat_postEphemeral(
        channel=stage.served.channel,
        user=stage.served.user(stage.served.ada),
        text="psst",
        blocks=[ROW],
    )
    ts = stage.people.read(stage.served.ada, stage.served.general)[-1]["ts"]
    await stage.acked(stage.people.press(stage.served.ada, stage.served.general, ts, "go"))
    sent = stage.payload("block_actions")
    assert sent["container"]["is_ephemeral"]
    assert "message" not in sent
    async with stage.served.http.post(
        sent["response_url"], json={"text": "done", "replace_original": True}
    ) as response:
        assert response.status == 200
    assert stage.people.read(stage.served.ada, stage.served.general)[-1]["text"] == "done"


async def test_feedback_names_the_button(stage: Stage) -> None:
    def button(name: str) -> Any:
        return {"text": {"type": "plain_text", "text": name}, "value": name}

    feedback = {
        "type": "feedback_buttons",
        "action_id": "go",
        "positive_button": button("good"),
        "negative_button": button("bad"),
    }
    blocks = [{"type": "context_actions", "elements": [feedback]}]
    ts = await stage.served.post("answer", blocks=blocks)
    where = (stage.served.ada, stage.served.general, ts, "go")
    await stage.acked(stage.people.press(*where, value="bad"))
    action = stage.payload("block_actions")["actions"][0]
    assert (action["type"], action["value"]) == ("feedback_buttons", "bad")


async def test_a_message_shortcut_carries_its_message(stage: Stage) -> None:
    quiet = stage.people.channel("quiet")
    ts = stage.people.say(stage.served.ada, quiet, "look", files=[("a.txt", b"1")])
    await stage.acked(stage.people.shortcut(stage.served.ada, "ask", quiet, ts))
    sent = stage.payload("message_action")
    assert (sent["callback_id"], sent["message_ts"]) == ("ask", ts)
    assert sent["message"]["files"][0]["name"] == "a.txt"
    assert sent["channel"]["name"] == "quiet"


# --- modals


async def test_a_trigger_opens_one_modal_within_three_seconds(stage: Stage) -> None:
    used = stage.people.shortcut(stage.served.ada, "ask")
    await stage.acked(used)
    trigger = stage.people.interaction(used)["trigger_id"]
    answer = await stage.served.client.views_open(trigger_id=trigger, view=modal())
    assert stage.people.interaction(used)["view"]["id"] == answer["view"]["id"]
    again = await stage.served.refused("views.open", trigger_id=trigger, view=modal())
    assert again == "exchanged_trigger_id"
    used = stage.people.shortcut(stage.served.ada, "ask")
    trigger = stage.people.interaction(used)["trigger_id"]
    await asyncio.sleep(3.1)
    late = await stage.served.refused("views.open", trigger_id=trigger, view=modal())
    assert late == "expired_trigger_id"
    wrong = await stage.served.refused("views.open", trigger_id="1.2.x", view=modal())
    assert wrong == "invalid_trigger_id"


async def test_a_submission_carries_words_and_files_and_closes(stage: Stage) -> None:
    @stage.app.bolt.view("ask")
    async def take(ack: Any) -> None:
        await ack()

    view = await stage.open(private_metadata="kept")
    given = {"words": "why?", "files": [("a.png", b"picture")]}
    await stage.acked(stage.people.submit_view(stage.served.ada, view["id"], given))
    sent = stage.payload("view_submission")["view"]
    assert sent["private_metadata"] == "kept"
    assert sent["state"]["values"]["words"]["text"]["value"] == "why?"
    (file,) = sent["state"]["values"]["files"]["picked"]["files"]
    headers = {"Authorization": f"Bearer {stage.served.standin.bot_token}"}
    async with stage.served.http.get(file["url_private"], headers=headers) as response:
        assert await response.read() == b"picture"
    await until(lambda: stage.people.view(stage.served.ada) is None)


@pytest.mark.parametrize("action", ["errors", "update", "push", "clear", "silence"])
async def test_an_ack_says_what_becomes_of_the_modal(stage: Stage, action: str) -> None:
    @stage.app.bolt.view("ask")
    async def take(ack: Any) -> None:
        match action:
            case "errors":
                await ack(response_action="errors", errors={"words": "too short"})
            case "update" | "push":
                await ack(response_action=action, view=modal("Next"))
            case "clear":
                await ack(response_action="clear")
            case _:
                await asyncio.sleep(4)

    view = await stage.open()
    used = stage.people.submit_view(stage.served.ada, view["id"], {"text": "why?"})
    await until(lambda: stage.state(used) != "pending")
    shown = stage.people.view(stage.served.ada)
    match action:
        case "errors":
            assert shown is not None
            assert shown["errors"] == {"words": "too short"}
        case "clear":
            assert shown is None
        case "silence":
            assert shown is not None
            assert "trouble connecting" in shown["failed"]
        case _:
            assert shown is not None
            assert shown["title"]["text"] == "Next"
            assert (shown["id"] == view["id"]) == (action == "update")
            assert shown["root_view_id"] == view["id"]


async def test_modals_lie_three_deep_and_are_updated_by_hash(stage: Stage) -> None:
    row = {**ROW, "block_id": "more"}
    view = await stage.open(blocks=[row])
    client, ada = stage.served.client, stage.served.ada
    deep = modal("Deeper", blocks=[row])
    for depth in (2, 3, 4):
        await stage.acked(stage.people.press_view(ada, view["id"], "go"))
        trigger = stage.payload("block_actions")["trigger_id"]
        if depth == 4:
            found = await stage.served.refused("views.push", trigger_id=trigger, view=deep)
            assert found == "push_limit_reached"
            break
        await client.views_push(trigger_id=trigger, view=deep)
        top = stage.people.view(ada)
        assert top is not None
        assert top["previous_view_id"] == view["id"]
        view = top
    fresh = modal("Changed", blocks=[row])
    answer = await client.views_update(view_id=view["id"], hash=view["hash"], view=fresh)
    assert answer["view"]["title"]["text"] == "Changed"
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=view["id"], hash=view["hash"], view=fresh)


async def test_a_closed_modal_is_told_if_asked_for(stage: Stage) -> None:
    view = await stage.open(notify_on_close=True)
    assert stage.people.close_view(stage.served.ada, view["id"])
    await until(lambda: stage.app.of("view_closed"))
    assert stage.people.view(stage.served.ada) is None
    gone = await stage.served.refused("views.update", view_id=view["id"], view=modal())
    assert gone == "not_found"


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": {"type": "plain_text", "text": "x" * 25}},
        {"blocks": [{"type": "markdown", "text": "x"}]},
        {"private_metadata": "x" * 3_001},
        {"submit": None, "blocks": [FIELD]},
        {"type": "home"},
    ],
)
async def test_bad_modals_are_refused(stage: Stage, wrong: Any) -> None:
    used = stage.people.shortcut(stage.served.ada, "ask")
    await stage.acked(used)
    trigger = stage.people.interaction(used)["trigger_id"]
    view = {name: value for name, value in modal(**wrong).items() if value is not None}
    found = await stage.served.refused("views.open", trigger_id=trigger, view=view)
    assert found == "invalid_arguments"
    await stage.served.client.views_open(trigger_id=trigger, view=modal())


# --- App Home


async def test_everybody_has_their_own_home(stage: Stage) -> None:
    ada = stage.served.ada
    stage.people.open_home(ada)
    await until(lambda: stage.app.of("app_home_opened"))
    (event,) = stage.app.of("app_home_opened")
    assert (event["user"], event["tab"]) == (stage.served.user(ada), "home")
    assert "view" not in event
    home = {"type": "home", "blocks": [ROW]}
    await stage.served.client.views_publish(user_id=event["user"], view=home)
    shown = stage.people.home(ada)
    assert shown is not None
    assert stage.people.home(stage.served.ben) is None
    await stage.acked(stage.people.press_view(ada, shown["id"], "go"))
    assert stage.payload("block_actions")["view"]["type"] == "home"
    stage.people.open_home(ada, tab="messages")
    await until(lambda: len(stage.app.of("app_home_opened")) == 2)
    assert stage.app.of("app_home_opened")[-1]["tab"] == "messages"
