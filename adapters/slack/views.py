"""What the bot shows beside messages: its form, and its home. Pure.

https://docs.slack.dev/reference/views
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.slack.invocations import REASON_FIELD, REASON_FORM, note_of
from adapters.slack.texts import JOINER, cut_escaped, escape
from bot.events import Aside
from bot.text import ESCAPED

MOST_TITLE = 24
MOST_LABEL = 2_000
MOST_HINT = 150
# https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
MOST_WORDS = 3_000
# https://docs.slack.dev/reference/block-kit/blocks/section-block
MOST_SECTION = 3_000
MOST_BLOCKS = 100

_CODE = r"```.*?```|`[^`\n]+`"
# While all else is read as Markdown, a sign of private use stands for each of these: the n-th of
# them for the n-th. Those that are in the text are kept so themselves.
_STANDS = "[\U000f0000-\U000ffffd]"
_FIRST, _MOST_KEPT = 0xF0000, 0xFFFE
_KEPT = re.compile(rf"(?s:{_CODE})|{ESCAPED.pattern}|{_STANDS}")
_STAND = re.compile(_STANDS)
# What makes words bold, slanted, struck or a picture in Slack's own, where none can be escaped.
_LIVELY = "*_~`:"
_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)
_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*|__(?=\S)(.+?)(?<=\S)__", re.DOTALL)
_LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\((https?://[^()\s|<>]{1,2000})\)")
_ITEM = re.compile(r"^([ \t]*)[-*+][ \t]+", re.MULTILINE)


def reason_form(turn: str, place: str, sentences: Mapping[Aside, str]) -> dict[str, Any]:
    """Return the form that asks why an answer was bad."""
    return {
        "type": "modal",
        "callback_id": REASON_FORM,
        "private_metadata": note_of(turn, place),
        "title": plain_text(sentences[Aside.FORM_TITLE], MOST_TITLE),
        "submit": plain_text(sentences[Aside.FORM_SEND], MOST_TITLE),
        "close": plain_text(sentences[Aside.FORM_CANCEL], MOST_TITLE),
        "blocks": [
            {
                "type": "input",
                "block_id": REASON_FIELD,
                "optional": True,
                "label": plain_text(sentences[Aside.FORM_LABEL], MOST_LABEL),
                "element": {
                    "type": "plain_text_input",
                    "action_id": REASON_FIELD,
                    "multiline": True,
                    "max_length": MOST_WORDS,
                    "placeholder": plain_text(sentences[Aside.FORM_HINT], MOST_HINT),
                },
            }
        ],
    }


def home_view(sections: Sequence[str]) -> dict[str, Any]:
    """Return the bot's home: sections of Markdown, which a home takes only in Slack's own."""
    blocks: list[dict[str, Any]] = []
    for section in sections:
        if blocks:
            blocks.append({"type": "divider"})
        blocks.append(
            {"type": "section", "text": {"type": "mrkdwn", "text": markup(section, MOST_SECTION)}}
        )
    return {"type": "home", "blocks": blocks[:MOST_BLOCKS]}


def markup(markdown: str, most: int) -> str:
    """Return Markdown as Slack's own markup, in which nothing mentions anybody.

    What would be longer than `most` is shown as it is written, cut.
    https://docs.slack.dev/messaging/formatting-message-text
    """
    if len(markdown) > _MOST_KEPT:
        return cut_escaped(markdown, most)
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(_literal(found) if found[1] else escape(found[0]))
        return chr(_FIRST + len(kept) - 1)

    prose = _prose(_KEPT.sub(keep, markdown))
    whole = _STAND.sub(lambda stand: kept[ord(stand[0]) - _FIRST], prose).strip()
    return whole if len(whole) <= most else cut_escaped(markdown, most)


def _literal(found: re.Match[str]) -> str:
    """Return a sign that is to be seen as it is: between letters it does nothing."""
    text, sign = found.string, found[1]
    within = (
        text[max(0, found.start() - 1) : found.start()].isalnum()
        and text[found.end() : found.end() + 1].isalnum()
    )
    if sign not in _LIVELY or within:
        return escape(sign)
    return f"{JOINER}{sign}{JOINER}"


def _prose(text: str) -> str:
    text = escape(text)
    text = _ITEM.sub("\\1\N{BULLET} ", text)
    text = _HEADING.sub(lambda match: f"*{match[1].replace('**', '')}*", text)
    text = _BOLD.sub(lambda match: f"*{match[1] or match[2]}*", text)
    return _LINK.sub(r"<\2|\1>", text)


def plain_text(text: str, most: int) -> dict[str, Any]:
    """Return words as Slack's plain text, cut."""
    return {"type": "plain_text", "text": text[:most], "emoji": False}
