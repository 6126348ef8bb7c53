"""Who people are: names for the model, and who is an admin, asked of Slack and kept for a while."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import structlog

from adapters.slack.calls import Calls
from adapters.slack.inbound import MOST_NAME, Known, Person
from adapters.slack.payloads import Body, part, parts, text
from adapters.slack.places import PLATFORM, person_path
from bot.domain import Author
from bot.errors import Forbidden, PlatformError
from bot.ports import Clock
from bot.text import normalise

log = structlog.get_logger(__name__)

_T = TypeVar("_T")

KEEP_SECONDS = 600.0
# After a failed question the same is not asked again for so long.
RETRY_SECONDS = 30.0
# An event waits no longer for names: Slack gives three seconds to commit it.
NAMES_SECONDS = 1.0
# Of each kind; about 1 MB.
MOST_KEPT = 5_000
# One message may name hundreds; users.info allows about a hundred a minute.
# https://docs.slack.dev/reference/methods/users.info
MOST_ASKED = 20
MOST_UNDER_WAY = 50
# All user groups of a workspace are asked for at once.
EVERY = ""
# https://docs.slack.dev/reference/methods/users.info#errors
_NOBODY = frozenset({"user_not_found", "user_not_visible"})


class Kept:
    """Answers by workspace and id, for `KEEP_SECONDS`; who asks twice at once asks once."""

    def __init__(self, clock: Clock, ask: Callable[[str, str], Awaitable[Any]]) -> None:
        self._clock = clock
        self._ask = ask
        self._kept: OrderedDict[tuple[str, str], tuple[float, Any]] = OrderedDict()
        self._asking: dict[tuple[str, str], asyncio.Task[None]] = {}

    def get(self, team: str, name: str) -> Any:
        """Return what is known of it, None if nothing is."""
        found = self._kept.get((team, name))
        return found[1] if found else None

    def put(self, team: str, name: str, value: Any) -> None:
        """Keep an answer, in the place of the oldest if there are too many."""
        self._keep((team, name), value, KEEP_SECONDS)

    def asking(self, team: str, name: str) -> asyncio.Task[None] | None:
        """Return what will know more when it is done, None if enough is known."""
        key = (team, name)
        kept = self._kept.get(key)
        if kept is not None and self._clock.monotonic() < kept[0]:
            return None
        task = self._asking.get(key)
        if task is None and len(self._asking) < MOST_UNDER_WAY:
            task = self._asking[key] = asyncio.create_task(self._learn(key))
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        return task

    async def close(self) -> None:
        """Ask nothing more."""
        tasks = [*self._asking.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _learn(self, key: tuple[str, str]) -> None:
        try:
            value = await self._ask(*key)
        except PlatformError as error:
            log.info("not looked up", code=error.code, error=str(error))
            self._keep(key, self.get(*key), RETRY_SECONDS)
        else:
            self._keep(key, value, KEEP_SECONDS)

    def _keep(self, key: tuple[str, str], value: Any, seconds: float) -> None:
        self._kept[key] = (self._clock.monotonic() + seconds, value)
        self._kept.move_to_end(key)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)


class Directory:
    """Know people and channels. `admins` are ids of people, as ours or as `slack:T1/U1`.

    An admin is an admin or owner of the workspace, one of `admins`, or a member of the user
    group `admin_group`.
    """

    def __init__(
        self, calls: Calls, clock: Clock, *, admins: Collection[str], admin_group: str
    ) -> None:
        self._calls = calls
        self._clock = clock
        self._admins = frozenset(one.removeprefix(f"{PLATFORM}:") for one in admins)
        self._admin_group = admin_group
        self._people = Kept(clock, self._ask_person)
        self._channels = Kept(clock, self._ask_channel)
        self._groups = Kept(clock, self._ask_groups)

    async def close(self) -> None:
        """Ask nothing more."""
        await self._people.close()
        await self._channels.close()
        await self._groups.close()

    async def look_up(self, team: str, people: set[str], channels: set[str]) -> Known:
        """Return what is known of these, asking and waiting `NAMES_SECONDS` for the rest.

        Nothing is awaited where all is known. What comes later serves the next time. The user
        groups of everybody are among it.
        """
        asking = [
            *_some(self._people.asking(team, user) for user in _first(people)),
            *_some(self._channels.asking(team, channel) for channel in _first(channels)),
            *_some([self._groups.asking(team, EVERY)]),
        ]
        if asking:
            await asyncio.wait(asking, timeout=NAMES_SECONDS)
        return self.recall(team, people, channels)

    def recall(self, team: str, people: set[str], channels: set[str]) -> Known:
        """Return what is known of these, without asking."""
        groups = self._groups.get(team, EVERY) or {}
        found = {user: self._people.get(team, user) for user in people}
        called = {channel: self._channels.get(team, channel) for channel in channels}
        return Known(
            {
                user: self._with_group(person, groups.get(user, ()))
                for user, person in found.items()
                if person is not None
            },
            {channel: name for channel, name in called.items() if name},
            groups,
        )

    def _with_group(self, person: Person, groups: Collection[str]) -> Person:
        """Return a person as an admin too where they were last seen in the group of admins.

        It may have changed since: nothing is allowed by it, see `author`.
        """
        seen = bool(self._admin_group) and self._admin_group in groups
        return replace(person, admin=True) if seen else person

    async def author(self, team: str, user: str) -> Author:
        """Return who acts, with the rights that Slack gives them at this moment.

        What it said before counts for nothing. Where it does not say so in time, their rights are
        not known, but for those of `admins`.
        """
        person, member, known = await asyncio.gather(
            self._in_time(self._ask_person(team, user)),
            self._in_time(self._is_member(team, user)),
            self.look_up(team, set(), set()),
        )
        if person is None:
            kept: Person | None = self._people.get(team, user)
            listed = True if self._is_listed(team, user) else None
            person = Person(kept.name if kept else user, listed)
        else:
            self._people.put(team, user, person)
        admin = _either(person.admin, member)
        return Known({user: replace(person, admin=admin)}, groups=known.groups).author(team, user)

    async def _in_time(self, asked: Awaitable[_T]) -> _T | None:
        try:
            async with asyncio.timeout(NAMES_SECONDS):
                return await asked
        except (TimeoutError, PlatformError) as error:
            log.warning("rights not looked up", error=str(error) or "too late")
            return None

    def _is_listed(self, team: str, user: str) -> bool:
        return person_path(team, user) in self._admins

    async def _is_member(self, team: str, user: str) -> bool:
        """Tell whether somebody is in the group of admins.

        https://docs.slack.dev/reference/methods/usergroups.users.list
        """
        if not self._admin_group:
            return False
        found = await self._calls.make(team, "usergroups.users.list", usergroup=self._admin_group)
        members = found.get("users")
        return isinstance(members, list) and user in members

    async def _ask_person(self, team: str, user: str) -> Person:
        """See https://docs.slack.dev/reference/methods/users.info."""
        try:
            found = await self._calls.make(team, "users.info", user=user)
        except PlatformError as error:
            if error.code not in _NOBODY:
                raise
            # Whom the workspace does not know is no admin of it.
            return Person(user, self._is_listed(team, user))
        return read_person(part(found, "user"), user, team, listed=self._is_listed(team, user))

    async def _ask_groups(self, team: str, every: str) -> Mapping[str, tuple[str, ...]]:
        """Return the user groups of each person; none where the bot may not know of them.

        https://docs.slack.dev/reference/methods/usergroups.list
        """
        del every
        try:
            found = await self._calls.make(team, "usergroups.list", include_users=True)
        except Forbidden:
            return {}
        groups: dict[str, list[str]] = {}
        for group in parts(found, "usergroups"):
            users = group.get("users")
            for user in users if isinstance(users, list) else ():
                groups.setdefault(str(user), []).append(text(group, "id"))
        return {user: tuple(sorted(of)) for user, of in groups.items()}

    async def _ask_channel(self, team: str, channel: str) -> str:
        """See https://docs.slack.dev/reference/methods/conversations.info."""
        found = await self._calls.make(team, "conversations.info", channel=channel)
        return normalise(text(part(found, "channel"), "name"), MOST_NAME)


