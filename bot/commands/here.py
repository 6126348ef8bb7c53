"""Where somebody uses a command, and how one is written there: people copy what they see. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.ports import CommandCall

DISCORD = "discord"
SLACK = "slack"
SLACK_COMMAND = "/bot"
# Whoever uses the command line; no platform has such an id.
OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Here:
    """A place, as texts speak of it.

    `prefix` stands before a command, `asking` before one that asks; both are empty where commands
    come after a mention. `plain`: commands are plain words, in which what one is mainly about
    needs no name (`model gpt-5-mini`), and no file can come along. `whole` is what the platform
    calls everything together. `person` reads the text; `someone` is how another is named.
    """

    platform: str
    prefix: str = "/"
    asking: str = "/"
    plain: bool = False
    whole: str = "server"
    direct: bool = False
    person: str = ""
    someone: str = "@name"

    def show(self, command: str, **options: str) -> str:
        """Return a command with its options (`for_` is `for`) as code, as it is written here."""
        words = "".join(f" {name.rstrip('_')}:{value}" for name, value in options.items())
        return f"`{self.prefix}{command}{words}`"


def here_of(call: CommandCall, slack_command: str = SLACK_COMMAND) -> Here:
    """Return where a call came from.

    Slack takes no command in a thread but by a mention:
    https://docs.slack.dev/interactivity/implementing-slash-commands
    """
    platform, person = call.thread.platform, call.author.id
    if person == OPERATOR:
        return by_console(platform)
    if platform != SLACK:
        return Here(platform, direct=call.direct, person=person)
    where = by_mention() if call.in_thread else by_slash(slack_command)
    return replace(where, direct=call.direct, person=person)


def here_in(platform: str) -> Here:
    """Return how commands are written in a thread."""
    return by_mention() if platform == SLACK else Here(platform)


def by_console(platform: str = "") -> Here:
    """Return where words come on the command line, about a platform or all."""
    prefix = " ".join(("python", "-m", __name__.partition(".")[0], ""))
    whole = "workspace" if platform == SLACK else "server"
    return Here("", prefix, prefix, whole=whole, person=OPERATOR, someone="user:ID")


def by_slash(slack_command: str) -> Here:
    """Return where words come with Slack's slash command."""
    return Here(SLACK, f"{slack_command} ", plain=True, whole="workspace")


def by_mention() -> Here:
    """Return where words come after a mention, which works in threads of Slack too."""
    return Here(SLACK, "", "", plain=True, whole="workspace")
