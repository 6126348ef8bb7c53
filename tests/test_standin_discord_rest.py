"""What the stand-in answers over plain HTTP: codes, headers, permissions, limits."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import FormData

from adapters.playground.discord import buckets, permissions, records
from adapters.playground.faults import Fault
from tests import patience
from tests.openapi import validate
from tests.standin_discord import Served, serve

POST = "POST /channels/{channel_id}/messages"


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serve() as one:
        yield one


class Scene:
    """The ids that most tests need."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.world, self.people = served.standin.world, served.standin.people
        self.ada, self.ben = self.people.find("ada"), self.people.find("ben")
        self.guild = next(iter(self.world.guilds))
        self.general = self.people.channel("general")
        self.messages = f"/channels/{self.general}/messages"

    async def refused(
        self, method: str, path: str, json: Any = None, **options: Any
    ) -> tuple[int, int]:
        """Call and return status and error code; every answer is of the document's shape."""
        status, body, _ = await self.served.call(method, path, json, **options)
        answered = self.served.standin.history.entries[-1]
        assert [text for text in validate(answered) if " answer" in text] == []
        return status, body["code"]

    async def post(self, content: str = "text", **rest: Any) -> Any:
        """Post as the bot and return the message."""
        status, body, _ = await self.served.call(
            "POST", self.messages, {"content": content, **rest}
        )
        assert status == 200, body
        return body


@pytest.fixture
def scene(served: Served) -> Scene:
    return Scene(served)


async def test_answers_are_exactly_json_and_came_via_a_proxy(scene: Scene) -> None:
    for path, wanted in (("/users/@me", 200), ("/channels/1", 404), ("/nothing", 404)):
        status, _, response = await scene.served.call("GET", path)
        assert status == wanted
        assert response.headers["Content-Type"] == "application/json"
        assert response.headers["Via"]


async def test_a_wrong_token_is_401(scene: Scene) -> None:
    for token in ("", "Bot wrong", scene.served.standin.token, "Bot ü"):
        got = await scene.refused("GET", "/users/@me", headers={"Authorization": token})
        assert got == (401, 0)


async def test_what_is_not_there_has_its_own_code(scene: Scene) -> None:
    assert await scene.refused("GET", "/channels/1") == (404, 10003)
    assert await scene.refused("POST", "/channels/1/messages", {"content": "x"}) == (404, 10003)
    assert await scene.refused("GET", f"{scene.messages}/1") == (404, 10008)
    assert await scene.refused("PATCH", f"{scene.messages}/1", {"content": "x"}) == (404, 10008)
    assert await scene.refused("DELETE", f"{scene.messages}/1") == (404, 10008)
    threads = f"{scene.messages}/1/threads"
    assert await scene.refused("POST", threads, {"name": "x"}) == (404, 10008)
    assert await scene.refused("GET", "/guilds/1") == (404, 10004)
    assert await scene.refused("GET", "/users/1") == (404, 10013)
    assert await scene.refused("GET", f"/guilds/{scene.guild}/members/1") == (404, 10007)
    assert await scene.refused("POST", "/webhooks/1/x", {"content": "x"}) == (404, 10015)
    assert await scene.refused("POST", "/interactions/1/x/callback", {"type": 5}) == (404, 10062)


