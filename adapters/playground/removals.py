"""What a server's owner, Discord's developer portal and an outage can take from the bot."""

from __future__ import annotations

from adapters.playground.discord import DiscordStandIn
from adapters.playground.discord.world import INTENT_MESSAGE_CONTENT
from adapters.playground.weather import Switch


def of_server(discord: DiscordStandIn) -> tuple[Switch, ...]:
    """Return the switches for the world's server."""
    world = discord.world
    guild = next(iter(world.guilds))

    def kick(on: bool) -> str:
        if on:
            world.kick_bot(guild)
            return "The bot was removed from the server."
        world.invite_bot(guild)
        return "The bot is in the server again."

    def hide(on: bool) -> str:
        # A session keeps the intents that it began with.
        intents = world.privileged & ~INTENT_MESSAGE_CONTENT
        world.set_privileged(intents if on else intents | INTENT_MESSAGE_CONTENT)
        reads = "only what mentions it" if on else "every message"
        return f"From its next start on the bot may read {reads}."

    def fail(on: bool) -> str:
        world.set_available(guild, not on)
        return "The server is away for the bot." if on else "The server is back."

    return (
        Switch(
            "kick",
            "Remove it from the server",
            kick,
            "As an owner does; switch it off to invite the bot again.",
            lambda: (guild, world.bot) not in world.members,
        ),
        Switch(
            "hide",
            "No message content",
            hide,
            "From its next start on, only messages that mention the bot show it their text.",
            lambda: not world.privileged & INTENT_MESSAGE_CONTENT,
        ),
        Switch(
            "outage",
            "Server outage",
            fail,
            "Discord says that the server is unavailable; nothing of it reaches the bot.",
            lambda: guild in world.unavailable,
        ),
    )
