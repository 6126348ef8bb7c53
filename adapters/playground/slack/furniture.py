"""The world as it is at first: a workspace with people, channels, and the app."""

from __future__ import annotations

from adapters.playground.slack import records
from adapters.playground.slack.records import Message, Team
from adapters.playground.slack.world import World

APP = "A0THREADBOT"
BOT_NAME = "threadbot"
BOT_SHOWN = "Threadbot"
ADMINS_GROUP = "bot-admins"


def furnish(world: World, count: int, token: str) -> None:
    """Fill a new world with `count` workspaces; in the nth, tokens end in its number."""
    if not world.app:
        world.found_app(APP)
    for n in range(len(world.teams), count):
        add_team(world, token if n == 0 else f"{token}-{n + 1}")


def add_team(world: World, token: str) -> Team:
    """Add a workspace: its ids of people and channels are those of every other.

    Ada owns it, Ben is an admin by the user group alone, Cleo and Dan are members, Gwen is a
    guest; the app is in #general and #random and in the private #team, not in #quiet.
    """
    number = len(world.teams) + 1
    name = "Playground" if number == 1 else f"Playground {number}"
    team = world.add_team(f"T0PLAYGRND{number}", name, token)
    bot = world.add_user(team.id, BOT_NAME, BOT_SHOWN, bot=True)
    team.bot, team.bot_id = bot.id, bot.bot_id
    world.save(team)
    ada = world.add_user(team.id, "ada", "Ada", admin=True, owner=True, tz="Europe/Amsterdam")
    ben = world.add_user(team.id, "ben", "Ben", tz="America/New_York", tz_offset=-18000)
    cleo = world.add_user(team.id, "cleo", "Cleo")
    dan = world.add_user(team.id, "dan", "Dan")
    gwen = world.add_user(team.id, "gwen", "Gwen", guest="restricted")
    other = world.add_user(team.id, "weatherbot", "Weather Bot", bot=True)
    people = [one.id for one in (ada, ben, cleo, dan)]
    world.add_channel(
        team.id, "general", [*people, gwen.id, other.id, bot.id], topic="Everything and anything"
    )
    world.add_channel(team.id, "random", [*people, other.id, bot.id], topic="Anything else")
    world.add_channel(team.id, "team", [ada.id, ben.id, bot.id], kind=records.GROUP)
    world.add_channel(team.id, "quiet", people, topic="The app is not in here")
    world.add_group(team.id, ADMINS_GROUP, "Bot admins", [ada.id, ben.id])
    for one in (ada, ben, cleo, dan):
        world.open_dm(team.id, one.id)
    return team


def say(world: World, team: str, channel: str, user: str, text: str, thread: str = "") -> Message:
    """Put plain words into a channel, as somebody's."""
    return world.post(
        Message(
            team=team,
            channel=channel,
            ts=world.new_ts(team),
            user=user,
            text=text,
            thread_ts=thread,
        )
    )