@pytest.mark.parametrize(
    ("body", "where", "code"),
    [
        ({"content": "x" * 2001}, ("content",), "BASE_TYPE_MAX_LENGTH"),
        ({"content": "x", "nonce": "n" * 26}, ("nonce",), "NONCE_TYPE_TOO_LONG"),
        ({"content": "x", "flags": "4"}, ("flags",), "NUMBER_TYPE_COERCE"),
        ({"embeds": [{"description": "x" * 4097}]}, ("embeds", "0", "description"), None),
        ({"embeds": [{"description": "x" * 3001}] * 2}, ("embeds",), "MAX_EMBED_SIZE_EXCEEDED"),
        ({"embeds": [{"title": "x"}] * 11}, ("embeds",), "BASE_TYPE_BAD_LENGTH"),
        (
            {"content": "x", "message_reference": {"message_id": "1"}},
            ("message_reference",),
            "REPLIES_UNKNOWN_MESSAGE",
        ),
        (
            {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
            ("allowed_mentions",),
            "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
        ),
        (
            {"components": [{"type": 1, "components": []}]},
            ("components", "0", "components"),
            "BASE_TYPE_REQUIRED",
        ),
        (
            {"components": [{"type": 2, "style": 1, "label": "x", "custom_id": "x"}]},
            ("components", "0", "type"),
            "UNION_TYPE_CHOICES",
        ),
        (
            {"content": "x", "attachments": [{"id": "0", "filename": "a"}]},
            ("attachments", "0", "id"),
            "ATTACHMENT_NOT_FOUND",
        ),
    ],
)
async def test_a_bad_form_is_told_field_by_field(
    scene: Scene, body: Any, where: tuple[str, ...], code: str | None
) -> None:
    status, answer, _ = await scene.served.call("POST", scene.messages, body)
    assert (status, answer["code"]) == (400, 50035)
    node = answer["errors"]
    for step in where:
        node = node[step]
    assert code in (None, node["_errors"][0]["code"])
    assert not scene.world.page(scene.general)


def _button(**changed: Any) -> dict[str, Any]:
    button = {"type": 2, "style": 1, "label": "Go", "custom_id": "go"} | changed
    return {key: value for key, value in button.items() if value is not None}


@pytest.mark.parametrize(
    "buttons",
    [
        [_button(custom_id="x" * 101)],
        [_button(custom_id=None)],
        [_button(label="x" * 81)],
        [_button(label=None)],
        [_button(style=9)],
        [_button(style=5)],
        [_button(), _button()],
        [_button(custom_id=str(n)) for n in range(6)],
    ],
)
async def test_a_bad_button_is_refused(scene: Scene, buttons: Any) -> None:
    row = [{"type": 1, "components": buttons}]
    got = await scene.refused("POST", scene.messages, {"content": "x", "components": row})
    assert got == (400, 50035)
    good = [{"type": 1, "components": [_button()]}]
    posted = await scene.post(components=good)
    assert posted["components"][0]["components"][0]["custom_id"] == "go"


async def test_an_empty_or_broken_body_is_refused(scene: Scene) -> None:
    assert await scene.refused("POST", scene.messages, {"content": " \n "}) == (400, 50006)
    assert await scene.refused("POST", scene.messages, {}) == (400, 50006)
    headers = {
        "Authorization": f"Bot {scene.served.standin.token}",
        "Content-Type": "application/json",
    }
    broken = {"data": b"{not json", "headers": headers}
    assert await scene.refused("POST", scene.messages, **broken) == (400, 50109)
    assert (await scene.post("  trimmed \n"))["content"] == "trimmed"


async def test_only_own_messages_are_edited_and_others_deleted_with_permission(
    scene: Scene,
) -> None:
    theirs = scene.people.post(scene.ben, scene.general, "mine")["id"]
    path = f"{scene.messages}/{theirs}"
    assert await scene.refused("PATCH", path, {"content": "x"}) == (403, 50005)
    assert await scene.refused("DELETE", path) == (403, 50013)
    role = next(role for role in scene.world.roles.values() if role.name == "Bot")
    role.permissions |= permissions.MANAGE_MESSAGES
    assert (await scene.served.call("DELETE", path))[0] == 204
    assert await scene.refused("GET", path) == (404, 10008)


@pytest.mark.parametrize(
    ("denied", "method", "path", "body", "code"),
    [
        ("view_channel", "GET", "", None, 50001),
        ("view_channel", "POST", "/messages", {"content": "x"}, 50001),
        ("send_messages", "POST", "/messages", {"content": "x"}, 50013),
        ("send_messages", "POST", "/typing", None, 50013),
        ("embed_links", "POST", "/messages", {"embeds": [{"title": "x"}]}, 50013),
        ("create_public_threads", "POST", "/messages/{m}/threads", {"name": "x"}, 50013),
        ("read_message_history", "GET", "/messages/{m}", None, 50013),
        (
            "read_message_history",
            "POST",
            "/messages",
            {"content": "x", "message_reference": {"message_id": "{m}"}},
            160002,
        ),
    ],
)
async def test_each_permission_is_needed(
    scene: Scene, denied: str, method: str, path: str, body: Any, code: int
) -> None:
    message = scene.people.post(scene.ada, scene.general, "hello")["id"]
    if body and "message_reference" in body:
        body = body | {"message_reference": {"message_id": message}}
    path = f"/channels/{scene.general}{path.format(m=message)}"
    scene.world.deny_bot(scene.general, denied)
    assert await scene.refused(method, path, body) == (403, code)
    scene.world.deny_bot(scene.general)
    status, _, _ = await scene.served.call(method, path, body)
    assert status in (200, 201, 204)


async def test_threads_have_a_permission_of_their_own_from_the_parent(scene: Scene) -> None:
    message = scene.people.post(scene.ada, scene.general, "hello")["id"]
    await scene.served.call("POST", f"{scene.messages}/{message}/threads", {"name": "t"})
    inside = f"/channels/{message}/messages"
    scene.world.deny_bot(scene.general, "send_messages_in_threads")
    assert await scene.refused("POST", inside, {"content": "x"}) == (403, 50013)
    scene.world.deny_bot(scene.general, "send_messages")
    assert (await scene.served.call("POST", inside, {"content": "x"}))[0] == 200


async def test_without_history_a_list_is_empty(scene: Scene) -> None:
    scene.people.post(scene.ada, scene.general, "hello")
    scene.world.deny_bot(scene.general, "read_message_history")
    status, body, _ = await scene.served.call("GET", scene.messages)
    assert (status, body) == (200, [])


async def test_history_is_paged_newest_first(scene: Scene) -> None:
    ids = [scene.people.post(scene.ada, scene.general, str(n))["id"] for n in range(7)]

    async def texts(query: str) -> list[str]:
        _, body, _ = await scene.served.call("GET", f"{scene.messages}?{query}")
        return [one["content"] for one in body]

    assert await texts("") == [*"6543210"]
    assert await texts("limit=2") == ["6", "5"]
    assert await texts(f"after={ids[2]}&limit=2") == ["4", "3"]
    assert await texts(f"before={ids[3]}&limit=2") == ["2", "1"]
    assert await texts(f"around={ids[3]}&limit=3") == ["4", "3", "2"]
    assert await scene.refused("GET", f"{scene.messages}?limit=101") == (400, 50035)
    assert await scene.refused("GET", f"{scene.messages}?after=x") == (400, 50035)


async def test_a_thread_from_a_message(scene: Scene) -> None:
    message = scene.people.post(scene.ada, scene.general, "hello")["id"]
    path = f"{scene.messages}/{message}/threads"
    for name in ("", " ", "x" * 101):
        assert await scene.refused("POST", path, {"name": name}) == (400, 50035)
    bad = {"name": "x", "auto_archive_duration": 61}
    assert await scene.refused("POST", path, bad) == (400, 50035)
    status, thread, _ = await scene.served.call("POST", path, {"name": " x " + "y" * 96})
    assert (status, thread["id"], thread["parent_id"]) == (201, message, scene.general)
    assert thread["owner_id"] == scene.world.bot
    assert await scene.refused("POST", path, {"name": "again"}) == (400, 160004)
    inside = scene.people.post(scene.ada, message, "in it")["id"]
    nested = f"/channels/{message}/messages/{inside}/threads"
    assert await scene.refused("POST", nested, {"name": "x"}) == (400, 50024)
    other = scene.people.post(scene.ada, scene.general, "hello")["id"]
    scene.served.standin.settings.active_threads = 1
    full = f"{scene.messages}/{other}/threads"
    assert await scene.refused("POST", full, {"name": "x"}) == (400, 160006)
    _, active, _ = await scene.served.call("GET", f"/guilds/{scene.guild}/threads/active")
    assert [one["id"] for one in active["threads"]] == [message]


async def test_kinds_of_channel(scene: Scene) -> None:
    guild = scene.world.guilds[scene.guild]
    forum = scene.world.add_channel(guild, "forum", records.GUILD_FORUM).id
    voice = scene.world.add_channel(guild, "voice", records.GUILD_VOICE).id
    news = scene.world.add_channel(guild, "news", records.GUILD_ANNOUNCEMENT).id
    assert await scene.refused("POST", f"/channels/{forum}/messages", {"content": "x"}) == (
        400,
        50008,
    )
    spoken = scene.people.post(scene.ada, voice, "hello")["id"]
    path = f"/channels/{voice}/messages/{spoken}/threads"
    assert await scene.refused("POST", path, {"name": "x"}) == (400, 50024)
    written = scene.people.post(scene.ada, news, "hello")["id"]
    path = f"/channels/{news}/messages/{written}/threads"
    _, thread, _ = await scene.served.call("POST", path, {"name": "x"})
    assert thread["type"] == records.ANNOUNCEMENT_THREAD


async def test_archived_and_locked_threads(scene: Scene) -> None:
    message = scene.people.post(scene.ada, scene.general, "hello")["id"]
    await scene.served.call("POST", f"{scene.messages}/{message}/threads", {"name": "t"})
    inside = f"/channels/{message}/messages"
    _, posted, _ = await scene.served.call("POST", inside, {"content": "x"})
    scene.people.archive(scene.ada, message)
    edit = f"{inside}/{posted['id']}"
    assert await scene.refused("PATCH", edit, {"content": "y"}) == (400, 50083)
    assert await scene.refused("PATCH", f"/channels/{message}", {"name": "n"}) == (400, 50083)
    status, _, _ = await scene.served.call("POST", inside, {"content": "wakes it"})
    assert status == 200
    assert not scene.world.channels[message].archived
    assert (await scene.served.call("PATCH", edit, {"content": "y"}))[0] == 200
    _, woken, _ = await scene.served.call("POST", inside, {"content": "to be deleted"})
    scene.people.archive(scene.ada, message)
    assert (await scene.served.call("DELETE", f"{inside}/{woken['id']}"))[0] == 204
    scene.people.archive(scene.ada, message, archived=False)
    scene.people.lock(scene.ada, message)
    assert await scene.refused("POST", inside, {"content": "x"}) == (403, 160005)
    assert await scene.refused("PATCH", edit, {"content": "z"}) == (403, 160005)
    assert await scene.refused("PATCH", f"/channels/{message}", {"archived": False}) == (
        403,
        160005,
    )
    with pytest.raises(Exception, match="50013"):
        scene.people.lock(scene.ben, message, locked=False)


async def test_a_thread_is_its_makers(scene: Scene) -> None:
    theirs = scene.people.start_thread(scene.ben, scene.general, "theirs")
    assert await scene.refused("PATCH", f"/channels/{theirs}", {"name": "x"}) == (403, 50013)
    assert await scene.refused("DELETE", f"/channels/{theirs}") == (403, 50013)
    scene.people.delete_channel(scene.ada, theirs)
    assert await scene.refused("GET", f"/channels/{theirs}") == (404, 10003)


async def test_mentions_follow_allowed_mentions(scene: Scene) -> None:
    scene.served.standin.settings.enforce = False
    text = f"<@{scene.ada}> <@!{scene.ben}> @everyone"

    async def pinged(**allowed: Any) -> set[str]:
        posted = await scene.post(text, **allowed)
        assert not posted["mention_everyone"]
        return {one["id"] for one in posted["mentions"]}

    assert await pinged() == {scene.ada, scene.ben}
    assert await pinged(allowed_mentions={"parse": []}) == set()
    assert await pinged(allowed_mentions={"parse": [], "users": [scene.ben]}) == {scene.ben}
    asked = scene.people.post(scene.ada, scene.general, "hello")["id"]
    quiet = {"parse": [], "replied_user": False}
    reply = {"message_reference": {"message_id": asked}}
    posted = await scene.post("re", allowed_mentions=quiet, **reply)
    assert (posted["type"], posted["mentions"]) == (records.REPLY, [])
    assert posted["referenced_message"]["id"] == asked
    posted = await scene.post("re", **reply)
    assert [one["id"] for one in posted["mentions"]] == [scene.ada]
    gone = {"message_id": "1", "fail_if_not_exists": False}
    assert (await scene.post("re", message_reference=gone))["type"] == records.DEFAULT


async def test_files_are_counted_and_measured(scene: Scene) -> None:
    def form(*sizes: int) -> dict[str, Any]:
        data = FormData(quote_fields=False)
        data.add_field("payload_json", '{"content": "x"}')
        for n, size in enumerate(sizes):
            data.add_field(f"files[{n}]", io.BytesIO(b"x" * size), filename=f"f{n}.bin")
        return {"data": data}

    limit = scene.served.standin.settings.file_bytes
    assert await scene.refused("POST", scene.messages, **form(limit + 1)) == (413, 40005)
    status, body, _ = await scene.served.call("POST", scene.messages, **form(limit, 1))
    assert (status, [one["size"] for one in body["attachments"]]) == (200, [limit, 1])
    assert await scene.refused("POST", scene.messages, **form(*[1] * 11)) == (400, 50035)
    scene.world.deny_bot(scene.general, "attach_files")
    assert await scene.refused("POST", scene.messages, **form(1)) == (403, 50013)


async def test_links_to_files_are_signed(scene: Scene) -> None:
    posted = scene.people.post(scene.ada, scene.general, "look", files=[("a b.txt", b"abc")])
    url = scene.served.origin + posted["attachments"][0]["url"]
    async with scene.served.http.get(url) as response:
        assert (response.status, await response.read()) == (200, b"abc")
    for wrong in (url.replace("hm=", "hm=0"), url.partition("?")[0], url.replace("ex=", "ex=f")):
        async with scene.served.http.get(wrong) as response:
            assert response.status == 404


async def test_direct_messages(scene: Scene) -> None:
    body = {"recipient_id": scene.ada}
    _, channel, _ = await scene.served.call("POST", "/users/@me/channels", body)
    path = f"/channels/{channel['id']}/messages"
    assert (await scene.served.call("POST", path, {"content": "psst"}))[0] == 200
    assert scene.people.read(scene.ada, channel["id"])[0]["content"] == "psst"
    scene.people.close_dms(scene.ada)
    assert await scene.refused("POST", path, {"content": "psst"}) == (403, 50007)


async def test_automod_blocks_a_word(scene: Scene) -> None:
    scene.world.guilds[scene.guild].blocked_words = ["Fnord"]
    assert await scene.refused("POST", scene.messages, {"content": "a fnord"}) == (400, 200000)


async def test_the_bot_reacts_and_takes_it_back(scene: Scene) -> None:
    asked = scene.people.post(scene.ada, scene.general, "hello")["id"]
    path = f"{scene.messages}/{asked}/reactions/%E2%8F%B3/@me"
    assert (await scene.served.call("PUT", path))[0] == 204
    [reaction] = scene.people.read(scene.ada, scene.general)[0]["reactions"]
    assert (reaction["emoji"]["name"], reaction["count"], reaction["me"]) == ("⏳", 1, False)
    _, message, _ = await scene.served.call("GET", f"{scene.messages}/{asked}")
    assert message["reactions"][0]["me"] is True
    status, _, response = await scene.served.call("DELETE", path)
    assert (status, response.headers["X-RateLimit-Limit"]) == (429, "1")
    scene.served.standin.settings.enforce = False
    assert (await scene.served.call("DELETE", path))[0] == 204
    assert "reactions" not in scene.people.read(scene.ada, scene.general)[0]
    assert (await scene.refused("PUT", path.replace("%E2%8F%B3", "x")))[1] == 10014
    scene.world.deny_bot(scene.general, "add_reactions")
    assert await scene.refused("PUT", path) == (403, 50013)


# --- rate limits


async def test_a_bucket_counts_down_and_refuses(scene: Scene) -> None:
    for left in "43210":
        _, _, response = await scene.served.call("POST", scene.messages, {"content": "x"})
        assert response.headers["X-RateLimit-Limit"] == "5"
        assert response.headers["X-RateLimit-Remaining"] == left
        assert 0 < float(response.headers["X-RateLimit-Reset-After"]) <= 5
    status, body, response = await scene.served.call("POST", scene.messages, {"content": "x"})
    assert (status, body["global"], body["code"]) == (429, False, 0)
    assert 0 < body["retry_after"] <= 5
    assert int(response.headers["Retry-After"]) >= body["retry_after"]
    assert response.headers["X-RateLimit-Scope"] == "user"
    other = scene.people.channel("random")
    path = f"/channels/{other}/messages"
    assert (await scene.served.call("POST", path, {"content": "x"}))[0] == 200
    assert len(scene.world.page(scene.general)) == 5


async def test_the_global_limit_spares_interactions(scene: Scene) -> None:
    codes = [(await scene.served.call("GET", "/users/@me"))[0] for _ in range(51)]
    assert codes == [200] * 50 + [429]
    _, body, response = await scene.served.call("GET", "/users/@me")
    assert body["global"] is True
    assert response.headers["X-RateLimit-Scope"] == "global"
    assert await scene.refused("POST", "/interactions/1/x/callback", {"type": 5}) == (404, 10062)


async def test_limits_can_be_off() -> None:
    async with serve(limits=False) as served:
        scene = Scene(served)
        for _ in range(60):
            await scene.post()


@pytest.mark.virtual
async def test_edits_of_old_messages_have_their_own_limit(scene: Scene) -> None:
    path = f"{scene.messages}/{(await scene.post())['id']}"
    scene.served.time.ms += 3_600_001
    for _ in range(3):
        assert (await scene.served.call("PATCH", path, {"content": "x"}))[0] == 200
    status, body, response = await scene.served.call("PATCH", path, {"content": "x"})
    assert (status, body["code"]) == (429, 30046)
    assert int(response.headers["X-RateLimit-Remaining"]) > 0
    await asyncio.sleep(body["retry_after"])
    assert (await scene.served.call("PATCH", path, {"content": "x"}))[0] == 200


async def test_ten_thousand_invalid_answers_are_a_ban(scene: Scene) -> None:
    await scene.refused("GET", "/users/@me", headers={})
    scene.served.standin.buckets.invalid = buckets.INVALID_ANSWERS
    status, _, response = await scene.served.call("GET", "/users/@me")
    assert status == 429
    assert "Via" not in response.headers
    assert "html" in response.headers["Content-Type"]


# --- the fault script and the history


@pytest.mark.parametrize(
    ("action", "effect", "there", "answered"),
    [
        ("refuse", "refused", 0, True),
        ("cut", "refused", 0, False),
        ("lose_answer", "unacked", 1, False),
        ("fail_after", "unacked", 1, True),
        ("delay", "ok", 1, True),
    ],
)
async def test_faults_do_what_they_say(
    scene: Scene, action: str, effect: str, there: int, answered: bool
) -> None:
    history = scene.served.standin.history
    fault = scene.served.standin.faults.add(Fault(POST, action, status=502, seconds=0.01))
    try:
        status, _, _ = await scene.served.call("POST", scene.messages, {"content": "x"})
        assert answered
        assert status == (200 if action == "delay" else 502)
    except aiohttp.ClientError:
        assert not answered
    assert fault.hits == 1
    assert len(scene.world.page(scene.general)) == there
    [entry] = history.of(POST)
    assert (entry.effect, entry.marks) == (effect, (action,))
    assert entry.request == {"content": "x"}
    if effect == "unacked":
        # What was done is told to the checker, though the bot never heard it.
        assert entry.answer["id"] == scene.world.page(scene.general)[0].id
    assert (await scene.served.call("POST", scene.messages, {"content": "y"}))[0] == 200


@pytest.mark.virtual
async def test_a_call_that_nobody_waited_for_is_unacknowledged(scene: Scene) -> None:
    late = Fault(POST, "delay", seconds=0.1, options={"after": True})
    scene.served.standin.faults.add(late)
    with pytest.raises(TimeoutError):
        timeout = aiohttp.ClientTimeout(total=0.02)
        await scene.served.call("POST", scene.messages, {"content": "x"}, timeout=timeout)
    async with asyncio.timeout(patience.SECONDS):
        while not list(scene.served.standin.history.of(POST)):
            await asyncio.sleep(0.01)
    [entry] = scene.served.standin.history.of(POST)
    assert entry.effect == "unacked"


async def test_the_two_shapes_of_429(scene: Scene) -> None:
    scene.served.standin.faults.add(buckets.throttle(POST, 0.5, scope="shared"))
    scene.served.standin.faults.add(buckets.ban(POST, nth=2))
    scene.served.standin.faults.add(buckets.refuse(POST, 50083, nth=3))
    status, body, response = await scene.served.call("POST", scene.messages, {"content": "x"})
    assert (status, body["retry_after"]) == (429, 0.5)
    assert response.headers["Via"]
    assert response.headers["X-RateLimit-Scope"] == "shared"
    status, body, response = await scene.served.call("POST", scene.messages, {"content": "x"})
    assert (status, body) == (429, None)
    assert "Via" not in response.headers
    assert await scene.refused("POST", scene.messages, {"content": "x"}) == (400, 50083)


# --- the world on disk


async def test_the_world_outlives_the_process(tmp_path: Path) -> None:
    async with serve(folder=tmp_path) as served:
        scene = Scene(served)
        asked = scene.people.post(scene.ada, scene.general, "keep me", files=[("a.txt", b"abc")])
        await served.call("POST", f"{scene.messages}/{asked['id']}/threads", {"name": "kept"})
        slip = scene.people.post(scene.ada, scene.general, "drop me")
        scene.people.delete(scene.ada, scene.general, slip["id"])
        once = await scene.post("once", nonce="n", enforce_nonce=True)
        scene.world.deny_bot(scene.general, "attach_files")
        before = scene.people.channels(scene.ada), scene.people.read(scene.ada, scene.general)
        newest = scene.world.mark().last_id
    with (tmp_path / "world.jsonl").open("ab") as journal:
        journal.write(b'{"type": "Message", "id')
    async with serve(folder=tmp_path) as served:
        scene = Scene(served)
        read = scene.people.read(scene.ada, scene.general)
        assert (scene.people.channels(scene.ada), read) == before
        assert len(scene.people.everyone()) == 3
        assert (await scene.post("again", nonce="n", enforce_nonce=True))["id"] == once["id"]
        assert int(scene.world.new_id()) > newest
        async with served.http.get(served.origin + read[0]["attachments"][0]["url"]) as response:
            assert await response.read() == b"abc"


# --- remote control


async def test_another_process_acts_through_the_control(scene: Scene) -> None:
    base = f"{scene.served.origin}/discord/_control"
    http = scene.served.http

    async def ask(path: str, **body: Any) -> Any:
        async with http.post(f"{base}/{path}", json=body) as response:
            return response.status, await response.json(content_type=None)

    status, posted = await ask(
        "people/post", person=scene.ada, channel=scene.general, content="hello"
    )
    assert (status, posted["result"]["content"]) == (200, "hello")
    assert (await ask("people/read", person=scene.ada, channel="1"))[0] == 404
    assert (await ask("people/read", wrong=1))[0] == 400
    assert (await ask("faults", route=POST, action="refuse", status=503))[1] == {"faults": 1}
    assert (await scene.served.call("POST", scene.messages, {"content": "x"}))[0] == 503
    async with http.get(f"{base}/faults") as response:
        assert [fault["hits"] for fault in await response.json()] == [1]
    async with http.get(f"{base}/history?after=0") as response:
        assert [entry["route"] for entry in await response.json()] == [POST]
    async with http.get(f"{base}/history?after=1") as response:
        assert await response.json() == []
    assert (await ask("settings", nonce_seconds=0))[1]["nonce_seconds"] == 0
    deny = {"channel": scene.general, "names": ["send_messages"]}
    assert (await ask("world/deny_bot", **deny))[0] == 200
    assert await scene.refused("POST", scene.messages, {"content": "x"}) == (403, 50013)
    for web_page in ({"Origin": "http://evil"}, {"Host": "evil.example"}):
        async with http.get(f"{base}/history", headers=web_page) as response:
            assert response.status == 403
