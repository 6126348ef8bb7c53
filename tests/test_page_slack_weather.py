"""The weather of Slack: what is taken from the bot is given back, and the world says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from adapters.playground import slack_weather
from adapters.playground.slack import SlackStandIn
from adapters.playground.weather import Group, Switch

SWITCHES = ("agent", "streams", "short", "statuses", "remove", "forbid", "no-files", "stubs")


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    slack = SlackStandIn(lambda: 1_700_000_000_000)
    yield slack
    slack.world.close()


def _facts(slack: SlackStandIn) -> dict[str, Any]:
    team = next(iter(slack.world.teams.values()))
    general = slack.world.channels[team.id, slack.people.channel("general").rpartition("/")[2]]
    return {
        "agent": team.agent,
        "streams": team.streams,
        "short": slack.settings.stream_ms,
        "statuses": team.statuses,
        "remove": team.bot in general.members,
        "forbid": general.posting,
        "no-files": sorted(team.scopes),
        "stubs": team.shared_files,
        "uninstall": team.revoked,
    }


@pytest.mark.parametrize("name", [*SWITCHES, "uninstall"])
async def test_a_switch_changes_one_fact_and_takes_it_back(slack: SlackStandIn, name: str) -> None:
    group = Group("workspace", "", "", slack_weather.of_workspace(slack))
    switch = next(one for one in group.offers if one.id == name)
    assert isinstance(switch, Switch)
    assert switch.look is not None
    before, was_on = _facts(slack), switch.look()
    group.turn(name, not was_on)
    assert switch.look() is not was_on
    changed = {fact for fact, value in _facts(slack).items() if value != before[fact]}
    assert changed == {name}
    group.turn(name, was_on)
    assert _facts(slack) == before


def test_the_line_can_be_throttled_where_the_bot_writes(slack: SlackStandIn) -> None:
    group = Group("slack", "", "", slack_weather.of_line(slack))
    group.strike("throttle")
    throttled = {fault.route for fault in slack.faults.faults}
    assert {"chat.postMessage", "chat.update", "chat.startStream"} <= throttled


@pytest.mark.parametrize(("name", "refuses"), [("agent", False), ("streams", True)])
def test_what_a_bot_asks_again_after_a_day_is_told_so(
    slack: SlackStandIn, name: str, refuses: bool
) -> None:
    """What a workspace refused is remembered over a restart, so that nothing else helps."""
    group = Group("workspace", "", "", slack_weather.of_workspace(slack))
    group.turn(name, refuses)
    assert group.turn(name, not refuses).endswith("again after a day.")
