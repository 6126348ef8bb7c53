"""Who may do what: decided in one place, from what the platform said in the very call. Pure.

Ids of other servers or threads are never taken from arguments: where something is changed is
where the command was used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.commands import texts
from bot.commands.arguments import Value
from bot.commands.here import SLACK_COMMAND, Here, here_of
from bot.ports import CommandCall, Level


@dataclass(frozen=True, slots=True)
class Request:
    """A call whose arguments have been read."""

    call: CommandCall
    arguments: Mapping[str, Value]
    slack_command: str = SLACK_COMMAND
    # The person was shown what it does, and said yes.
    confirmed: bool = False

    def text(self, name: str) -> str:
        """Return an option's text, or ""."""
        value = self.arguments.get(name, "")
        return value if isinstance(value, str) else ""

    def flag(self, name: str) -> bool | None:
        """Return an option's switch, or None where it was not given."""
        value = self.arguments.get(name)
        return value if isinstance(value, bool) else None

    @property
    def here(self) -> Here:
        """Return where it was used, as texts speak of it."""
        return here_of(self.call, self.slack_command)

    @property
    def level(self) -> Level:
        """Return the level that is meant: the one named, else the narrowest that is here."""
        if named := self.text("for"):
            return Level(named)
        return Level.THREAD if self.call.in_thread else Level.CHANNEL


@dataclass(frozen=True, slots=True)
class Grant:
    """The right to run a command as asked; only `authorise` makes one.

    `owner`: it is one of those who run the bot, whom the settings name.
    """

    request: Request
    admin: bool
    owner: bool = False

    @property
    def rights_unknown(self) -> bool:
        """Tell whether it is not known whether the person is an admin."""
        return not self.admin and self.request.call.author.rights_unknown


class Denied(Exception):
    """The person may not do this here; the message says so, to them."""


class RightsUnknown(Denied):
    """The platform did not say in time whether the person may do this here; so does the message."""


def is_admin(call: CommandCall, admins: frozenset[str]) -> bool:
    """Tell whether a person may do here what only admins may."""
    return call.author.admin or is_owner(call, admins)


def is_owner(call: CommandCall, admins: frozenset[str]) -> bool:
    """Tell whether a person is one of those who run the bot."""
    return f"{call.thread.platform}:{call.author.id}" in admins


def need_admin(call: CommandCall, admins: frozenset[str], denied: str, here: Here) -> None:
    """Go on only for an admin: raise `Denied` with its sentence, or `RightsUnknown`."""
    if is_admin(call, admins):
        return
    if call.author.rights_unknown:
        raise RightsUnknown(texts.rights_unknown(here))
    raise Denied(denied)


def authorise(request: Request, changes: frozenset[Level], admins: frozenset[str]) -> Grant:
    """Grant what is asked, or raise `Denied`. `changes` are the levels that it would change.

    What only shows something is granted to whoever's rights are not known, as to anybody.
    """
    call = request.call
    admin, owner = is_admin(call, admins), is_owner(call, admins)
    # Else the direct channel is the one conversation in it.
    has_threads = call.thread.thread != call.thread.channel
    for level in sorted(changes):
        match level:
            case Level.THREAD:
                if not call.in_thread:
                    raise Denied(texts.only_in_threads(request.here))
            case Level.CHANNEL | Level.SERVER if call.direct and not has_threads:
                # All direct messages together are one "server" of many people.
                raise Denied(texts.not_in_direct(request.here))
            case Level.CHANNEL if call.direct:
                # It is the person's own.
                pass
            case Level.CHANNEL | Level.SERVER:
                here = request.here
                denied = texts.only_admins(level, here, command=call.name, in_thread=call.in_thread)
                need_admin(call, admins, denied, here)
    return Grant(request, admin, owner)
