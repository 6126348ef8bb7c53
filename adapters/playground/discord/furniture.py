"""The server that a new playground starts with."""

from __future__ import annotations

from adapters.playground.discord import permissions, records
from adapters.playground.discord.examples import write_examples
from adapters.playground.discord.world import BOT_ROLE, World


def furnish(world: World, *, examples: str = "") -> None:
    """Make the playground's server, if there is none.

    With a thread of examples if they are to name the bot by a name, `examples`.
    """
    if world.guilds:
        return
    ada = world.add_user("ada", "Ada")
    ben = world.add_user("ben", "Ben")
    cleo = world.add_user("cleo", "Cleo")
    bot = world.add_user("bot", "Bot", bot=True)
    world.bot = world.application = bot.id
    world.save(world.mark())
    guild = world.add_guild("Playground", ada)
    admins = world.add_role(guild, "Admin", permissions.ADMINISTRATOR)
    bots = world.add_role(guild, BOT_ROLE, permissions.BOT)
    world.join(guild, ada, admins)
    world.join(guild, ben)
    world.join(guild, cleo)
    world.join(guild, bot, bots)
    topic = "Talk about anything. Mention the bot to ask it."
    general = world.add_channel(guild, "general", topic=topic)
    world.add_channel(guild, "random")
    world.add_channel(guild, "news", records.GUILD_ANNOUNCEMENT)
    world.add_channel(guild, "ideas", records.GUILD_FORUM, tags=("idea", "question"))
    world.add_channel(guild, "lounge", records.GUILD_VOICE)
    world.add_channel(guild, "stage", records.GUILD_STAGE)
    if examples:
        write_examples(world, general, examples, ben.id, ada.id)
