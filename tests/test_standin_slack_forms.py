"""What the stand-in Slack checks of forms and of pictures within messages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.playground.slack import Problem
from tests.standin_slack import Json, Served, bolt, serve
from tests.virtual import until

pytestmark = pytest.mark.virtual

PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)
OPTIONS = [{"text": {"type": "plain_text", "text": word}, "value": word} for word in ("a", "b")]


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serve() as served:
        yield served


def field(name: str, element: Json, **rest: Any) -> Json:
    """Return an input block."""
    label = {"type": "plain_text", "text": name}
    element = {"action_id": name, **element}
    return {"type": "input", "block_id": name, "label": label, "element": element, **rest}


def modal(*blocks: Json) -> Json:
    """Return a modal."""
    title = {"type": "plain_text", "text": "Form"}
    return {"type": "modal", "title": title, "submit": title, "blocks": [*blocks]}


FORM = modal(
    field("words", {"type": "plain_text_input", "max_length": 5, "initial_value": "pink"}),
    field("size", {"type": "static_select", "options": OPTIONS, "initial_option": OPTIONS[1]}),
    field("files", {"type": "file_input", "max_files": 2}, optional=True),
)


async def trigger(served: Served, app: Any) -> str:
    """Have Ada use a shortcut, and return what lets a modal be opened."""
    seen = len(app.of("shortcut"))
    served.people.shortcut(served.ada, "make")
    await until(lambda: len(app.of("shortcut")) > seen)
    return str(app.of("shortcut")[-1]["trigger_id"])


# --- forms -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "element",
    [
        {"type": "plain_text_input", "max_length": 3_001},
        {"type": "plain_text_input", "max_length": 3, "initial_value": "long"},
        {"type": "plain_text_input", "placeholder": {"type": "plain_text", "text": "x" * 151}},
        {"type": "static_select", "options": []},
        {"type": "static_select", "options": [{**OPTIONS[0], "value": ""}]},
        {"type": "static_select", "options": OPTIONS[:1], "initial_option": OPTIONS[1]},
        {"type": "file_input", "max_files": 11},
    ],
)
async def test_a_field_that_slack_refuses_is_refused(served: Served, element: Json) -> None:
    async with bolt(served) as app:
        app.listen()
        id_ = await trigger(served, app)
        word = await served.refused("views.open", trigger_id=id_, view=modal(field("x", element)))
        assert word == "invalid_arguments"


async def test_a_view_that_is_too_large_is_refused(served: Served) -> None:
    async with bolt(served) as app:
        app.listen()
        many = [
            field(f"f{n}", {"type": "plain_text_input", "initial_value": "x" * 3_000})
            for n in range(90)
        ]
        id_ = await trigger(served, app)
        assert await served.refused("views.open", trigger_id=id_, view=modal(*many))


async def test_what_is_left_as_it_is_is_sent_as_it_is_shown(served: Served) -> None:
    """And a client sends nothing that a field does not take."""
    async with bolt(served) as app:
        app.listen()
        opened = await served.call("views.open", trigger_id=await trigger(served, app), view=FORM)
        view = opened["view"]["id"]
        wrong: list[tuple[dict[str, Any], str]] = [
            ({"words": "too long"}, "too_long"),
            ({"words": ""}, "missing_input"),
            ({"size": "c"}, "no_such_option"),
            ({"files": [("a.png", PNG)] * 3}, "too_many_files"),
            ({"files": [("a.png", bytes(10 * 1024 * 1024 + 1))]}, "file_too_large"),
        ]
        for values, code in wrong:
            with pytest.raises(Problem) as raised:
                served.people.submit_view(served.ada, view, values)
            assert raised.value.code == code
        served.people.submit_view(served.ada, view, {"files": [("a.png", PNG)]})
        await until(lambda: app.of("view_submission"))
        values = app.of("view_submission")[0]["view"]["state"]["values"]
        assert values["words"]["words"]["value"] == "pink"
        assert values["size"]["size"]["selected_option"] == OPTIONS[1]
        (file,) = values["files"]["files"]["files"]
        assert file["mimetype"] == "image/png" and "shares" not in file
        # Nobody shared it, and the app may have it all the same.
        headers = {"Authorization": f"Bearer {served.standin.bot_token}"}
        async with served.http.get(file["url_private_download"], headers=headers) as answer:
            assert await answer.read() == PNG


async def test_a_shortcut_works_on_replies(served: Served) -> None:
    async with bolt(served) as app:
        app.listen()
        root = served.people.say(served.ada, served.general, "hello")
        reply = served.people.say(
            served.ben, served.general, "", thread=root, files=[("a.png", PNG)]
        )
        served.people.shortcut(served.ada, "edit_image", served.general, reply)
        await until(lambda: app.of("message_action"))
        (action,) = app.of("message_action")
        assert (action["message_ts"], action["message"]["thread_ts"]) == (reply, root)
        assert action["message"]["files"][0]["name"] == "a.png"
        assert action["trigger_id"] and action["response_url"]


# --- pictures within messages --------------------------------------------------------------------


async def uploaded(served: Served, name: str = "a.png", content: bytes = PNG) -> str:
    """Upload a file that nobody sees, and return its id."""
    asked = await served.call("files.getUploadURLExternal", filename=name, length=len(content))
    async with served.http.post(asked["upload_url"], data=content) as answer:
        assert answer.status == 200
    file = str(asked["file_id"])
    await served.call("files.completeUploadExternal", files=[{"id": file, "title": name}])
    return file


def image(file: str, **rest: Any) -> Json:
    """Return a block that shows an uploaded picture."""
    return {"type": "image", "slack_file": {"id": file}, "alt_text": "A cat", **rest}


async def test_a_picture_stands_in_a_message_once_it_is_looked_through(served: Served) -> None:
    file = await uploaded(served)
    post = {"channel": served.channel, "text": "x", "blocks": [image(file)]}
    assert await served.refused("chat.postMessage", **post) == "invalid_blocks"
    assert (await served.call("files.info", file=file))["file"]["mimetype"] == ""

    async def known() -> bool:
        return bool((await served.call("files.info", file=file))["file"]["mimetype"])

    while not await known():
        await asyncio.sleep(0.1)
    ts = str((await served.call("chat.postMessage", **post))["ts"])
    (block,) = served.shown(ts)["blocks"]
    async with served.http.get(f"{served.standin.origin}{block['page_url']}") as answer:
        assert await answer.read() == PNG
    await served.call("files.delete", file=file)
    assert served.shown(ts)["blocks"][0]["page_url"] == ""
    assert await served.refused("files.delete", file=file) == "file_deleted"
    assert await served.refused("chat.postMessage", **post) == "invalid_blocks"


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.webp", b"RIFF\x10\0\0\0WEBPVP8 "), ("a.png", b"RIFF\x10\0\0\0WEBPVP8 "), ("a.txt", PNG)],
)
async def test_only_pictures_that_slack_shows_do(served: Served, name: str, content: bytes) -> None:
    served.settings.pictures_ms = 0
    blocks = [image(await uploaded(served, name, content))]
    post = {"channel": served.channel, "text": "x", "blocks": blocks}
    assert await served.refused("chat.postMessage", **post) == "invalid_blocks"


@pytest.mark.parametrize(
    "rest",
    [
        {"alt_text": "x" * 2_001},
        {"title": {"type": "plain_text", "text": "x" * 2_001}},
        {"title": {"type": "mrkdwn", "text": "x"}},
        {"image_url": "https://example.com/a.png"},
        {"slack_file": {}},
    ],
)
async def test_an_image_block_that_slack_refuses_is_refused(
    served: Served, rest: dict[str, Any]
) -> None:
    served.settings.pictures_ms = 0
    blocks = [image(await uploaded(served)) | rest]
    post = {"channel": served.channel, "text": "x", "blocks": blocks}
    assert await served.refused("chat.postMessage", **post) == "invalid_blocks"


async def test_who_is_in_a_group_is_told_where_that_is_asked_for(served: Served) -> None:
    (group,) = (await served.call("usergroups.list"))["usergroups"]
    assert "users" not in group
    (group,) = (await served.call("usergroups.list", include_users=True))["usergroups"]
    assert sorted(group["users"]) == sorted([served.user(served.ada), served.user(served.ben)])
