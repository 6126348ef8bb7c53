"""Files that people post on Slack: by the bot's token, to Slack's hosts alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from adapters.slack.files import is_sign_in
from bot.domain import Attachment
from bot.errors import Elsewhere, Forbidden, Gone, NotAFile, PlatformUnknown, Throttled, TooBig
from tests.slack_speech import Speech, speech

__all__ = ["speech"]

pytestmark = pytest.mark.virtual

MOST = 1_000_000
PAGE = b"<!DOCTYPE html><html><title>Sign in | Slack</title></html>"


async def posted(speech: Speech, name: str, content: bytes, **rest: Any) -> Attachment:
    """Post a file as a person and return it as it is overheard."""
    place = speech.ask()
    channel, _, root = place.rpartition("/")
    speech.people.say(
        speech.people.find("ben"), channel, "", thread=root, files=[(name, content)], **rest
    )
    *_, heard = await speech.history.read_thread(place, 0, 10**18, 50)
    (file,) = heard.attachments
    return file


async def test_a_file_is_had_by_the_bots_token(speech: Speech) -> None:
    file = await posted(speech, "notes.txt", b"some notes")
    assert file.url.startswith(speech.origin)
    assert await speech.files.download(file, MOST) == b"some notes"
    assert "files.info" not in speech.methods()


async def test_of_a_stub_the_address_is_asked_for(speech: Speech) -> None:
    speech.people.switch(shared_files=True)
    file = await posted(speech, "notes.txt", b"some notes")
    assert file.url == ""
    assert await speech.files.download(file, MOST) == b"some notes"
    assert speech.methods().count("files.info") == 1


@pytest.mark.parametrize("url", ["", "https://docs.google.com/document/d/1/edit"])
@pytest.mark.parametrize("how", [{"mode": "external"}, {"mode": "hosted", "is_external": True}])
async def test_what_is_only_linked_lies_elsewhere(
    speech: Speech, url: str, how: dict[str, Any]
) -> None:
    """A document on somebody's drive is not gone, and its service is given no token."""
    file = await posted(speech, "plan.gdoc", b"")
    linked = {"id": file.id, "external_type": "gdrive", "url_private": url, "size": 0, **how}
    body = {"ok": True, "file": linked}
    speech.fault("files.info", "refuse", status=200, body=body)
    with pytest.raises(Elsewhere) as raised:
        await speech.files.download(replace(file, url=url), MOST)
    assert raised.value.code == "gdrive"


@pytest.mark.parametrize("stubs", [False, True])
async def test_what_slack_itself_only_links_lies_elsewhere(speech: Speech, stubs: bool) -> None:
    speech.people.switch(linked_files="gdrive", shared_files=stubs)
    file = await posted(speech, "plan.gdoc", b"a plan")
    assert bool(file.url) is not stubs
    with pytest.raises(Elsewhere) as raised:
        await speech.files.download(file, MOST)
    assert raised.value.code == "gdrive"


@pytest.mark.parametrize("kind", ["docs", "list"])
async def test_a_page_of_slacks_own_is_no_file(speech: Speech, kind: str) -> None:
    """Not even asked for; a stub says so itself once it is looked up."""
    file = replace(await posted(speech, "Plan", PAGE), mime=f"application/vnd.slack-{kind}")
    since = len(speech.standin.history.entries)
    with pytest.raises(NotAFile) as raised:
        await speech.files.download(file, MOST)
    assert raised.value.code == kind
    assert speech.methods(since) == []
    page = {"id": file.id, "mimetype": file.mime, "mode": "quip", "url_private": file.url}
    speech.fault("files.info", "refuse", status=200, body={"ok": True, "file": page})
    with pytest.raises(NotAFile):
        await speech.files.download(replace(file, mime="", url=""), MOST)


async def test_f44_a_sign_in_page_is_no_file(speech: Speech) -> None:
    file = await posted(speech, "notes.txt", b"some notes")
    team = speech.world.teams[speech.team]
    speech.people.switch(scopes=[scope for scope in team.scopes if scope != "files:read"])
    with pytest.raises(Forbidden) as raised:
        await speech.files.download(file, MOST)
    assert raised.value.permission == "files:read"
    # And of a stub Slack says it in so many words.
    with pytest.raises(Forbidden) as raised:
        await speech.files.download(replace(file, url=""), MOST)
    assert raised.value.permission == "files:read"


