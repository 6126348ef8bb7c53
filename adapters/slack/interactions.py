"""Hear what people press, send and type after a slash: into the queue, in the order it came."""

from __future__ import annotations

from collections.abc import Callable

from adapters.slack.commands import CommandRunner
from adapters.slack.directory import Directory
from adapters.slack.inbound import Ears
from adapters.slack.invocations import (
    Asker,
    ask_of,
    asker_of,
    parse_press,
    parse_reason,
    words_of,
)
from adapters.slack.markup import channels_in, people_in, readable
from adapters.slack.order import Place, Turnstile
from adapters.slack.payloads import Body, Kind, part, text
from adapters.slack.places import channel_path, read_place
from adapters.slack.presses import NOTED, Answer, Presses
from bot.domain import ThreadRef
from bot.events import Aside
from bot.ports import Clock, Intake


class Interactions:
    """Take commands, presses and forms; each waits in `line` for what came before it.

    `command` takes the words of the whole table; each of `stand_alone` is a command by itself.
    `heard(thread, user, team)` is called with everybody who asks.
    """

    def __init__(
        self,
        *,
        intake: Intake,
        directory: Directory,
        presses: Presses,
        commands: CommandRunner,
        command: str,
        stand_alone: frozenset[str],
        ears: Callable[[str], Ears],
        heard: Callable[[ThreadRef, str, str], None],
        line: Turnstile,
        clock: Clock,
    ) -> None:
        self._intake = intake
        self._directory = directory
        self._presses = presses
        self._commands = commands
        self._command = command
        self._stand_alone = stand_alone
        self._ears = ears
        self._heard = heard
        self._line = line
        self._clock = clock

    async def take(self, team: str, body: Body, kind: Kind | None, until: float) -> Answer:
        """Take one; Slack has to have its answer `until` then, by the monotonic clock."""
        match kind:
            case Kind.COMMAND:
                return await self._typed(team, body, until)
            case Kind.PRESS:
                return await self._press(team, body, until)
            case Kind.FORM:
                return await self._form(team, body, until)
            case Kind.SHORTCUT | Kind.MESSAGE_SHORTCUT:
                asker = asker_of(body, team, self._clock.now())
                return self._presses.refuse(asker, Aside.UNKNOWN_COMMAND)
            case _:
                return NOTED

    async def _typed(self, team: str, body: Body, until: float) -> Answer:
        now = self._clock.now()
        asker = asker_of(body, team, now)
        words = words_of(body, self._command, self._stand_alone)
        if words is None:
            return self._presses.refuse(asker, Aside.UNKNOWN_COMMAND)
        with self._join(asker) as place:
            people = people_in([words]) | {asker.user}
            known = await self._directory.look_up(team, people, channels_in([words]))
            await place.first()
            spoken = self._commands.parse(readable(words, self._ears(team).user, known.names))
            if isinstance(spoken, str) or not spoken.command.asks:
                return self._commands.run_typed(spoken, asker)
            asked = ask_of(spoken, asker, known.author(team, asker.user), now)
            self._heard(asked.thread, asker.user, text(body, "team_id"))
            commit = self._intake.put(asked)
        return await self._presses.settle(asker, asked, commit, until)

    async def _press(self, team: str, body: Body, until: float) -> Answer:
        asker = asker_of(body, team, self._clock.now())
        with self._join(asker) as place:
            author = await self._directory.author(team, asker.user)
            await place.first()
            press = parse_press(body, asker, author)
            if press is None:
                return self._presses.refuse(asker, Aside.UNKNOWN_BUTTON)
            self._heard(press.thread, asker.user, text(part(body, "user"), "team_id"))
            commit = self._intake.put(press)
        trigger = text(body, "trigger_id")
        return await self._presses.settle(asker, press, commit, until, trigger)

    async def _form(self, team: str, body: Body, until: float) -> Answer:
        asker = asker_of(body, team, self._clock.now())
        with self._join(asker) as place:
            known = await self._directory.look_up(team, {asker.user}, set())
            await place.first()
            reason = parse_reason(body, team, known.author(team, asker.user))
            if reason is None:
                return self._presses.refuse(asker, Aside.UNKNOWN_BUTTON)
            commit = self._intake.put(reason)
        return await self._presses.settle(asker, reason, commit, until)

    def _join(self, asker: Asker) -> Place:
        """Stand in line behind what came before in the same channel."""
        if not asker.interaction.place:
            return self._line.join(asker.team)
        where = read_place(asker.interaction.place)
        return self._line.join(channel_path(where.team, where.channel))
