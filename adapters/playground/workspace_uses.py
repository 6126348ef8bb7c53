"""Slack's buttons, commands, shortcuts and forms as a person uses them: each waits for its ack."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from adapters.playground.refusal import Refusal
from adapters.playground.slack import SlackStandIn
from adapters.playground.slack.records import Act
from adapters.playground.slack.tables import Change
from adapters.playground.workspace import Workspace, in_words

Json = dict[str, Any]
File = tuple[str, str, bytes]

ACK_SECONDS = 3.5  # a little more than Slack gives the app for its ack
INVITE = "/invite"
FAILED = "The app did not answer within 3 seconds. Is it running?"


class WorkspaceUses:
    """Use the app as the people of `workspace` do."""

    def __init__(self, slack: SlackStandIn, workspace: Workspace) -> None:
        self._people = slack.people
        self._world = slack.world
        self._workspace = workspace
        self._waiting: dict[str, asyncio.Event] = {}
        self._world.watchers.append(self._hear)

    async def press(
        self, person: str, channel: str, message: str, block: str, action: str, value: str
    ) -> Json:
        """Press a button under a message."""
        place = self._workspace.path(self._workspace.look_at(person, channel).id)
        who = self._workspace.path(person)
        with in_words():
            act = self._people.press(who, place, message, action, block_id=block, value=value)
        return await self._answer(act)

    async def press_view(self, person: str, view: str, action: str, value: str) -> Json:
        """Press a button of a view, such as the App Home."""
        self._workspace.check(person)
        with in_words():
            act = self._people.press_view(self._workspace.path(person), view, action, value)
        return await self._answer(act)

    async def command(
        self, person: str, channel: str, thread: str | None, command: str, text: str
    ) -> Json:
        """Use a slash command, which Slack takes in no thread."""
        place = self._workspace.path(self._workspace.look_at(person, channel).id)
        if command == INVITE:
            return self._invite(place)
        known = self._world.settings.commands
        if known and command not in known:
            raise Refusal(f"{command} is not a valid command. In this app there is {_list(known)}.")
        if thread:
            bot = self._workspace.bot_name
            raise Refusal(
                f"{command} is not supported in threads. Write “@{bot} {text or 'help'}” here"
                " instead: the same words work after a mention."
            )
        with in_words():
            act = self._people.command(self._workspace.path(person), place, command, text)
        return await self._answer(act)

    def _invite(self, place: str) -> Json:
        """Bring the app into a channel, by the command that Slack itself has for that."""
        with in_words():
            self._people.invite_bot(place)
        return {}

    async def shortcut(self, person: str, channel: str, message: str, callback: str) -> Json:
        """Use one of the app's message shortcuts."""
        place = self._workspace.path(self._workspace.look_at(person, channel).id)
        with in_words():
            act = self._people.shortcut(self._workspace.path(person), callback, place, message)
        return await self._answer(act)

    async def submit(self, person: str, view: str, values: Json, files: Sequence[File]) -> Json:
        """Submit a modal: its errors by block, the view that follows, or nothing.

        A file is the block that it was picked in, its name and its bytes.
        """
        self._workspace.check(person)
        filled = {name: value for name, value in values.items() if value}
        for block, name, data in files:
            filled.setdefault(block, []).append((name, data))
        with in_words():
            act = self._people.submit_view(self._workspace.path(person), view, filled)
        await self._answer(act)
        found = self._world.views.get((self._workspace.team, view))
        if found and found.failed:
            raise Refusal(found.failed)
        if found and found.errors:
            return {"errors": found.errors}
        above = self._people.view(self._workspace.path(person))
        return {"view": above} if above else {}

    def close(self, person: str, view: str) -> None:
        """Close a modal."""
        self._workspace.check(person)
        with in_words():
            self._people.close_view(self._workspace.path(person), view)

    def stop(self, person: str, channel: str, thread: str) -> None:
        """Stop the app's work in a thread, as Slack's own button does."""
        place = self._workspace.path(self._workspace.look_at(person, channel).id)
        with in_words():
            self._people.stop_session(self._workspace.path(person), place, thread)

    async def _answer(self, id_: str) -> Json:
        """Wait until an act was acked; whatever the app does then comes by the feed."""
        key = (self._workspace.team, id_.rpartition("/")[2])
        answered = self._waiting.setdefault(key[1], asyncio.Event())
        try:
            if self._world.acts[key].state == "pending":
                await asyncio.wait_for(answered.wait(), ACK_SECONDS)
        except TimeoutError:
            raise Refusal(FAILED) from None
        finally:
            self._waiting.pop(key[1], None)
        act = self._world.acts[key]
        if act.state == "failed":
            raise Refusal(f"{act.error or FAILED}")
        return {"act": act.id}

    def _hear(self, change: Change) -> None:
        act = change.record
        waiting = self._waiting.get(act.id) if isinstance(act, Act) else None
        if waiting and act.state != "pending":
            waiting.set()


def _list(names: dict[str, str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
