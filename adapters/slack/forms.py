"""Open forms that ask for more, and take those that were sent, within Slack's three seconds.

A form can be opened for three seconds by what somebody did. Where it takes longer to know what
to ask, a modal that says so is opened in time, and becomes the form.
https://docs.slack.dev/surfaces/modals#gathering_users
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from adapters.slack.calls import Calls
from adapters.slack.invocations import Asker
from adapters.slack.modals import again_rows, confirm_rows, errors_of, form_view, words_view
from adapters.slack.payloads import Body, part, text
from adapters.slack.places import read_place
from adapters.slack.presence import Presence
from adapters.slack.presses import NOT_TAKEN, Answer, Presses
from adapters.slack.responses import Responses
from adapters.verdicts import TAKEN, aside_of, verdict_of
from bot.errors import PlatformError
from bot.events import Aside, Incoming
from bot.ports import (
    Clock,
    CommandReply,
    Decision,
    Flaws,
    Form,
    FormCall,
    Forms,
    FormSent,
)

log = structlog.get_logger(__name__)

# What is not known by then is waited for behind a modal.
OPEN_SECONDS = 1.0
# So much of the three seconds is left to open one.
SPARE_SECONDS = 1.2


@dataclass(frozen=True, slots=True)
class _Modal:
    """A modal on a person's screen, as it was when it was last heard of."""

    id: str
    hash: str


@dataclass(frozen=True, slots=True)
class _Asking:
    """A form to be shown; `begins`: what comes of it begins a conversation."""

    form: Form
    begins: bool


# A modal that is being opened; None: there is none.
_Opening = asyncio.Task[_Modal | None] | None
_Deciding = asyncio.Task[_Asking | Incoming | str]


