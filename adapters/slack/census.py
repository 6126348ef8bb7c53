"""Say who and what is in a workspace: people, user groups, channels; nobody learns of any other."""

from __future__ import annotations

from collections.abc import Callable

from adapters.slack.calls import Calls
from adapters.slack.directory import read_person
from adapters.slack.inbound import MOST_NAME, Ears
from adapters.slack.payloads import part, parts, text
from bot.errors import Gone, PlatformRefused
from bot.ports import Scope, ScopeKind
from bot.text import normalise

# Slackbot is no bot by Slack's own account.
_SLACKBOT = "USLACKBOT"
# Of what there is not, and of what the bot may not know of.
_NOBODY = frozenset(
    {"channel_not_found", "user_not_found", "user_not_visible", "users_not_found", "no_such_user"}
)


class Census:
    """Answer `describe` of `bot.ports.Platform`. `ears` is who the bot is in a workspace."""

    def __init__(self, calls: Calls, ears: Callable[[str], Ears | None]) -> None:
        self._calls = calls
        self._ears = ears

    async def describe(self, scope: Scope) -> str | None:
        """Return what somebody or something is called; see `bot.ports.Platform`."""
        team, _, name = scope.id.partition("/")
        ears = self._ears(team)
        if not name or ears is None or scope.workspace not in ("", team):
            return None
        try:
            match scope.kind:
                case ScopeKind.USER:
                    return await self._person(team, name, ears)
                case ScopeKind.ROLE:
                    return await self._group(team, name)
                case ScopeKind.CHANNEL:
                    return await self._channel(team, name)
                case _:
                    return ""
        except Gone:
            return None
        except PlatformRefused as error:
            if error.code in _NOBODY:
                return None
            raise

    async def _person(self, team: str, user: str, ears: Ears) -> str | None:
        """See https://docs.slack.dev/reference/methods/users.info."""
        if user in (ears.user, _SLACKBOT):
            return None
        found = part(await self._calls.make(team, "users.info", user=user), "user")
        if text(found, "id") != user or found.get("deleted") or found.get("is_bot"):
            return None
        return read_person(found, user, team, listed=False).name

    async def _group(self, team: str, group: str) -> str | None:
        """See https://docs.slack.dev/reference/methods/usergroups.list."""
        found = await self._calls.make(team, "usergroups.list")
        for each in parts(found, "usergroups"):
            if text(each, "id") == group and not each.get("date_delete"):
                called = text(each, "handle") or text(each, "name")
                return normalise(f"@{called}", MOST_NAME)
        return None

    async def _channel(self, team: str, channel: str) -> str | None:
        """See https://docs.slack.dev/reference/methods/conversations.info."""
        answer = await self._calls.make(team, "conversations.info", channel=channel)
        found = part(answer, "channel")
        if found.get("is_im") or found.get("is_mpim") or not text(found, "name"):
            return None
        return normalise(text(found, "name"), MOST_NAME)
