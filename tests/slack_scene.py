"""What tests of turns on Slack share: a workspace, what was called there, and what was kept."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

from adapters.playground.faults import Fault
from adapters.playground.slack import SlackStandIn
from tests.evidence import Seen
from tests.harness import Harness, harness
from tests.standins import MODEL, SLACK

CHAT = "POST /v1/chat/completions"
STATUS = "assistant.threads.setStatus"
COMPLETE = "files.completeUploadExternal"
GET_ADDRESS = "files.getUploadURLExternal"
SESSION = "agents.sessions.setStatus"
START, APPEND, STOP = "chat.startStream", "chat.appendStream", "chat.stopStream"
POST, UPDATE, DELETE, LOOK = (
    "chat.postMessage",
    "chat.update",
    "chat.delete",
    "conversations.replies",
)


@asynccontextmanager
async def workspace(folder: Path, *, agent: bool = False, **options: Any) -> AsyncIterator[Harness]:
    """Run the bot on Slack, where the app is an agent or has no Stop but ours."""
    async with harness(folder, platform="slack", **options) as h:
        slack(h).people.switch(agent=agent)
        yield h


def slack(h: Harness) -> SlackStandIn:
    assert h.standins.slack is not None
    return h.standins.slack


def script(h: Harness, fault: Fault) -> Fault:
    return h.standins.faults[SLACK].add(fault)


def think(h: Harness, seconds: float) -> None:
    """Let the model think before its first word."""
    h.standins.faults[MODEL].add(Fault(CHAT, "answer", options={"silence": seconds}))


def still_written(h: Harness, question: str) -> bool:
    turn = h.turn(question)
    return turn is not None and turn["state"] == "running"


async def without_streams(h: Harness) -> None:
    """Let the workspace refuse streams, and the bot know it."""
    slack(h).people.switch(streams="channel_type_not_supported")
    await h.ended(h.mention("What is a monad?"))


def calls(h: Harness, *methods: str) -> list[str]:
    """Return the calls of these methods, in order."""
    return [each.route for each in h.standins.history.entries if each.route in methods]


def requests(h: Harness, method: str) -> list[Any]:
    return [each.request for each in h.standins.history.entries if each.route == method]


def stored(h: Harness, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(h.database)) as database:
        return database.execute(sql).fetchall()


def parts(h: Harness) -> list[tuple[Any, ...]]:
    return stored(h, "SELECT purpose, idx, state, again FROM part ORDER BY turn, purpose, idx")


def parts_of(h: Harness, question: str) -> list[tuple[Any, ...]]:
    turn = h.turn(question)
    assert turn is not None
    return stored(h, f"SELECT purpose, idx, state, again FROM part WHERE turn = '{turn['id']}'")


def answer(h: Harness) -> str:
    (row,) = stored(h, "SELECT answer FROM turn ORDER BY position DESC LIMIT 1")
    return str(row[0])


def stops(h: Harness, question: str) -> list[Seen]:
    """Return the messages that carry a Stop button."""
    return [each for each in h.ours(question) if any("stop" in one for one in each.buttons)]


def status_lines(h: Harness) -> list[str]:
    """Return what the status was set to, in order."""
    return [str(each.get("status", "")) for each in requests(h, STATUS)]


def session(h: Harness, question: str) -> str:
    """Return whether Slack shows that the bot works in a question's thread, and its Stop."""
    team, channel, ts = h.thread(question).split("/")
    return slack(h).world.session(team, channel, ts).status