class FormRunner:
    """Show what `Forms` decides: a form, a turn, or words to the person alone.

    `put` is that of `bot.ports.Intake`.
    """

    def __init__(
        self,
        forms: Forms,
        calls: Calls,
        presence: Presence,
        presses: Presses,
        responses: Responses,
        put: Callable[[Incoming], asyncio.Future[Decision]],
        sentences: Mapping[Aside, str],
        clock: Clock,
    ) -> None:
        self._forms = forms
        self._calls = calls
        self._presence = presence
        self._presses = presses
        self._responses = responses
        self._put = put
        self._sentences = sentences
        self._clock = clock

    # --- opening

    async def is_away(self, asker: Asker) -> bool:
        """Tell whether the bot surely is not where somebody asks for something."""
        return await self._presence.is_missing(read_place(asker.interaction.place))

    async def open(self, asker: Asker, call: FormCall, trigger: str, until: float) -> Answer:
        """Find out what a command, shortcut or button asks, and show it.

        `trigger` lets one modal be opened; `until` then Slack waits, by the monotonic clock.
        """
        deciding = asyncio.create_task(self._decide(call))
        patience = min(OPEN_SECONDS, self._left(until) - SPARE_SECONDS)
        await asyncio.wait({deciding}, timeout=max(0.0, patience))
        loading: _Opening = None
        if not deciding.done():
            loading = asyncio.create_task(self._load(asker, trigger))
            await asyncio.wait({deciding}, timeout=self._left(until))
        if not deciding.done():
            return Answer(then=lambda: self._finish(asker, deciding, trigger, loading))
        match deciding.result():
            case _Asking() as asking:
                return Answer(then=lambda: self._show(asker, asking, trigger, loading))
            case str() as words:
                return Answer(then=lambda: self._tell(asker, words, loading))
            case event:
                return await self._take(asker, event, until, loading)

    async def decide(self, asker: Asker, call: FormCall) -> Incoming | Answer:
        """Find out what words after a mention ask: by them no modal can be opened."""
        match await self._decide(call):
            case _Asking() as asking:
                return Answer(then=lambda: self._offer(asker, asking))
            case str() as words:
                return Answer(then=lambda: self._tell(asker, words, None))
            case event:
                return event

    async def _decide(self, call: FormCall) -> _Asking | Incoming | str:
        try:
            opened = await self._forms.open(call)
        except Exception as error:
            log.error("a form failed", name=call.name, error=repr(error)[:200])
            opened = ""
        if isinstance(opened, Form):
            return _Asking(opened, not call.in_thread)
        return opened or self._sentences[Aside.COMMAND_FAILED]

    async def _load(self, asker: Asker, trigger: str) -> _Modal | None:
        """Open a modal that says that the form is on its way."""
        view = words_view(self._sentences[Aside.LOADING], self._sentences)
        try:
            answer = await self._calls.make(asker.team, "views.open", trigger_id=trigger, view=view)
        except PlatformError as error:
            log.info("modal not opened", code=error.code, error=str(error))
            return None
        shown = part(answer, "view")
        return _Modal(text(shown, "id"), text(shown, "hash"))

    async def _finish(
        self, asker: Asker, deciding: _Deciding, trigger: str, loading: _Opening
    ) -> None:
        """Show what came of something that Slack could not wait for."""
        match await deciding:
            case _Asking() as asking:
                await self._show(asker, asking, trigger, loading)
            case str() as words:
                await self._tell(asker, words, loading)
            case event:
                commit = self._put(event)
                await asyncio.wait({commit})
                await self._close(asker, verdict_aside(event, commit), loading)

    async def _take(self, asker: Asker, event: Incoming, until: float, loading: _Opening) -> Answer:
        """Commit an event that leaves nothing to ask, before Slack is answered."""
        commit = self._put(event)
        answer = await self._presses.settle(asker, event, commit, until)
        if loading is None:
            return answer

        async def close() -> None:
            await asyncio.wait({commit})
            await self._close(asker, verdict_aside(event, commit), loading)

        return Answer(then=close)

    # --- sending

    async def send(self, asker: Asker, view: Body, sent: FormSent, until: float) -> Answer:
        """Take a form that was sent: what comes of it is committed before Slack is answered.

        What was not taken stays on the person's screen, with all that is in it.
        """
        try:
            async with asyncio.timeout(self._left(until)):
                outcome = await self._forms.send(sent)
        except TimeoutError:
            return NOT_TAKEN
        except Exception as error:
            log.error("a form failed", error=repr(error)[:200])
            outcome = self._sentences[Aside.COMMAND_FAILED]
        match outcome:
            case Flaws(fields):
                return _flawed(view, fields or {"": self._sentences[Aside.FORM_FLAWED]})
            case str() as words:
                said = words or self._sentences[Aside.COMMAND_FAILED]
                return Answer(then=lambda: self._tell(asker, said, None))
            case CommandReply() as reply:
                return Answer(then=lambda: self._reply(asker, reply))
            case event:
                return await self._commit(asker, view, event, until)

    async def _reply(self, asker: Asker, reply: CommandReply) -> None:
        """Tell what a form came to, with the button that confirms it if it has yet to be."""
        label = self._sentences[Aside.CONFIRM]
        rows = confirm_rows(reply.confirm, label) if reply.confirm else []
        await self._responses.whisper(asker, reply.text, rows)

    async def _commit(self, asker: Asker, view: Body, event: Incoming, until: float) -> Answer:
        commit = self._put(event)
        await asyncio.wait({commit}, timeout=self._left(until))
        if not commit.done():
            return await self._presses.settle(asker, event, commit, until)
        verdict = verdict_of(commit)
        if verdict is None:
            return _flawed(view, {"": self._sentences[Aside.NOT_STORED]})
        if verdict in TAKEN:
            return Answer()
        return self._presses.refuse(asker, aside_of(event, verdict))

    # --- what is seen of it

    async def _show(self, asker: Asker, asking: _Asking, trigger: str, loading: _Opening) -> None:
        """Open a form, or let the modal that stands for it become it."""
        place, begins = asker.interaction.place, asking.begins
        view = form_view(asking.form, place, self._sentences, begins=begins)
        modal = await loading if loading else None
        try:
            if modal is not None:
                await self._calls.make(
                    asker.team, "views.update", view_id=modal.id, hash=modal.hash, view=view
                )
            else:
                await self._calls.make(asker.team, "views.open", trigger_id=trigger, view=view)
        except PlatformError as error:
            log.info("form not opened", code=error.code, error=str(error))
            if modal is None:
                await self._offer(asker, asking)
            # Else whoever closed the modal wants no form any more.

    async def _offer(self, asker: Asker, asking: _Asking) -> None:
        """Offer a button that opens a form, as often as it is pressed and whenever that is."""
        label = self._sentences[Aside.FORM_AGAIN]
        rows = again_rows(asking.form.id, label, begins=asking.begins)
        await self._responses.whisper(asker, self._sentences[Aside.FORM_READY], rows)

    async def _close(self, asker: Asker, aside: Aside | None, loading: _Opening) -> None:
        """Let the modal say what became of an event that left nothing to ask."""
        taken = aside is None
        if taken and (loading is None or await loading is None):
            return
        await self._tell(asker, self._sentences[aside or Aside.ON_ITS_WAY], loading)

    async def _tell(self, asker: Asker, words: str, loading: _Opening) -> None:
        """Tell the person alone, in the modal that is open already, or where they are."""
        modal = await loading if loading else None
        if modal is not None:
            view = words_view(words, self._sentences)
            try:
                await self._calls.make(
                    asker.team, "views.update", view_id=modal.id, hash=modal.hash, view=view
                )
                return
            except PlatformError as error:
                log.info("modal not changed", code=error.code, error=str(error))
        await self._responses.whisper(asker, words)

    def _left(self, until: float) -> float:
        return max(0.0, until - self._clock.monotonic())


def verdict_aside(event: Incoming, commit: asyncio.Future[Decision]) -> Aside | None:
    """Return what a person is told of an event that was decided about, None if it was taken."""
    verdict = verdict_of(commit)
    return None if verdict in TAKEN else aside_of(event, verdict)


def _flawed(view: Body, flaws: Mapping[str, str]) -> Answer:
    """Leave a form open, with what is wrong with it."""
    errors = errors_of(view, flaws)
    return Answer(said={"response_action": "errors", "errors": errors})
