"""Steps that only Slack has: deliveries that come again, sockets, and what admins there do."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

from adapters.playground.faults import Fault
from adapters.playground.slack import SlackStandIn
from adapters.playground.slack.problems import refuse
from tests.fault_acts import Act, Script, Stage
from tests.standins import SLACK
from tests.virtual import VirtualLoop


def slack_of(stage: Stage) -> SlackStandIn:
    """Return the stand-in."""
    found = stage.h.standins.slack
    assert found is not None
    return found


@dataclass(frozen=True)
class Resend:
    """Deliver again every event of a message, as Slack does when it saw no ack."""

    what: str = "q"
    attempt: int = 1

    async def __call__(self, stage: Stage) -> None:
        """Deliver them; nobody waits for the ack."""
        deliveries = slack_of(stage).deliveries
        about = [
            event_id
            for event_id, payload in deliveries.sent.items()
            if payload["event"].get("ts") == stage.names[self.what]
        ]
        assert about, f"no event told of {self.what}"
        for event_id in about:
            deliveries.resend(event_id, self.attempt)


@dataclass(frozen=True)
class Deaf:
    """Let Slack hear no ack by socket, or hear them again."""

    on: bool = True

    async def __call__(self, stage: Stage) -> None:
        """Do so."""
        slack_of(stage).sockets.deaf = self.on


@dataclass(frozen=True)
class DropSockets:
    """Cut all sockets without a word."""

    async def __call__(self, stage: Stage) -> None:
        """Cut them."""
        assert slack_of(stage).sockets.drop()


@dataclass(frozen=True)
class AskToReconnect:
    """Tell all sockets to go: "warning", "refresh_requested" or "link_disabled"."""

    reason: str = "refresh_requested"

    async def __call__(self, stage: Stage) -> None:
        """Tell them."""
        await slack_of(stage).sockets.ask_reconnect(self.reason)


@dataclass(frozen=True)
class Switch:
    """Change what the workspace grants: `streams`, `statuses`, `agent`, `scopes`, ..."""

    facts: dict[str, Any] = field(default_factory=dict)

    async def __call__(self, stage: Stage) -> None:
        """Change it."""
        slack_of(stage).people.switch(**self.facts)


@dataclass(frozen=True)
class Sent:
    """Wait until Slack has sent what it has to send, and has heard an ack of it."""

    async def __call__(self, stage: Stage) -> None:
        """Wait."""
        await stage.h.until(lambda: not slack_of(stage).deliveries.pending, within=600)


@dataclass(frozen=True)
class CaughtUp:
    """Wait until the bot has read all that it missed."""

    async def __call__(self, stage: Stage) -> None:
        """Wait."""
        assert stage.h.service is not None
        platform: Any = stage.h.service.platforms[SLACK]
        await stage.h.until(lambda: platform.caught_up, within=900)


@dataclass(frozen=True)
class ArchiveChannel:
    """Archive a channel, or take it back."""

    channel: str = "general"
    archived: bool = True

    async def __call__(self, stage: Stage) -> None:
        """Archive it."""
        slack_of(stage).people.archive(stage.place(self.channel), archived=self.archived)


@dataclass(frozen=True)
class DeleteChannel:
    """Delete a channel with all that is in it."""

    channel: str = "general"

    async def __call__(self, stage: Stage) -> None:
        """Delete it."""
        slack_of(stage).people.delete_channel(stage.place(self.channel))


@dataclass(frozen=True)
class Invited:
    """Take the bot into a channel, or out of it."""

    on: bool
    channel: str = "general"

    async def __call__(self, stage: Stage) -> None:
        """Do so."""
        slack_of(stage).people.invite_bot(stage.place(self.channel), invited=self.on)


@dataclass(frozen=True)
class Restrict:
    """Let the bot's posts in a channel be refused with a word of Slack's; "" ends it."""

    error: str = "restricted_action"
    channel: str = "general"

    async def __call__(self, stage: Stage) -> None:
        """Do so."""
        slack_of(stage).people.restrict(stage.place(self.channel), self.error)


@dataclass(frozen=True)
class Uninstall:
    """Remove the bot from the workspace."""

    async def __call__(self, stage: Stage) -> None:
        """Remove it."""
        slack_of(stage).people.uninstall()


@dataclass(frozen=True)
class RevokeTokens:
    """Revoke the bot's token."""

    async def __call__(self, stage: Stage) -> None:
        """Revoke it."""
        slack_of(stage).people.revoke_tokens()


@dataclass(frozen=True)
class Install:
    """Install the bot again."""

    async def __call__(self, stage: Stage) -> None:
        """Install it."""
        slack_of(stage).people.install()


@dataclass(frozen=True)
class StopSession:
    """Press Slack's own Stop in a question's thread."""

    what: str = "q"
    person: int = 0

    async def __call__(self, stage: Stage) -> None:
        """Press it."""
        who = stage.h.folk.people[self.person]
        slack_of(stage).people.stop_session(who, stage.place(self.what))


def slack_setting(name: str, value: object) -> Act:
    """Return the step that changes a setting of the stand-in (`limits.Settings`)."""

    async def change(stage: Stage) -> None:
        settings = slack_of(stage).settings
        assert hasattr(settings, name), name
        setattr(settings, name, value)

    return change


# The workspace will not have streams: a growing answer is posted and updated.
NO_STREAMS = Switch({"streams": "channel_type_not_supported"})
# The app is no agent: Stop is a button of ours, on a message of its own beside a stream.
NO_AGENT = Switch({"agent": False})


def refused(method: str, code: str, **rest: Any) -> Script:
    """Let a method answer one of Slack's error words: `nth`, `times`, `retry_after`."""
    return Script(SLACK, refuse(method, code, **rest))


def met_with(method: str, action: str, **rest: Any) -> Script:
    """Put any other fault of a method in force."""
    return Script(SLACK, Fault(method, action, **rest))


@dataclass(frozen=True)
class StallDisk:
    """Let the disk take nothing for so long, from now on, while everything else goes on.

    The writer waits within a transaction, as it does for a disk that does not answer.
    """

    seconds: float

    async def __call__(self, stage: Stage) -> None:
        """Begin the stall; it ends by itself."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop) and stage.h.service is not None
        answers = threading.Event()

        def wait() -> Generator[Any, Any, None]:
            answers.wait()
            yield from ()

        stalled = asyncio.ensure_future(stage.h.service.store.engine.write(wait()))
        # Time goes on though the writer is at work.
        busy, loop.busy = loop.busy, []

        def end() -> None:
            loop.busy = busy
            answers.set()

        loop.call_later(self.seconds, end)
        stage.ends.append(stalled)
