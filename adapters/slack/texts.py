"""Text on its way out: nothing in it pings, and a plain form for notifications. Pure.

https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import re

from bot.text import ESCAPED

# What stands behind `<` and makes it live: people, channels, groups, times, links with words
# of their own. `<!DOCTYPE` and `<!--` are nothing to Slack.
_WORDS = ("channel", "date", "everyone", "group", "here", "subteam")
_TARGET = r"[^\s<>|]{0,2048}"
_LIVE = re.compile(
    rf"<(?=[@#][a-z0-9]|!(?:{'|'.join(_WORDS)})|[a-z][a-z0-9+.-]{{1,15}}:{_TARGET}\|)",
    re.ASCII | re.IGNORECASE,
)
_BEGINNINGS = "|".join(
    sorted({word[:end] for word in _WORDS for end in range(1, len(word))}, key=len, reverse=True)
)
_UNDECIDED = re.compile(
    rf"<(?:[@#]|!(?:{_BEGINNINGS})?|[a-z][a-z0-9+.-]{{0,15}}(?::{_TARGET})?)?",
    re.ASCII | re.IGNORECASE,
)
# Shows nothing and breaks no line.
JOINER = "\u2060"

_FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,}).*$\n?", re.MULTILINE)
_LEADER = re.compile(r"^[ \t]{0,3}(?:#{1,6}|>)[ \t]+", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\[\]\n]{1,300})\]\(([^()\s]{1,2048})\)")
_STRESS = re.compile(rf"{ESCAPED.pattern}|\*\*|__|~~|`")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def neutralise(text: str) -> str:
    """Return Markdown in which nothing mentions anybody or hides where a link leads."""
    return _LIVE.sub(f"<{JOINER}", text) if "<" in text else text


def neutralise_growing(text: str) -> str:
    """Return the same of a text that will go on, as far as what follows cannot change it.

    The result for a longer text begins with the result for a shorter one.
    """
    at = text.rfind("<")
    if at >= 0 and _UNDECIDED.fullmatch(text, at):
        text = text[:at]
    return neutralise(text)


def revive(text: str) -> str:
    """Return a neutralised text as it was."""
    return text.replace(f"<{JOINER}", "<")


def escape(text: str) -> str:
    """Return a text as Slack's own markup that shows it as it is."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str, most: int) -> str:
    """Return Markdown as a notification reads it: without signs, escaped, at most `most` long."""
    # Escaping makes a text at most five times as long, never shorter.
    text = _FENCE.sub("", text[: most * 2])
    text = _LINK.sub(r"\1 (\2)", _LEADER.sub("", text))
    text = _STRESS.sub(lambda sign: sign[1] or "", text).strip()
    return cut_escaped(text, most)


def cut_escaped(text: str, most: int) -> str:
    """Return a text escaped, cut (no entity in two) and marked so where it is too long."""
    whole = escape(text)
    if len(whole) <= most:
        return whole
    kept: list[str] = []
    left = most - 1
    for char in text:
        shown = _ENTITIES.get(char, char)
        left -= len(shown)
        if left < 0:
            break
        kept.append(shown)
    return "".join(kept).rstrip() + "\N{HORIZONTAL ELLIPSIS}"
