"""Interactions with their deadlines, and what people may do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.playground.discord import permissions, records
from adapters.playground.discord.interaction_payloads import render_interaction
from adapters.playground.discord.permissions import (
    ADMINISTRATOR,
    ALL,
    SEND_MESSAGES,
    VIEW_CHANNEL,
    in_channel,
    in_guild,
)
from adapters.playground.discord.problems import Problem
from adapters.playground.discord.records import Overwrite, Role
from tests.openapi import Watch
from tests.standin_discord import Served, serve

QUIET: Any = {"parse": []}


class Stage:
    """A message of the bot with a button, and a person to press it."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.world, self.people = served.standin.world, served.standin.people
        self.ada, self.ben = self.people.find("ada"), self.people.find("ben")
        self.general = self.people.channel("general")
        self.message = ""

    async def set(self) -> None:
        button = {"type": 2, "style": 1, "label": "Go", "custom_id": "go"}
        rows = [{"type": 1, "components": [button]}]
        body = {"content": "part", "components": rows, "allowed_mentions": QUIET}
        _, posted, _ = await self.call("POST", f"/channels/{self.general}/messages", body)
        self.message = posted["id"]

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any, Any]:
        return await self.served.call(method, path, body)

    def press(self) -> str:
        return self.people.press(self.ada, self.general, self.message, "go")

    async def answer(self, press: str, kind: int, **data: Any) -> tuple[int, Any]:
        token = self.world.interactions[press].token
        path = f"/interactions/{press}/{token}/callback?with_response=1"
        if kind in (4, 7):
            data |= {"allowed_mentions": QUIET}
        body = {"type": kind} | ({"data": data} if data else {})
        status, answer, _ = await self.call("POST", path, body)
        return status, answer

    async def hook(
        self, method: str, press: str, which: str = "/messages/@original", content: str = ""
    ) -> tuple[int, Any]:
        token = self.world.interactions[press].token
        body = {"content": content, "allowed_mentions": QUIET} if content else None
        path = f"/webhooks/{self.world.application}/{token}{which}"
        status, answer, _ = await self.call(method, path, body)
        return status, answer

    def shown(self, person: str | None = None) -> list[str]:
        read = self.people.read(person or self.ada, self.general)
        return [one["content"] for one in read]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with serve(limits=False) as served:
        watch = Watch()
        served.standin.history.watchers.append(watch)
        made = Stage(served)
        await made.set()
        yield made
        assert not watch.violations


async def test_the_first_answer_has_three_seconds(stage: Stage) -> None:
    press = stage.press()
    stage.served.time.ms += 3_000
    assert (await stage.answer(press, 5, flags=0))[0] == 200
    late = stage.press()
    stage.served.time.ms += 3_001
    status, answer = await stage.answer(late, 5, flags=0)
    assert (status, answer["code"]) == (404, 10062)
    assert stage.people.interaction(late)["state"] == "failed"


async def test_an_interaction_is_answered_once(stage: Stage) -> None:
    press = stage.press()
    status, answer = await stage.answer(press, 4, content="one")
    assert (status, answer["resource"]["type"]) == (200, 4)
    assert answer["interaction"]["response_message_id"] == answer["resource"]["message"]["id"]
    status, answer = await stage.answer(press, 4, content="two")
    assert (status, answer["code"]) == (400, 40060)
    assert stage.shown() == ["part", "one"]


async def test_without_being_asked_the_callback_says_nothing(stage: Stage) -> None:
    press = stage.press()
    token = stage.world.interactions[press].token
    status, answer, _ = await stage.call(
        "POST", f"/interactions/{press}/{token}/callback", {"type": 6}
    )
    assert (status, answer) == (204, None)
    assert stage.people.interaction(press)["state"] == "answered"


async def test_a_token_lives_for_fifteen_minutes(stage: Stage) -> None:
    press = stage.press()
    await stage.answer(press, 5, flags=0)
    stage.served.time.ms += 15 * 60_000
    assert (await stage.hook("PATCH", press, content="in time"))[0] == 200
    stage.served.time.ms += 1
    status, answer = await stage.hook("PATCH", press, content="late")
    assert (status, answer["code"]) == (401, 50027)
    status, answer = await stage.hook("POST", press, "", content="late")
    assert (status, answer["code"]) == (401, 50027)
    assert stage.shown() == ["part", "in time"]


async def test_before_an_answer_there_is_no_webhook(stage: Stage) -> None:
    status, answer = await stage.hook("PATCH", stage.press(), content="x")
    assert (status, answer["code"]) == (404, 10015)