@pytest.mark.parametrize("status", [302, 401, 403])
async def test_f44_other_ways_to_say_so(speech: Speech, status: int) -> None:
    file = await posted(speech, "notes.txt", b"some notes")
    headers = {"Location": "https://playground.slack.com/?redir=x"} if status == 302 else {}
    speech.fault("download", "refuse", status=status, headers=headers, body={})
    with pytest.raises(Forbidden) as raised:
        await speech.files.download(file, MOST)
    assert raised.value.permission == "files:read"


async def test_a_page_that_a_person_posted_is_a_file(speech: Speech) -> None:
    for name in ("page.html", "page.txt"):
        file = await posted(speech, name, PAGE)
        assert await speech.files.download(file, MOST) == PAGE


@pytest.mark.parametrize(
    ("data", "mime", "size", "expected"),
    [
        (PAGE, "text/plain", 10, True),
        (PAGE, "text/html", 10, True),
        (PAGE, "text/html", len(PAGE), False),
        (PAGE, "text/html", 0, False),
        (PAGE, "image/png", 0, True),
        (b"\n  <HTML>", "image/png", 5, True),
        (b"\x89PNG", "image/png", 5, False),
        (b"", "image/png", 5, False),
        (b"see <!DOCTYPE html>", "text/plain", 5, False),
    ],
)
def test_what_a_sign_in_page_is(data: bytes, mime: str, size: int, expected: bool) -> None:
    assert is_sign_in(data, mime, size) is expected


async def test_a_file_that_is_gone(speech: Speech) -> None:
    file = await posted(speech, "notes.txt", b"some notes")
    speech.fault("download", "refuse", status=404, body={})
    # The address may have changed: it is asked for anew, once.
    assert await speech.files.download(file, MOST) == b"some notes"
    speech.fault("download", "refuse", status=404, body={}, times=2)
    with pytest.raises(Gone):
        await speech.files.download(file, MOST)
    speech.refuse("files.info", "file_deleted")
    with pytest.raises(Gone):
        await speech.files.download(replace(file, url=""), MOST)
    with pytest.raises(Gone):
        await speech.files.download(replace(file, url="", place=""), MOST)


async def test_a_file_that_is_too_big(speech: Speech) -> None:
    file = await posted(speech, "notes.txt", b"x" * 100)
    with pytest.raises(TooBig):
        await speech.files.download(file, 99)
    with pytest.raises(TooBig):
        await speech.files.download(replace(file, size=0), 99)
    with pytest.raises(TooBig):
        await speech.files.download(replace(file, size=0, url=""), 99)
    assert await speech.files.download(file, 100) == b"x" * 100


async def test_a_file_that_may_be_had_later(speech: Speech) -> None:
    file = await posted(speech, "notes.txt", b"some notes")
    speech.fault("download", "refuse", status=503, body={})
    with pytest.raises(PlatformUnknown):
        await speech.files.download(file, MOST)
    speech.fault("download", "refuse", status=429, body={}, headers={"Retry-After": "7"})
    with pytest.raises(Throttled) as raised:
        await speech.files.download(file, MOST)
    assert raised.value.retry_after == 7
    speech.fault("download", "delay", seconds=90.0)
    with pytest.raises(PlatformUnknown):
        await speech.files.download(file, MOST)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/files-pri/x",
        "https://files.slack.com.evil.example/x",
        "https://evil.example@files.slack.com/x",
        "http://files.slack.com/x",
        "https://playground.slack.com/x",
        "http://169.254.169.254/latest",
    ],
)
async def test_nobody_else_is_asked(speech: Speech, url: str) -> None:
    file = await posted(speech, "notes.txt", b"some notes")
    # An address that may not be asked is none: the file's own is asked for.
    assert await speech.files.download(replace(file, url=url), MOST) == b"some notes"
    assert speech.tally.counts["fetches not_allowed"] == 1