def read_person(user: Body, name: str, team: str, *, listed: bool) -> Person:
    """Return what an answer says of a person, whose id is `name`, in a workspace.

    Guests and people of other organisations have no say here, whatever they are at home.
    """
    profile = part(user, "profile")
    called = (
        text(profile, "display_name")
        or text(profile, "real_name")
        or text(user, "real_name")
        or text(user, "name")
    )
    stranger = user.get("is_stranger") or user.get("is_restricted") or user.get("deleted")
    grown = user.get("is_admin") is True or user.get("is_owner") is True
    admin = grown and not stranger and _is_of(user, team)
    return Person(normalise(called, MOST_NAME).strip() or name, listed or admin)


def _is_of(user: Body, team: str) -> bool:
    """Tell whether somebody is of a workspace, or of an organisation that they have it in.

    `is_admin` tells what people are at home. https://docs.slack.dev/reference/objects/user-object
    """
    teams = part(user, "enterprise_user").get("teams")
    return text(user, "team_id") == team or (isinstance(teams, list) and team in teams)


def _either(one: bool | None, other: bool | None) -> bool | None:
    """Tell whether one of two is so; None where that depends on what is not known."""
    if one or other:
        return True
    return None if one is None or other is None else False


def _first(names: set[str]) -> list[str]:
    return sorted(names)[:MOST_ASKED]


def _some(tasks: Iterable[asyncio.Task[None] | None]) -> list[asyncio.Task[None]]:
    return [task for task in tasks if task is not None]
