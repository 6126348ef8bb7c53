"""What people see: conversations, messages, views, and what became of what they did.

Everything is the JSON of Slack's own, with a few fields that a client would know: `channel` (its
path), `ephemeral`, `mine`, `pings` (whom it notifies), `stream` ("live", "stopped", "broken" or
"stopped_by_user") and `files[].page_url`. A refusal is the same `Problem` that the app would meet.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from adapters.playground.slack import texts
from adapters.playground.slack.following import Subscription
from adapters.playground.slack.payloads import (
    render_channel,
    render_message,
    render_session,
    render_user,
    render_view,
)
from adapters.playground.slack.problems import Problem
from adapters.playground.slack.records import Act, Channel, Message, Session, Team, User, View
from adapters.playground.slack.views import home_of
from adapters.playground.slack.world import Change, World

Json = dict[str, Any]

# What a client shows where an app does not answer in time.
SILENT = "{} did not respond"
FAILED_VIEW = "We had some trouble connecting. Try again?"


class Onlooker:
    """See as the people do. `person` is `T1/U1`, `channel` is `T1/C1` or `T1/C1/ts`."""

    def __init__(self, world: World, prefix: str) -> None:
        self.world = world
        self._prefix = prefix

    # --- who and where

    def everyone(self) -> list[Json]:
        """Return the people that one can be."""
        return [
            render_user(user) | {"path": f"{user.team}/{user.id}", "admin": user.admin}
            for user in self.world.users.values()
            if not user.bot
        ]

    def is_admin(self, person: str) -> bool:
        """Tell whether a person administers the workspace."""
        user = self._user(person)
        return user.admin or user.owner

    def find(self, name: str, team: str | None = None) -> str:
        """Return the person (or bot) with a name, of the first workspace or of `team`."""
        found = next(
            one
            for one in self.world.users.values()
            if one.name == name and team in (None, one.team)
        )
        return f"{found.team}/{found.id}"

    def channel(self, name: str, team: str | None = None) -> str:
        """Return the conversation with a name."""
        found = next(
            one
            for one in self.world.channels.values()
            if one.name == name and team in (None, one.team)
        )
        return f"{found.team}/{found.id}"

    def channels(self, person: str) -> list[Json]:
        """Return the conversations that a person sees."""
        team, user = person.split("/")
        return [
            self._shown_channel(channel, user)
            for channel in self.world.channels.values()
            if channel.team == team and self.world.sees(user, channel)
        ]

    def _shown_channel(self, channel: Channel, user: str) -> Json:
        found = render_channel(channel, user)
        return found | {
            "path": f"{channel.team}/{channel.id}",
            "kind": channel.kind,
            "members": channel.members,
            "has_bot": self.world.teams[channel.team].bot in channel.members,
        }

    # --- messages

    def read(self, person: str, channel: str, limit: int = 100) -> list[Json]:
        """Return the newest messages of a channel (of a thread's path: its thread)."""
        found, user, thread = self._place(person, channel)
        if thread:
            return self.thread(person, channel)
        standing = [
            one
            for one in self.world.timeline(found.team, found.id)
            if one.only_for in ("", user) and (one.thread_ts in ("", one.ts) or one.broadcast)
        ]
        return [self.render(user, one) for one in standing[-limit:]]

    def thread(self, person: str, channel: str, ts: str = "") -> list[Json]:
        """Return a thread as a person sees it, its first message first if that stands."""
        found, user, thread = self._place(person, channel)
        parent = self.world.message(found.team, found.id, ts or thread)
        standing = [
            one
            for one in self.world.replies(found.team, found.id, ts or thread)
            if one.only_for in ("", user)
        ]
        return [self.render(user, one) for one in [*([parent] if parent else []), *standing]]

    def message(self, person: str, channel: str, ts: str) -> Json:
        """Return one message that a person sees."""
        found, user, _ = self._place(person, channel)
        return self.render(user, self._target(found, user, ts))

    def look(self, person: str) -> Json:
        """Return everything that a person sees: for tests."""
        return {
            "channels": [
                one
                | {
                    "messages": self.read(person, one["path"]),
                    "threads": {
                        message["ts"]: self.thread(person, one["path"], message["ts"])
                        for message in self.read(person, one["path"])
                        if message.get("reply_count")
                    },
                }
                for one in self.channels(person)
            ],
            "view": self.view(person),
            "home": self.home(person),
            "sessions": [
                render_session(self.world, one)
                for one in self.world.sessions.values()
                if one.team == person.split("/")[0]
            ],
        }

    def render(self, user: str, message: Message) -> Json:
        """Return a message as one person sees it."""
        shown = render_message(self.world, self._prefix, message)
        shown |= {
            "channel": f"{message.team}/{message.channel}",
            "ephemeral": bool(message.only_for),
            "mine": message.user == user,
            "pings": texts.pings(message.text, message.blocks),
        }
        for file in shown.get("files", []):
            name = quote(str(file.get("name") or "file"))
            file["page_url"] = f"{self._prefix}/page-files/{message.team}/{file['id']}/{name}"
        if message.blocks:
            shown["blocks"] = [self._shown_block(message, block) for block in message.blocks]
        if message.stream:
            shown["stream"] = self._stream_state(message)
        return shown

    def _shown_block(self, message: Message, block: Json) -> Json:
        """Return a block, with where a picture of Slack's own is to be had, "" if it is gone."""
        named = block.get("slack_file") if block.get("type") == "image" else None
        if not isinstance(named, dict):
            return block
        file = self.world.files.get((message.team, str(named.get("id"))))
        if file is None or file.hidden:
            return block | {"page_url": ""}
        url = f"{self._prefix}/page-files/{file.team}/{file.id}/{quote(file.name)}"
        return block | {"page_url": url, "page_size": [file.width, file.height]}

    def _stream_state(self, message: Message) -> str:
        stream = message.stream
        if stream is None:
            return ""
        old = self.world.now() >= stream.at + self.world.settings.stream_ms
        return "broken" if stream.state == "live" and old else stream.state

    # --- views, statuses, acts

    def view(self, person: str) -> Json | None:
        """Return the modal on top of a person's screen, or None."""
        view = self._top(person)
        return self._shown_view(view) if view else None

    def home(self, person: str) -> Json | None:
        """Return a person's App Home, if the app has published it."""
        view = home_of(self.world, *person.split("/"))
        return self._shown_view(view) if view else None

    def _shown_view(self, view: View) -> Json:
        shown = render_view(view, self.world)
        return shown | {"errors": view.errors, "failed": view.failed, "open": view.open}

    def _top(self, person: str) -> View | None:
        team, user = person.split("/")
        found = [
            one
            for one in self.world.views.values()
            if (one.team, one.user, one.kind) == (team, user, "modal") and one.open
        ]
        return max(found, key=lambda one: (one.at, one.id), default=None)

    def status(self, channel: str, ts: str = "") -> Json:
        """Return what a thread shows of the app's work."""
        team, id_, *rest = channel.split("/")
        return render_session(self.world, self.world.session(team, id_, ts or "".join(rest)))

    def interaction(self, id_: str) -> Json:
        """Return what became of what a person did: pending, acked or failed.

        `messages` are the answers that came by ack or response_url and still stand, `view` is
        the modal that it opened.
        """
        act = self._act(id_)
        state, error = act.state, act.error
        if (
            state == "pending"
            and self.world.now() - act.at > self.world.settings.ack_seconds * 1000
        ):
            state, error = "failed", self._silence(act)
        told = [self.world.messages.get((act.team, act.channel, ts)) for ts in act.told]
        view = self.world.views.get((act.team, act.view))
        return {
            "id": f"{act.team}/{act.id}",
            "kind": act.kind,
            "state": state,
            "error": error,
            "trigger_id": act.trigger,
            "messages": [self.render(act.user, one) for one in told if one],
            "view": self._shown_view(view) if view else None,
        }

    def _silence(self, act: Act) -> str:
        team = self.world.teams[act.team]
        if act.kind.startswith("view"):
            return FAILED_VIEW
        name = self.world.users[team.id, team.bot].shown
        return SILENT.format(act.data.get("command") or name)

    def subscribe(self, person: str) -> Subscription:
        """Follow what a person sees.

        Names: message, message_changed, message_deleted, reaction_added, reaction_removed,
        channel, session, view, interaction, team.
        """
        return Subscription(self.world, lambda change: self.render_change(person, change))

    def render_change(self, person: str, change: Change) -> tuple[str, Json] | None:
        """Return a change as a person sees it, or None."""
        team, user = person.split("/")
        if getattr(change.record, "team", team) != team:
            return None
        match change.record:
            case Message() as message:
                channel = self.world.channels.get((team, message.channel))
                if channel is None or not self.world.sees(user, channel):
                    return None
                if message.only_for not in ("", user):
                    return None
                if change.name == "message_deleted":
                    place = {"ts": message.ts, "channel": f"{team}/{message.channel}"}
                    return change.name, place | {"thread_ts": message.thread_ts}
                return change.name, self.render(user, message)
            case Channel() as channel if self.world.sees(user, channel):
                shown = self._shown_channel(channel, user)
                return "channel", shown | {"deleted": change.name == "channel_deleted"}
            case Session() as session:
                return "session", render_session(self.world, session)
            case View() as view if view.user == user:
                return "view", self._shown_view(view) | {"kind": view.kind}
            case Act() as act if act.user == user:
                return "interaction", self.interaction(f"{act.team}/{act.id}")
            case Team() as found if found.id == team:
                return "team", {"id": found.id, "revoked": found.revoked}
            case _:
                return None

    # --- finding

    def _user(self, person: str) -> User:
        team, _, id_ = person.partition("/")
        found = self.world.users.get((team, id_))
        if found is None:
            raise Problem("user_not_found")
        return found

    def _place(self, person: str, channel: str) -> tuple[Channel, str, str]:
        """Return the conversation, the person's id, and the thread that a path names."""
        user = self._user(person)
        team, id_, *rest = channel.split("/")
        found = self.world.channels.get((team, id_))
        if found is None or team != user.team or not self.world.sees(user.id, found):
            raise Problem("channel_not_found")
        return found, user.id, rest[0] if rest else ""

    def _target(self, channel: Channel, user: str, ts: str) -> Message:
        found = self.world.messages.get((channel.team, channel.id, ts))
        if found is None or found.only_for not in ("", user):
            raise Problem("message_not_found")
        return found

    def _act(self, id_: str) -> Act:
        team, _, act = id_.partition("/")
        return self.world.acts[team, act]