async def test_a_follow_up_takes_the_placeholders_place_once(stage: Stage) -> None:
    press = stage.press()
    await stage.answer(press, 5, flags=0)
    _, first = await stage.hook("POST", press, "", content="first")
    _, original = await stage.hook("GET", press)
    assert (original["id"], original["content"]) == (first["id"], "first")
    assert not original["flags"] & records.LOADING
    _, second = await stage.hook("POST", press, "", content="second")
    assert (await stage.hook("PATCH", press, f"/messages/{second['id']}", "2nd"))[0] == 200
    assert stage.shown() == ["part", "first", "2nd"]
    assert (await stage.hook("DELETE", press, f"/messages/{second['id']}"))[0] == 204
    assert (await stage.hook("DELETE", press))[0] == 204
    status, answer = await stage.hook("GET", press)
    assert (status, answer["code"]) == (404, 10008)
    assert stage.shown() == ["part"]


async def test_a_webhook_reaches_its_own_messages_only(stage: Stage) -> None:
    press = stage.press()
    await stage.answer(press, 5, flags=0)
    status, answer = await stage.hook("PATCH", press, f"/messages/{stage.message}", "mine?")
    assert (status, answer["code"]) == (404, 10008)
    own = stage.press()
    await stage.answer(own, 6)
    assert (await stage.hook("PATCH", own, content="changed"))[0] == 200
    assert stage.shown() == ["changed", ""]


async def test_who_may_not_speak_is_answered_in_private(stage: Stage) -> None:
    stage.world.set_overwrite(
        stage.world.channels[stage.general], stage.ben, deny=permissions.SEND_MESSAGES
    )
    press = stage.people.press(stage.ben, stage.general, stage.message, "go")
    _, answer = await stage.answer(press, 4, content="for you")
    assert answer["interaction"]["response_message_ephemeral"] is True
    assert stage.shown(stage.ben) == ["part", "for you"]
    assert stage.shown(stage.ada) == ["part"]


async def test_an_ephemeral_message_is_not_told_to_the_bot(stage: Stage) -> None:
    url = stage.served.standin.gateway_url(stage.served.origin)
    async with stage.served.http.ws_connect(url) as socket:
        await socket.receive_json()
        identity = {"token": stage.served.standin.token, "intents": 1 << 9 | 1 << 15}
        await socket.send_json({"op": 2, "d": identity})
        assert (await socket.receive_json())["t"] == "READY"
        press = stage.press()
        assert (await socket.receive_json())["t"] == "INTERACTION_CREATE"
        await stage.answer(press, 4, content="psst", flags=records.EPHEMERAL)
        stage.people.post(stage.ada, stage.general, "aloud")
        assert (await socket.receive_json())["d"]["content"] == "aloud"


async def test_a_form_is_opened_and_submitted(stage: Stage) -> None:
    press = stage.press()
    field = {"type": 4, "custom_id": "why", "style": 1}
    label = {"type": 18, "label": "Why?", "component": field}
    form = {"custom_id": "form", "title": "Tell", "components": [label]}
    status, answer = await stage.answer(press, 9, **form)
    assert (status, "resource" in answer) == (200, False)
    assert stage.people.interaction(press)["modal"]["title"] == "Tell"
    sent = stage.people.submit(stage.ada, press, {"why": "because"})
    data = stage.world.interactions[sent].data
    assert data["components"][0]["component"]["value"] == "because"
    assert (await stage.answer(sent, 4, content="thanks"))[0] == 200
    with pytest.raises(Problem, match="10062"):
        stage.people.submit(stage.ben, press, {})


async def test_context_menus_bring_their_target(stage: Stage) -> None:
    application = stage.world.application
    commands = [{"name": "Edit image", "type": 3}, {"name": "ask", "description": "Ask"}]
    path = f"/applications/{application}/commands"
    status, made, _ = await stage.call("PUT", path, commands)
    assert (status, len(made)) == (200, 2)
    asked = stage.people.post(stage.ben, stage.general, "a picture")["id"]
    used = stage.people.command(stage.ada, stage.general, "Edit image", kind=3, target=asked)
    told = render_interaction(stage.world, "http://here", stage.world.interactions[used])
    assert told["data"]["target_id"] == asked
    assert told["data"]["resolved"]["messages"][asked]["content"] == "a picture"
    _, answer = await stage.answer(used, 4, content="done")
    assert answer["resource"]["message"]["type"] == records.CONTEXT_MENU_COMMAND
    status, changed, _ = await stage.call("PUT", path, commands[1:])
    assert [one["id"] for one in changed] == [made[1]["id"]]
    with pytest.raises(Problem, match="10063"):
        stage.people.command(stage.ada, stage.general, "Edit image", kind=3, target=asked)


