"""Read Slack's markup as people see it: ids become names, entities characters, our mention goes.

https://docs.slack.dev/messaging/formatting-message-text. Pure, given what ids are called.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from bot.text import normalise

# Slack escapes `<` and `>` that people write, so that every pair of them is its own.
_TOKEN = re.compile(r"<([^<>]{1,8000})>")
_PERSON = re.compile(r"@([UW][A-Z0-9]{1,30})")
_GROUP = re.compile(r"!subteam\^(S[A-Z0-9]{1,30})")
_CHANNEL = re.compile(r"#([CDG][A-Z0-9]{1,30})")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_ENTITY = re.compile("&(?:lt|gt|amp);")
_SCHEME = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
_EVERYONE = frozenset({"here", "channel", "everyone"})


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called in one workspace; an id that is in neither is shown as it is."""

    people: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)


def mentions(text: str, user: str) -> bool:
    """Tell whether a text, as Slack sends it, mentions a person."""
    return bool(user) and (f"<@{user}>" in text or f"<@{user}|" in text)


def people_in(texts: Iterable[str]) -> set[str]:
    """Return the ids of the people whom texts mention."""
    found = (_PERSON.match(token) for text in texts for token in _TOKEN.findall(text))
    return {match[1] for match in found if match}


def channels_in(texts: Iterable[str]) -> set[str]:
    """Return the ids of the channels that texts name by their ids alone."""
    tokens = (token.partition("|") for text in texts for token in _TOKEN.findall(text))
    found = (_CHANNEL.fullmatch(name) for name, _, label in tokens if not label)
    return {match[1] for match in found if match}


def readable(text: str, me: str, names: Names) -> str:
    """Return a text as people see it, without the mention of `me`, normalised and stripped."""
    return _shown(_without_mentions(text, me) if me else text, lambda token: _show(token, names))


def _shown(text: str, show: Callable[[str], str]) -> str:
    """Return a text with what stands between `<` and `>` as `show` says it."""
    shown: list[str] = []
    end = 0
    for match in _TOKEN.finditer(text):
        shown += (unescape(text[end : match.start()]), show(match[1]))
        end = match.end()
    shown.append(unescape(text[end:]))
    return normalise("".join(shown)).strip()


def named(text: str, me: str, team: str) -> str:
    """Return a text as `readable` does, but each person, group and channel by our id: `<@T1/U1>`.

    So `bot.ports.OptionKind` has them; a name could be anybody's.
    """

    def show(token: str) -> str:
        target = token.partition("|")[0]
        if found := _PERSON.fullmatch(target):
            return f"<@{team}/{found[1]}>"
        if found := _GROUP.fullmatch(target):
            return f"<@&{team}/{found[1]}>"
        if found := _CHANNEL.fullmatch(target):
            return f"<#{team}/{found[1]}>"
        return _show(token, Names())

    return _shown(_without_mentions(text, me) if me else text, show)


def unescape(text: str) -> str:
    """Return a text with Slack's three entities as characters."""
    return _ENTITY.sub(lambda match: _ENTITIES[match[0]], text)


def _show(token: str, names: Names) -> str:
    """Return what people see of what stands between `<` and `>`."""
    target, _, label = token.partition("|")
    label = unescape(label).strip()
    match target[:1]:
        case "@":
            known = names.people.get(target[1:]) or label.removeprefix("@")
            return f"@{known or target[1:]}"
        case "#":
            known = label.removeprefix("#") or names.channels.get(target[1:], "")
            return f"#{known or target[1:]}"
        case "!":
            return _show_special(target[1:], label)
        case _:
            return _show_link(unescape(target), label)


def _show_special(target: str, label: str) -> str:
    """Return a group, everyone, or a date in the words that it falls back to."""
    kind = target.partition("^")[0]
    if kind in _EVERYONE:
        return f"@{kind}"
    if kind == "subteam":
        return f"@{label.removeprefix('@') or 'group'}"
    return label or kind


def _show_link(url: str, label: str) -> str:
    """Return a link; one that Slack made of what was written is shown as it was written."""
    bare = _SCHEME.sub("", url, count=1).rstrip("/")
    if not label:
        return bare if url.lower().startswith(("mailto:", "tel:")) else url
    if _SCHEME.sub("", label, count=1).rstrip("/").casefold() == bare.casefold():
        return label
    return f"{label} ({url})"


def _without_mentions(text: str, me: str) -> str:
    """Return a text without mentions, one space between the words where they stood.

    None is left at a line's edge. The blanks before a mention are in no pattern: they would be
    looked through again from each of them.
    """
    own = re.compile(rf"(?:<@{re.escape(me)}(?:\|[^<>]*)?>[ \t]*)+")
    kept: list[str] = []
    end = 0
    for match in own.finditer(text):
        before, end = text[end : match.start()].rstrip(" \t"), match.end()
        at_edge = not before or before.endswith("\n") or text[end : end + 1] in ("", "\n")
        kept += (before, "" if at_edge else " ")
    return "".join((*kept, text[end:]))
