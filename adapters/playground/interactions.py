"""Buttons, commands and forms as a person uses them: each waits for the bot's first answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from adapters.playground.discord.people import People
from adapters.playground.discord.problems import problem
from adapters.playground.discord.records import Interaction
from adapters.playground.discord.world import Change
from adapters.playground.refusal import Refusal
from adapters.playground.room import Room, in_words, refuse

Json = dict[str, Any]

# The kinds of commands: typed behind a slash, or chosen in the menu of a message.
TYPED, OF_MESSAGES = 1, 3
ANSWER_SECONDS = 3.5  # a little more than Discord gives the bot for its first answer


class Interactions:
    """Use the bot as the people of `room` do."""

    def __init__(self, people: People, room: Room) -> None:
        self._people = people
        self._room = room
        self._waiting: dict[str, asyncio.Event] = {}
        people.world.watchers.append(self._hear)

    def commands(self, person: str, channel: str) -> list[Json]:
        """Return the commands that a person may use in a channel."""
        return self._listed(person, channel, TYPED)

    def menus(self, person: str, channel: str) -> list[Json]:
        """Return the commands in the menu of a channel's messages."""
        return self._listed(person, channel, OF_MESSAGES)

    def _listed(self, person: str, channel: str, kind: int) -> list[Json]:
        with in_words():
            found = self._people.commands(person, channel)
        return [command for command in found if command["type"] == kind]

    async def press(self, person: str, channel: str, message: str, custom_id: str) -> Json:
        """Press a button."""
        self._room.check(person)
        with in_words():
            pressed = self._people.press(person, channel, message, custom_id)
        return await self._answer(pressed)

    async def command(
        self, person: str, channel: str, name: str, options: Mapping[str, Any]
    ) -> Json:
        """Use a command; the value of a file's option is its name and its bytes."""
        self._room.check(person)
        with in_words():
            used = self._people.command(person, channel, name, options)
        return await self._answer(used)

    async def menu(self, person: str, channel: str, message: str, name: str) -> Json:
        """Use a command in the menu of a message."""
        self._room.check(person)
        with in_words():
            used = self._people.menu(person, channel, message, name)
        return await self._answer(used)

    async def complete(
        self,
        person: str,
        channel: str,
        name: str,
        options: Mapping[str, Any],
        *,
        option: str,
        typed: str,
    ) -> list[Json]:
        """Ask the bot what a half typed option could be."""
        self._room.check(person)
        with in_words():
            asked = self._people.complete(person, channel, name, option, typed, options)
        await self._wait(asked)
        return list(self._people.interaction(asked)["choices"] or ())

    async def submit(self, person: str, interaction: str, fields: Mapping[str, Any]) -> Json:
        """Submit the form that an interaction opened; files are lists of (name, bytes)."""
        self._room.check(person)
        if interaction not in self._people.world.interactions:
            raise refuse(problem(10062))
        with in_words():
            submitted = self._people.submit(person, interaction, fields)
        return await self._answer(submitted)

    async def _answer(self, interaction: str) -> Json:
        """Return the form that the bot opened, if it did; all else comes by the feed."""
        await self._wait(interaction)
        modal = self._people.interaction(interaction)["modal"]
        return {"interaction": interaction, "modal": modal}

    async def _wait(self, interaction: str) -> None:
        answered = self._waiting.setdefault(interaction, asyncio.Event())
        try:
            if self._people.interaction(interaction)["state"] == "pending":
                await asyncio.wait_for(answered.wait(), ANSWER_SECONDS)
        except TimeoutError:
            raise Refusal(
                "This interaction failed: the bot did not answer within 3 seconds. Is it running?"
            ) from None
        finally:
            del self._waiting[interaction]

    def _hear(self, change: Change) -> None:
        found = change.record
        if not isinstance(found, Interaction) or found.state == "pending":
            return
        if answered := self._waiting.get(found.id):
            answered.set()
