"""The world: workspaces, people, channels and messages, and how they change.

It knows no HTTP and asks nobody for permission: the Web API and `people` do that before.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from adapters.playground.slack import records
from adapters.playground.slack.limits import SCOPES
from adapters.playground.slack.records import (
    SLACKBOT,
    Channel,
    Edited,
    Group,
    Mark,
    Message,
    Session,
    Team,
    User,
)
from adapters.playground.slack.tables import Change, Tables

__all__ = ["Change", "World"]

TOMBSTONE = "This message was deleted."


class World(Tables):
    """Change what there is, as Slack itself would."""

    def found_app(self, app: str) -> None:
        """Name the one app of the world."""
        self.app = app
        self.save(Mark(app=app))

    def add_team(self, id_: str, name: str, token: str) -> Team:
        """Add a workspace, without anybody in it, that a token will open."""
        team = Team(id=id_, name=name, domain=name.lower().replace(" ", "-"), token=token)
        team.scopes = [*SCOPES]
        self.save(team)
        return team

    def add_user(self, team: str, name: str, shown: str, **facts: Any) -> User:
        """Add a person or bot; `facts` are those of `User`."""
        user = User(team=team, id=self.new_id(team, "U"), name=name, shown=shown, **facts)
        if user.bot:
            user.bot_id = self.new_id(team, "B")
        self.save(user, "user")
        return user

    def add_channel(
        self,
        team: str,
        name: str,
        members: Iterable[str],
        *,
        kind: str = records.CHANNEL,
        topic: str = "",
    ) -> Channel:
        """Add a conversation."""
        letter = "D" if kind == records.IM else "C"
        who = [*members]
        channel = Channel(
            team=team,
            id=self.new_id(team, letter),
            name=name,
            kind=kind,
            members=who,
            creator=who[0] if who else "",
            at=self.now(),
            topic=topic,
        )
        self.save(channel, "channel_created")
        return channel

    def add_group(self, team: str, handle: str, name: str, users: Iterable[str]) -> Group:
        """Add a user group."""
        group = Group(
            team=team, id=self.new_id(team, "S"), handle=handle, name=name, users=[*users]
        )
        self.save(group)
        return group

    def open_dm(self, team: str, user: str) -> Channel:
        """Return the direct messages of a person and the app, opened if need be."""
        found = self.dm_of(team, user)
        return found or self.add_channel(team, "", [user, self.teams[team].bot], kind=records.IM)

    # --- what administrators do

    def switch(self, team: str | None = None, **facts: Any) -> None:
        """Change facts of a workspace, or of all: streams, statuses, agent, scopes, ..."""
        known = set(Team.__struct_fields__)
        if unknown := set(facts) - known:
            raise ValueError(f"a workspace has no {', '.join(sorted(unknown))}")
        for one in [self.teams[team]] if team else [*self.teams.values()]:
            for name, value in facts.items():
                setattr(one, name, value)
            self.save(one, "team_changed")

    def join(self, channel: Channel, user: str) -> None:
        """Make somebody a member of a channel."""
        if user not in channel.members:
            channel.members = [*channel.members, user]
            self.save(channel, "member_joined_channel", user=user)

    def leave(self, channel: Channel, user: str) -> None:
        """Take somebody out of a channel."""
        if user in channel.members:
            channel.members = [one for one in channel.members if one != user]
            self.save(channel, "member_left_channel", user=user)

    def archive(self, channel: Channel, *, archived: bool = True) -> None:
        """Archive a channel, or take it back."""
        channel.archived = archived
        self.save(channel, "channel_archive" if archived else "channel_unarchive")

    def restrict(self, channel: Channel, error: str = "restricted_action") -> None:
        """Let the app's posts in a channel be refused with an error word; empty: no more."""
        channel.posting = error
        self.save(channel, "channel_changed")

    def delete_channel(self, channel: Channel) -> None:
        """Remove a channel with all that is in it."""
        self.drop(channel.team, channel.id)
        self.tell("channel_deleted", channel)

    def uninstall(self, team: str) -> None:
        """Take the app out of a workspace: its token opens nothing more."""
        found = self.teams[team]
        self.tell("tokens_revoked", found)
        self.tell("app_uninstalled", found)
        found.revoked = "account_inactive"
        self.save(found, "team_changed")

    def revoke_tokens(self, team: str) -> None:
        """Revoke the app's bot token."""
        found = self.teams[team]
        self.tell("tokens_revoked", found)
        found.revoked = "token_revoked"
        self.save(found, "team_changed")

    def install(self, team: str) -> None:
        """Install the app again: its token works."""
        found = self.teams[team]
        found.revoked = ""
        self.save(found, "team_changed")

    # --- messages

    def post(self, message: Message) -> Message:
        """Put a message where it belongs, told to everybody who sees it."""
        message.at = self.now()
        parent = None
        if message.thread_ts and not message.only_for:
            parent = self.message(message.team, message.channel, message.thread_ts)
        before = parent and msgspec.structs.replace(parent)
        if not message.only_for:
            self._clear_line(message)
        self.save(message, "message")
        if parent is not None and before is not None:
            if not parent.thread_ts:
                parent.thread_ts = parent.ts
            self.save(parent, "message_changed", previous=before, counted=True)
        return message

    def change(self, message: Message, *, quiet: bool = False, **facts: Any) -> None:
        """Change a message; `quiet` sends the app no event of it."""
        before = msgspec.structs.replace(message)
        for name, value in facts.items():
            setattr(message, name, value)
        self.save(message, "message_changed", previous=before, quiet=quiet)

    def edit(self, message: Message, user: str, **facts: Any) -> None:
        """Change a message as an edit that is marked as one."""
        self.change(message, edited=Edited(user=user, ts=self.new_ts(message.team)), **facts)

    def remove(self, message: Message) -> None:
        """Delete a message; a tombstone stays while there are replies to it."""
        if not message.only_for and self.answers(message):
            self.change(
                message,
                subtype="tombstone",
                text=TOMBSTONE,
                user=SLACKBOT,
                bot_id="",
                app="",
                blocks=[],
                attachments=[],
                files=[],
                metadata=None,
                edited=None,
                reactions={},
                stream=None,
            )
            return
        self.drop(message.team, message.channel, message.ts)
        self.tell("message_deleted", message)
        parent = self.message(message.team, message.channel, message.thread_ts)
        if parent is None or parent is message or message.only_for:
            return
        before = msgspec.structs.replace(parent)
        if self.answers(parent):
            self.save(parent, "message_changed", previous=before, counted=True)
        elif parent.subtype == "tombstone":
            self.remove(parent)
        else:
            parent.thread_ts = ""
            self.save(parent, "message_changed", previous=before, counted=True)

    # --- what the threads of an agent show

    def session(self, team: str, channel: str, thread: str) -> Session:
        """Return what a thread shows, made if need be."""
        found = self.sessions.get((team, channel, thread))
        return found or Session(team=team, channel=channel, thread=thread)

    def _clear_line(self, message: Message) -> None:
        """Clear the status line: the app's next post in the thread does that."""
        found = self.sessions.get((message.team, message.channel, message.thread_ts))
        if found and found.line and message.user == self.teams[message.team].bot:
            found.line, found.loading = "", []
            self.save(found, "session")