async def test_people_meet_the_same_refusals(stage: Stage) -> None:
    people, ben = stage.people, stage.ben
    hers = people.post(stage.ada, stage.general, "mine")["id"]
    for code, act in (
        ("50006", lambda: people.post(ben, stage.general, "  ")),
        ("50035", lambda: people.post(ben, stage.general, "x" * 2001)),
        ("10003", lambda: people.post(ben, "1", "x")),
        ("50005", lambda: people.edit(ben, stage.general, hers, "x")),
        ("50013", lambda: people.delete(ben, stage.general, hers)),
        ("10008", lambda: people.delete(ben, stage.general, "1")),
        ("50035", lambda: people.press(ben, stage.general, stage.message, "nothing")),
        ("50001", lambda: people.read(ben, people.open_dm(stage.ada))),
        ("50013", lambda: people.delete_channel(ben, stage.general)),
    ):
        with pytest.raises(Problem, match=code):
            act()
    people.delete(stage.ada, stage.general, hers)
    assert stage.shown() == ["part"]


async def test_everyone_is_pinged_with_permission_only(stage: Stage) -> None:
    assert not stage.world.messages[
        stage.people.post(stage.ben, stage.general, "@everyone")["id"]
    ].everyone
    hers = stage.people.post(stage.ada, stage.general, "@here look")["id"]
    assert stage.world.messages[hers].everyone
    role = next(one for one in stage.world.roles.values() if one.name == "Bot")
    role.permissions |= permissions.MENTION_EVERYONE
    path = f"/channels/{stage.general}/messages"
    body = {"content": "@everyone", "allowed_mentions": QUIET}
    _, quiet, _ = await stage.call("POST", path, body)
    assert quiet["mention_everyone"] is False


async def test_a_new_person_joins_and_is_told(stage: Stage) -> None:
    cleo = stage.people.add("cleo", "Cleo", admin=True)
    heard = stage.people.subscribe(cleo)
    assert [one["username"] for one in stage.people.everyone() if one["admin"]] == ["ada", "cleo"]
    stage.people.post(stage.ben, stage.general, "welcome")
    name, data = await anext(heard)
    assert (name, data["content"]) == ("MESSAGE_CREATE", "welcome")
    press = stage.people.press(cleo, stage.general, stage.message, "go")
    assert await anext(heard) == ("INTERACTION_UPDATE", stage.people.interaction(press))
    heard.close()


# --- permissions: https://discord.com/developers/docs/topics/permissions


def _role(id_: str, granted: int) -> Role:
    return Role(id=id_, guild="1", name=id_, permissions=granted)


def test_roles_add_up_and_owners_and_admins_may_all() -> None:
    roles = [_role("1", VIEW_CHANNEL), _role("2", SEND_MESSAGES)]
    assert in_guild("1", "owner", "user", roles) == VIEW_CHANNEL | SEND_MESSAGES
    assert in_guild("1", "user", "user", []) == ALL
    assert in_guild("1", "owner", "user", [_role("3", ADMINISTRATOR)]) == ALL


def test_overwrites_apply_in_order() -> None:
    both = VIEW_CHANNEL | SEND_MESSAGES

    def may(*overwrites: Overwrite, granted: int = both) -> int:
        return in_channel(granted, "1", "user", ["1", "2", "3"], overwrites)

    everyone = Overwrite(id="1", kind=0, deny=SEND_MESSAGES)
    assert may(everyone) == VIEW_CHANNEL
    assert may(everyone, Overwrite(id="2", kind=0, allow=SEND_MESSAGES)) == both
    one_denies = Overwrite(id="2", kind=0, deny=SEND_MESSAGES)
    one_allows = Overwrite(id="3", kind=0, allow=SEND_MESSAGES)
    assert may(one_denies, one_allows) == both
    assert may(one_allows, Overwrite(id="user", kind=1, deny=SEND_MESSAGES)) == VIEW_CHANNEL
    assert may(one_denies, Overwrite(id="user", kind=1, allow=SEND_MESSAGES)) == both
    assert may(Overwrite(id="other", kind=1, deny=SEND_MESSAGES)) == both
    assert may(Overwrite(id="1", kind=0, deny=VIEW_CHANNEL)) == 0
    assert may(Overwrite(id="1", kind=0, deny=VIEW_CHANNEL), granted=ADMINISTRATOR) == ALL
