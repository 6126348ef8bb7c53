"""The thread that a new workspace starts with: what one can try, in the words to try it with.

It is a thread of people: nothing in it mentions the app, so the app has no part in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from adapters.playground.slack.people import People

Json = dict[str, Any]

CHANNEL = "general"
OPENING = "New here? The replies to this message are things to try."


@dataclass(frozen=True, slots=True)
class Example:
    """One thing to try: `text` (with `@bot` for the mention) is to be written in `channel`.

    `picture` is the sample (`adapters.playground.samples`) that goes with it, if one does.
    """

    title: str
    text: str
    channel: str = CHANNEL
    picture: str = ""


EXAMPLES = (
    Example("Ask something; the answer comes in a thread.", "@bot What is a monad?"),
    Example("Ask on in that thread, without a mention.", "Can you say that more simply?"),
    Example("A long answer: watch it grow, then press Stop.", "@bot write 900 words"),
    Example("A table and some code.", "@bot A table and code, please"),
    Example("An answer that breaks off: Continue goes on.", "@bot simulate cut"),
    Example("A service that fails: Retry asks again.", "@bot simulate error"),
    Example("By command, the question in the channel.", "/ask why is the sky blue?"),
    Example("Choose a model; only you see the answer.", "/bot model"),
    Example("Commands work after a mention too, also in threads.", "@bot help"),
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


def write_examples(people: People, bot: str) -> None:
    """Write the example thread into a workspace that has none; `bot` is the app's name."""
    ada, ben, channel = people.find("ada"), people.find("ben"), people.channel(CHANNEL)
    if people.read(ben, channel):
        return
    first = people.say(ben, channel, OPENING)
    for example in EXAMPLES:
        text = example.text.replace("@bot", f"@{bot}")
        people.say(ada, channel, f"{example.title}\n`{text}`", thread=first)


def find_examples(people: People, person: str) -> list[Json]:
    """Return the examples with the messages that show them, as long as they stand."""
    try:
        channel = people.channel(CHANNEL)
        first = next(one for one in people.read(person, channel) if one["text"] == OPENING)
    except StopIteration:
        return []
    place = f"{channel.rpartition('/')[2]}/{first['ts']}"
    told = people.thread(person, channel, first["ts"])
    return [
        {
            "text": example.text,
            "channel": example.channel,
            "picture": example.picture,
            "thread": place,
            "message": message["ts"],
        }
        for example in EXAMPLES
        for message in told
        if message["text"].startswith(f"{example.title}\n")
    ]
