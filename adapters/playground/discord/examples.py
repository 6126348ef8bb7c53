"""The thread that a new playground starts with: what one can try, in the words to try it with.

It is a thread of people: nothing in it mentions the bot, so the bot has no part in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from adapters.playground.discord.records import Channel
from adapters.playground.discord.world import World

THREAD_NAME = "How to try things"
OPENING = "New here? The thread under this message has things to try."


@dataclass(frozen=True, slots=True)
class Example:
    """One thing to try: `text` (with `@bot` for the mention) is to be written in `channel`.

    `picture` is the sample (`adapters.playground.samples`) that goes with it, if one does.
    """

    title: str
    text: str
    channel: str = "general"
    picture: str = ""


EXAMPLES = (
    Example("Ask something; the answer comes in a thread of its own.", "@bot What is a monad?"),
    Example("Ask on in that thread, without a mention.", "Can you say that more simply?"),
    Example("A long answer: watch it grow, then press Stop.", "@bot write 900 words"),
    Example("A table and some code.", "@bot A table and code, please"),
    Example("An answer that breaks off: Continue goes on.", "@bot simulate cut"),
    Example("A service that fails: Retry asks again.", "@bot simulate error"),
    Example("By command, with a model of your choice.", "/ask"),
    Example("What is set here, and who set it.", "/settings"),
    Example("Edit a picture by words.", "@bot edit: make the sky pink", picture="harbour"),
    Example(
        "Go on in its thread: the latest result is edited, and pictures have numbers.",
        "edit: #1 at night, darker",
    ),
    Example(
        "Edit by a form: by command, or in the menu (…) of a message with a picture.",
        "/edit-image",
    ),
    Example(
        "Under a result: Vary, Undo (any earlier version), Paint a mask and change only that.",
        "edit: brighter",
    ),
)


def write_examples(world: World, channel: Channel, bot: str, asker: str, answerer: str) -> None:
    """Write the example thread into a channel; `bot` is the name that a mention is typed with."""
    start = world.say(channel, asker, OPENING)
    thread = world.add_thread(channel, THREAD_NAME, asker, message=start)
    for example in EXAMPLES:
        text = example.text.replace("@bot", f"@{bot}")
        world.say(thread, answerer, f"{example.title}\n`{text}`")
