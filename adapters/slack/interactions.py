"""Hear what people press, send and type after a slash: into the queue, in the order it came."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from adapters.slack.commands import CommandRunner
from adapters.slack.directory import Directory
from adapters.slack.forms import FormRunner
from adapters.slack.inbound import Ears
from adapters.slack.invocations import (
    Asker,
    ask_of,
    asker_of,
    parse_press,
    parse_reason,
    words_of,
)
from adapters.slack.markup import channels_in, named, people_in, readable
from adapters.slack.modals import again_of, confirmed_by, note_in
from adapters.slack.openings import (
    call_again,
    call_chosen,
    call_pressed,
    call_typed,
    opens,
    sent_of,
)
from adapters.slack.order import Place, Turnstile
from adapters.slack.payloads import Body, Kind, part, text
from adapters.slack.places import channel_path, read_place
from adapters.slack.presses import NOTED, Answer, Presses
from bot.domain import ThreadRef
from bot.events import OPENING, Aside
from bot.ports import EDIT_MENU, Clock, FormCall, Intake


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
        forms: FormRunner,
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
        self._forms = forms
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
            case Kind.MESSAGE_SHORTCUT if text(body, "callback_id") == EDIT_MENU:
                return await self._chosen(team, body, until)
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
            known, away = await asyncio.gather(
                self._directory.look_up(team, people, channels_in([words])),
                self._is_in_vain(asker, words),
            )
            if away:
                return self._presses.refuse(asker, Aside.NOT_INVITED)
            await place.first()
            me = self._ears(team).user
            said = readable(words, me, known.names)
            if self._commands.names(said, self._command.lower()):
                said = named(words, me, team)
            spoken = self._commands.parse(said)
            author = known.author(team, asker.user)
            if isinstance(spoken, str) or not (spoken.command.asks or opens(spoken)):
                return await self._commands.run_typed(spoken, asker)
            commit = asked = None
            if spoken.command.asks:
                asked = ask_of(spoken, asker, author, now)
                self._heard(asked.thread, asker.user, text(body, "team_id"))
                commit = self._intake.put(asked)
        if asked and commit:
            return await self._presses.settle(asker, asked, commit, until)
        if spoken.command.opens and await self._forms.is_away(asker):
            return self._presses.refuse(asker, Aside.NOT_INVITED)
        if spoken.command.admin:
            # What is kept of people for their names is too old to say what they may.
            author = await self._directory.author(team, asker.user)
        return await self._open(asker, call_typed(spoken, asker, author, now), body, until)

    async def _is_in_vain(self, asker: Asker, words: str) -> bool:
        """Tell whether words ask for what would be paid for, and could not be posted."""
        spoken = self._commands.parse(words)
        if isinstance(spoken, str) or not spoken.command.asks:
            return False
        return await self._forms.is_away(asker)

    async def _chosen(self, team: str, body: Body, until: float) -> Answer:
        """Take the use of a message's shortcut, which people have in every channel."""
        now = self._clock.now()
        asker = asker_of(body, team, now)
        author, away = await asyncio.gather(
            self._directory.author(team, asker.user), self._forms.is_away(asker)
        )
        if away:
            return self._presses.refuse(asker, Aside.NOT_INVITED)
        call = call_chosen(body, asker, author, self._ears(team), now)
        return await self._open(asker, call, body, until)

    async def _open(self, asker: Asker, call: FormCall, body: Body, until: float) -> Answer:
        team = text(part(body, "user"), "team_id") or text(body, "team_id")
        self._heard(call.thread, asker.user, team)
        return await self._forms.open(asker, call, text(body, "trigger_id"), until)

    async def _press(self, team: str, body: Body, until: float) -> Answer:
        now = self._clock.now()
        asker, trigger = asker_of(body, team, now), text(body, "trigger_id")
        if asked := confirmed_by(body):
            return await self._commands.run_confirmed(asked, asker)
        note = again_of(body)
        if note.form:
            author = await self._directory.author(team, asker.user)
            return await self._forms.open(
                asker, call_again(note, asker, author, now), trigger, until
            )
        with self._join(asker) as place:
            author = await self._directory.author(team, asker.user)
            await place.first()
            press = parse_press(body, asker, author)
            if press is None:
                return self._presses.refuse(asker, Aside.UNKNOWN_BUTTON)
            if press.action in OPENING:
                commit = None
            else:
                self._heard(press.thread, asker.user, text(part(body, "user"), "team_id"))
                commit = self._intake.put(press)
        if commit is None:
            return await self._open(asker, call_pressed(press, now), body, until)
        return await self._presses.settle(asker, press, commit, until, trigger)

    async def _form(self, team: str, body: Body, until: float) -> Answer:
        view, now = part(body, "view"), self._clock.now()
        asker = asker_of(body, team, now)
        if note_in(view).form:
            author = await self._directory.author(team, asker.user)
            return await self._forms.send(asker, view, sent_of(body, asker, author, now), until)
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
