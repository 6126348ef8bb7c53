"""The weather: what happens once, what lasts, what is taken away, and how it is given back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapters.playground import removals
from adapters.playground.discord import DiscordStandIn
from adapters.playground.discord.permissions import VIEW_CHANNEL
from adapters.playground.faults import Fault, FaultScript
from adapters.playground.refusal import Refusal
from adapters.playground.weather import Group, Mishap, Switch, Weather


class Sky:
    """A world with a group of everything."""

    def __init__(self) -> None:
        self.discord = DiscordStandIn(lambda: 1_700_000_000_000)
        self.script = FaultScript()
        self.happened: list[str] = []
        fault = Fault("*", "refuse")
        lasting = [
            Mishap(name, name, f"{name}!", lambda: self.script.add(fault)) for name in ("a", "b")
        ]
        once = Mishap("c", "c", "c!", lambda: self.happened.append("c"), once=True)
        switch = Switch("s", "s", lambda on: f"s is {on}")
        groups = [
            Group("model", "Model", "", (*lasting, once, switch), self.script),
            Group("line", "Line", "", (once,)),
            Group("server", "Server", "", removals.of_server(self.discord)),
        ]
        self.weather = Weather(self.discord.world, groups)

    def group(self, name: str) -> dict[str, object]:
        return next(one for one in self.weather.describe()["groups"] if one["id"] == name)

    def is_on(self, name: str) -> bool:
        switches = self.group("server")["switches"]
        assert isinstance(switches, list)
        return next(bool(one["on"]) for one in switches if one["id"] == name)


@pytest.fixture
def sky() -> Iterator[Sky]:
    sky = Sky()
    yield sky
    sky.discord.world.close()


def test_what_lasts_is_one_at_a_time_until_it_is_switched_off(sky: Sky) -> None:
    for name in ("a", "b"):
        assert sky.weather.change({"group": "model", "strike": name}) == f"{name}!"
        assert (sky.group("model")["now"], len(sky.script.faults)) == (name, 1)
    sky.weather.change({"group": "model", "strike": None})
    assert (sky.group("model")["now"], sky.script.faults) == (None, [])


def test_what_happens_once_leaves_what_lasts_as_it_is(sky: Sky) -> None:
    sky.weather.change({"group": "model", "strike": "a"})
    sky.weather.change({"group": "model", "strike": "c"})
    sky.weather.change({"group": "line", "strike": "c"})
    assert sky.happened == ["c", "c"]
    assert (sky.group("model")["now"], len(sky.script.faults)) == ("a", 1)


def test_a_switch_is_as_it_was_turned_last(sky: Sky) -> None:
    for on in (True, False):
        assert sky.weather.change({"group": "model", "switch": "s", "on": on}) == f"s is {on}"
        assert sky.group("model")["switches"] == [{"id": "s", "title": "s", "said": "", "on": on}]


@pytest.mark.parametrize("name", ["kick", "hide", "outage"])
def test_what_is_taken_from_the_bot_is_given_back_and_the_world_says_so(
    sky: Sky, name: str
) -> None:
    world = sky.discord.world
    for on in (True, False):
        sky.weather.change({"group": "server", "switch": name, "on": on})
        assert sky.is_on(name) is on
    assert (next(iter(world.guilds)), world.bot) in world.members
    bot = next(one for one in world.channels.values() if one.name == "general")
    assert world.permissions(world.bot, bot) & VIEW_CHANNEL


def test_permissions_and_direct_messages_are_denied_where_it_was_asked(sky: Sky) -> None:
    world = sky.discord.world
    general = sky.discord.people.channel("general")
    wish = {"channel": general, "deny": "Attach Files", "on": True}
    assert sky.weather.change(wish) == "Attach Files is denied in #general."
    assert sky.weather.describe()["denied"] == {general: ["Attach Files"]}
    sky.weather.change(wish | {"on": False})
    assert sky.weather.describe()["denied"] == {}
    ben = sky.discord.people.find("ben")
    sky.weather.change({"person": ben, "closed": True})
    assert sky.weather.describe()["closed"] == [ben]
    assert not world.users[ben].dms_open


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"group": "nothing", "strike": "a"},
        {"group": "model", "strike": "z"},
        {"group": "model", "strike": "s"},
        {"group": "model", "switch": "a", "on": True},
        {"group": "model", "switch": "s", "on": "yes"},
        {"group": "model"},
        {"channel": "1", "deny": "Send Messages", "on": True},
        {"person": "1", "closed": True},
    ],
)
def test_what_there_is_not_is_refused(sky: Sky, wish: dict[str, object]) -> None:
    with pytest.raises(Refusal, match="no such"):
        sky.weather.change(wish)
