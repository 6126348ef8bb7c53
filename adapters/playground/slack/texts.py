"""Texts as Slack keeps them: escaped, with people, channels and links in angle brackets. Pure.

https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import re
from typing import Any

Json = dict[str, Any]

_ENTITY = re.compile(
    r"<(@[UW][A-Z0-9]+(?:\|[^<>]*)?|#C[A-Z0-9]+(?:\|[^<>]*)?|!(?:here|channel|everyone)(?:\|[^<>]*)?"
    r"|!(?:subteam|date)\^[^<>]+|(?:https?://|mailto:)[^<>\s|]+(?:\|[^<>]*)?)>"
)
_PINGS = re.compile(
    r"<(@[UW][A-Z0-9]+|!(?:here|channel|everyone)|!subteam\^S[A-Z0-9]+)(?:\|[^<>]*)?>"
)
_SHOWN = ("text", "elements", "fields")
_BARE_AND = re.compile(r"&(?!(?:amp|lt|gt);)")
_URL = re.compile(r"https?://[^\s<>|]+[^\s<>|.,;:!?)\]'\"]")


def escape(text: str) -> str:
    """Escape what means something in a message."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Undo `escape`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def keep(text: str) -> str:
    """Return what an app sent as Slack keeps it: what is neither escaped nor an entity is."""

    def shield(piece: str) -> str:
        return _BARE_AND.sub("&amp;", piece).replace("<", "&lt;").replace(">", "&gt;")

    return _pieces(text, shield)


def typed(text: str) -> str:
    """Return what a person typed (mentions as entities) as Slack keeps it; addresses are linked."""
    return _pieces(text, lambda piece: _URL.sub(lambda found: f"<{found[0]}>", escape(piece)))


def _pieces(text: str, change: Any) -> str:
    at, made = 0, []
    for found in _ENTITY.finditer(text):
        made += [change(text[at : found.start()]), found[0]]
        at = found.end()
    return "".join([*made, change(text[at:])])


def mentions(text: str, user: str) -> bool:
    """Tell whether a kept text mentions somebody."""
    return re.search(rf"<@{user}(\|[^<>]*)?>", text) is not None


def pings(text: str, blocks: list[Json]) -> list[str]:
    """Return whom a message notifies: the entities in its text and in its blocks' texts."""
    shown = [text, *(_texts(block) for block in blocks if block.get("type") != "rich_text")]
    found = [one[1] for piece in shown for one in _PINGS.finditer(piece)]
    return [*dict.fromkeys(found)]


def _texts(thing: Any) -> str:
    match thing:
        case str():
            return thing
        case list():
            return "\n".join(_texts(one) for one in thing)
        case dict():
            return "\n".join(_texts(one) for name, one in thing.items() if name in _SHOWN)
        case _:
            return ""


def rich_text(text: str, block_id: str) -> list[Json]:
    """Return the blocks that Slack makes of what a person wrote."""
    if not text:
        return []
    elements: list[Json] = []
    at = 0
    for found in _ENTITY.finditer(text):
        elements += _plain(text[at : found.start()])
        elements.append(_element(found[1]))
        at = found.end()
    elements += _plain(text[at:])
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": block_id, "elements": [section]}]


def _plain(text: str) -> list[Json]:
    return [{"type": "text", "text": unescape(text)}] if text else []


def _element(entity: str) -> Json:
    inner, _, label = entity.partition("|")
    if inner.startswith("@"):
        return {"type": "user", "user_id": inner[1:]}
    if inner.startswith("#"):
        return {"type": "channel", "channel_id": inner[1:]}
    if inner.startswith("!subteam^"):
        return {"type": "usergroup", "usergroup_id": inner.split("^")[1]}
    if inner.startswith("!"):
        return {"type": "broadcast", "range": inner[1:].partition("^")[0]}
    link: Json = {"type": "link", "url": unescape(inner)}
    return link | {"text": unescape(label)} if label else link
