"""Files: up in three steps with late shares, down by token, and what people share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.standin_slack import Served, serve

pytestmark = pytest.mark.virtual

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x03"


@pytest_asyncio.fixture
async def slack() -> AsyncIterator[Served]:
    async with serve() as served:
        yield served


async def fetch(slack: Served, url: str, token: str | None = None) -> tuple[str, bytes]:
    """Return what a download answers: its type and its bytes."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with slack.http.get(url, headers=headers) as response:
        assert response.status == 200
        return response.content_type, await response.read()


def shared(slack: Served) -> Any:
    """Return the file of the newest message as the app is told of it."""
    sent = [one["event"] for one in slack.standin.deliveries.sent.values()]
    return [one["files"][0] for one in sent if one.get("files")][-1]


async def test_an_upload_is_shared_into_a_thread_a_moment_later(slack: Served) -> None:
    parent = slack.people.say(slack.ada, slack.general, "question")
    answer = await slack.client.files_upload_v2(
        channel=slack.channel,
        thread_ts=parent,
        filename="answer.md",
        content="# long",
        initial_comment="here",
    )
    file = answer["file"]["id"]
    assert "shares" not in (await slack.client.files_info(file=file))["file"]
    await asyncio.sleep(1.5)
    found = (await slack.client.files_info(file=file))["file"]
    (share,) = found["shares"]["public"][slack.channel]
    shown = slack.people.thread(slack.ada, slack.general, parent)[-1]
    assert (share["ts"], shown["text"]) == (shown["ts"], "here")
    assert shown["files"][0]["name"] == "answer.md"
    _, content = await fetch(slack, found["url_private_download"], slack.standin.bot_token)
    assert content == b"# long"
    page = f"{slack.standin.origin}{shown['files'][0]['page_url']}"
    assert (await fetch(slack, page))[1] == b"# long"


async def test_an_upload_may_be_taken_and_never_shared(slack: Served) -> None:
    slack.settings.share_never = True
    answer = await slack.client.files_upload_v2(
        channel=slack.channel, filename="a.md", content="one"
    )
    await asyncio.sleep(60)
    found = await slack.client.files_info(file=answer["file"]["id"])
    assert "shares" not in found["file"]
    assert slack.people.read(slack.ada, slack.general) == []
    slack.settings.share_never = False
    await slack.client.files_upload_v2(
        channel=slack.channel, filename="a.png", content=PNG, alt_txt="a picture"
    )
    assert slack.people.read(slack.ada, slack.general) == []


async def test_the_steps_of_an_upload_are_checked(slack: Served) -> None:
    asked = await slack.client.files_getUploadURLExternal(filename="a.md", length=3)
    files = [{"id": asked["file_id"], "title": "A"}]
    unsent = await slack.refused("files.completeUploadExternal", files=files)
    assert unsent == "file_not_found"
    for content in (b"half", b"one"):
        async with slack.http.post(asked["upload_url"], data=content) as response:
            assert await response.text() == f"OK - {len(content)}"
    quiet = slack.people.channel("quiet").split("/")[1]
    nowhere = {"files": files, "channel_id": quiet}
    assert await slack.refused("files.completeUploadExternal", **nowhere) == "channel_not_found"
    done = await slack.call("files.completeUploadExternal", files=files, channel_id=slack.channel)
    assert done["files"] == [{"id": asked["file_id"], "title": "A"}]
    async with slack.http.post(asked["upload_url"], data=b"two") as response:
        assert response.status == 404
    assert await slack.refused("files.info", file="F0NOTHING00") == "file_not_found"


async def test_without_rights_a_download_is_a_sign_in_page(slack: Served) -> None:
    slack.people.say(slack.ada, slack.general, "look", files=[("a.txt", b"one")])
    url = shared(slack)["url_private_download"]
    token = slack.standin.bot_token
    assert await fetch(slack, url, token) == ("text/plain", b"one")
    for wrong in (None, "xoxb-wrong"):
        kind, page = await fetch(slack, url, wrong)
        assert kind == "text/html"
        assert page.startswith(b"<!DOCTYPE html>")
    slack.people.switch(scopes=["chat:write"])
    assert (await fetch(slack, url, token))[0] == "text/html"
    assert await slack.refused("files.info", file=shared(slack)["id"]) == "missing_scope"


async def test_files_where_the_app_is_not_are_not_seen(slack: Served) -> None:
    quiet = slack.people.channel("quiet")
    slack.people.upload(slack.ada, quiet, [("a.txt", b"one")])
    (file,) = slack.world.files.values()
    assert await slack.refused("files.info", file=file.id) == "file_not_found"
    slack.people.invite_bot(quiet)
    assert (await slack.client.files_info(file=file.id))["file"]["name"] == "a.txt"


async def test_files_of_another_organisation_come_as_stubs(slack: Served) -> None:
    slack.people.switch(shared_files=True)
    slack.people.say(slack.ada, slack.general, "look", files=[("a.txt", b"one")])
    stub = shared(slack)
    assert stub["file_access"] == "check_file_info"
    assert "url_private" not in stub
    found = (await slack.client.files_info(file=stub["id"]))["file"]
    assert await fetch(slack, found["url_private"], slack.standin.bot_token) == (
        "text/plain",
        b"one",
    )


@pytest.mark.parametrize("stubs", [False, True])
async def test_a_file_of_another_service_is_but_a_link(slack: Served, stubs: bool) -> None:
    slack.people.switch(linked_files="gdrive", shared_files=stubs)
    slack.people.say(slack.ada, slack.general, "look", files=[("plan.txt", b"one")])
    file = shared(slack)
    assert ("url_private" not in file) is stubs
    found = (await slack.client.files_info(file=file["id"]))["file"]
    assert (found["mode"], found["is_external"], found["external_type"], found["size"]) == (
        ("external", True, "gdrive", 0)
    )
    assert not found["url_private"].startswith(slack.standin.origin)
    assert "url_private_download" not in found
    # Nor are there bytes where those of Slack's own files are.
    at = f"{slack.standin.origin}/slack/files-pri/{slack.team}-{file['id']}/download/plan.txt"
    kind, _ = await fetch(slack, at, slack.standin.bot_token)
    assert kind == "text/html"


async def test_a_file_has_no_type_until_it_is_scanned(slack: Served) -> None:
    slack.settings.mime_ms = 2_000
    slack.people.say(slack.ada, slack.general, "look", files=[("a.png", PNG)])
    file = shared(slack)
    assert (file["mimetype"], file["original_w"], file["original_h"]) == ("", 2, 3)
    block = {"type": "image", "alt_text": "a", "slack_file": {"id": file["id"]}}
    sent = {"channel": slack.channel, "text": "x", "blocks": [block]}
    assert await slack.refused("chat.postMessage", **sent) == "invalid_blocks"
    await asyncio.sleep(2)
    found = (await slack.client.files_info(file=file["id"]))["file"]
    assert (found["mimetype"], found["filetype"]) == ("image/png", "png")
    await slack.call("chat.postMessage", **sent)


async def test_a_deleted_file_is_a_tombstone_without_bytes(slack: Served) -> None:
    answer = await slack.client.files_upload_v2(
        channel=slack.channel, filename="a.md", content="one"
    )
    await slack.client.files_delete(file=answer["file"]["id"])
    (shown,) = slack.people.read(slack.ada, slack.general)
    assert shown["files"][0]["mode"] == "tombstone"
