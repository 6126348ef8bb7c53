"""What can go wrong in the stand-in Slack, in its own terms, for the page to offer."""

from __future__ import annotations

import asyncio

from adapters.playground.slack import SlackStandIn, limits
from adapters.playground.slack.problems import refuse
from adapters.playground.weather import Mishap, Switch

THROTTLED_SECONDS = 2
THROTTLED_CALLS = 2
SHORT_STREAM_MS = 4_000
# What a workspace whose plan has no streams answers.
NO_STREAMS = "feature_not_enabled"
NO_STATUS = "method_not_supported_for_channel_type"


def of_workspace(slack: SlackStandIn) -> tuple[Switch, ...]:
    """Return what a workspace grants to the app, or takes from it."""
    world = slack.world
    team = next(iter(world.teams.values()))
    general = slack.people.channel("general")

    def agent(on: bool) -> str:
        world.switch(team.id, agent=on)
        if on:
            return "The app is an agent here. A bot that saw it was none asks again after a day."
        return "The app is no agent here: its Stop is a message of its own."

    def streams(on: bool) -> str:
        world.switch(team.id, streams=NO_STREAMS if on else "")
        if on:
            return "Streams are refused: answers grow by edits, for a day."
        return "Streams are taken again. A bot that was refused tries them again after a day."

    def shorten(on: bool) -> str:
        slack.settings.stream_ms = SHORT_STREAM_MS if on else limits.STREAM_MS
        if on:
            return "Slack ends each stream after 4 seconds; the answer goes on by edits."
        return "Slack ends a stream after 5 minutes."

    def statuses(on: bool) -> str:
        world.switch(team.id, statuses=NO_STATUS if on else "")
        return "Status lines are refused." if on else "Status lines are taken again."

    def remove(on: bool) -> str:
        slack.people.invite_bot(general, invited=not on)
        return "The bot is not in #general any more." if on else "The bot is in #general again."

    def forbid(on: bool) -> str:
        slack.people.restrict(general, "restricted_action" if on else "")
        return "The bot may not post in #general." if on else "The bot may post in #general."

    def hide(on: bool) -> str:
        kept = [one for one in team.scopes if one != "files:read"]
        world.switch(team.id, scopes=kept if on else [*kept, "files:read"])
        return "The bot may read no files (files:read)." if on else "The bot may read files."

    def stub(on: bool) -> str:
        world.switch(team.id, shared_files=on)
        if on:
            return "Files come as stubs, as from another organisation (Slack Connect)."
        return "Files come whole."

    def uninstall(on: bool) -> str:
        if on:
            slack.people.uninstall()
            return "The app was removed from the workspace."
        slack.people.install()
        return "The app is installed again; start the bot anew if it has ended."

    return (
        Switch(
            "agent",
            "The app is an agent",
            agent,
            "Then Slack shows a Stop of its own while the bot works.",
            lambda: team.agent,
        ),
        Switch(
            "streams",
            "Refuse streams",
            streams,
            "Answers then grow by edits of a message.",
            lambda: bool(team.streams),
        ),
        Switch(
            "short",
            "Short streams",
            shorten,
            "Slack ends a stream after 4 seconds instead of 5 minutes.",
            lambda: slack.settings.stream_ms != limits.STREAM_MS,
        ),
        Switch(
            "statuses",
            "Refuse status lines",
            statuses,
            "“Threadbot is thinking…” is not shown.",
            lambda: bool(team.statuses),
        ),
        Switch(
            "remove",
            "Remove the bot from #general",
            remove,
            "It hears nothing there; commands still reach it.",
            lambda: team.bot not in world.channels[team.id, general.rpartition("/")[2]].members,
        ),
        Switch(
            "forbid",
            "No posts in #general",
            forbid,
            "Only some may post there: the bot has to say so elsewhere.",
            lambda: bool(world.channels[team.id, general.rpartition("/")[2]].posting),
        ),
        Switch(
            "no-files",
            "No files:read",
            hide,
            "The app lacks a scope: it gets a sign-in page instead of bytes.",
            lambda: "files:read" not in team.scopes,
        ),
        Switch(
            "stubs",
            "Files from outside",
            stub,
            "What people upload comes as Slack Connect's stubs.",
            lambda: team.shared_files,
        ),
        Switch(
            "uninstall",
            "Uninstall the app",
            uninstall,
            "Its token opens nothing; switch it off to install it again.",
            lambda: bool(team.revoked),
        ),
    )


def of_line(slack: SlackStandIn) -> tuple[Mishap, ...]:
    """Return what can go wrong between Slack and the bot."""

    def throttle() -> None:
        for method in ("chat.postMessage", "chat.update", "chat.startStream", "chat.appendStream"):
            fault = refuse(
                method, "ratelimited", times=THROTTLED_CALLS, retry_after=THROTTLED_SECONDS
            )
            slack.faults.add(fault)

    asking: set[asyncio.Task[None]] = set()

    def refresh() -> None:
        task = asyncio.ensure_future(slack.sockets.ask_reconnect("refresh_requested"))
        asking.add(task)
        task.add_done_callback(asking.discard)

    return (
        Mishap(
            "throttle",
            "Rate limit it",
            "The bot's next two posts and next two edits are rate limited.",
            throttle,
        ),
        Mishap("drop", "Cut its sockets", "Both connections were cut.", slack.sockets.drop),
        Mishap(
            "refresh",
            "Ask it to reconnect",
            "Slack asked for new connections, as it does every few hours.",
            refresh,
        ),
    )
