"""The human side: what the people of the world see and do, for the page and for tests."""

from __future__ import annotations

from typing import Any

from adapters.playground.slack import furniture
from adapters.playground.slack.following import Subscription
from adapters.playground.slack.problems import Problem
from adapters.playground.slack.viewing import Viewer

Json = dict[str, Any]

__all__ = ["People", "Subscription"]


class People(Viewer):
    """Act as the people: speak, interact, and what admins do."""

    def add(self, name: str, shown: str, *, team: str | None = None, admin: bool = False) -> str:
        """Add a person to a workspace, in all its public channels."""
        where = team or next(iter(self.world.teams))
        user = self.world.add_user(where, name, shown, admin=admin)
        for channel in [*self.world.channels.values()]:
            if channel.team == where and channel.kind == "channel":
                self.world.join(channel, user.id)
        return f"{where}/{user.id}"

    def add_team(self) -> str:
        """Add a workspace with the same people, channels and ids; return its id."""
        first = next(iter(self.world.teams.values()))
        token = f"{first.token}-{len(self.world.teams) + 1}"
        return furniture.add_team(self.world, token).id

    def invite_bot(self, channel: str, *, invited: bool = True) -> None:
        """Take the app into a channel, or out of it."""
        team, id_, *_ = channel.split("/")
        found, bot = self.world.channels[team, id_], self.world.teams[team].bot
        if invited:
            self.world.join(found, bot)
        else:
            self.world.leave(found, bot)

    def archive(self, channel: str, *, archived: bool = True) -> None:
        """Archive a channel, or take it back."""
        team, id_, *_ = channel.split("/")
        self.world.archive(self.world.channels[team, id_], archived=archived)

    def delete_channel(self, channel: str) -> None:
        """Delete a channel."""
        team, id_, *_ = channel.split("/")
        self.world.delete_channel(self.world.channels[team, id_])

    def restrict(self, channel: str, error: str = "restricted_action") -> None:
        """Let the app's posts in a channel be refused; an empty word ends it."""
        team, id_, *_ = channel.split("/")
        self.world.restrict(self.world.channels[team, id_], error)

    def set_admin(self, person: str, *, admin: bool = True) -> None:
        """Make a person an admin of the workspace, or take that away."""
        user = self._user(person)
        user.admin = admin
        user.owner = user.owner and admin
        self.world.save(user, "user")

    def set_home(self, person: str, home: str) -> None:
        """Let a person be of another company; Slack calls them a stranger only at times."""
        user = self._user(person)
        user.home = home
        self.world.save(user, "user")

    def uninstall(self, team: str | None = None) -> None:
        """Remove the app from a workspace, the first if none is named."""
        self.world.uninstall(self._team(team))

    def install(self, team: str | None = None) -> None:
        """Install the app again."""
        self.world.install(self._team(team))

    def revoke_tokens(self, team: str | None = None) -> None:
        """Revoke the app's bot token."""
        self.world.revoke_tokens(self._team(team))

    def switch(self, team: str | None = None, **facts: Any) -> None:
        """Change what a workspace (or each) grants: streams, statuses, agent, scopes, ..."""
        self.world.switch(team, **facts)

    def _team(self, team: str | None) -> str:
        found = team or next(iter(self.world.teams))
        if found not in self.world.teams:
            raise Problem("team_not_found")
        return found
