"""Find the words of a message where its `text` has none: they stand in its blocks. Pure.

They come back as Slack's own markup, which `markup` reads: people and channels by their ids,
`&`, `<` and `>` escaped. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.slack.payloads import Body, part, parts, text
from adapters.slack.texts import escape

# What Slack puts in the place of a text that there is none of.
_NO_TEXT = frozenset({"", "This content can't be displayed."})
# A message's text has at most 40,000 characters: https://docs.slack.dev/reference/methods/chat.postMessage
MOST_WORDS = 40_000
# A list of lists of sections has three.
MOST_LEVELS = 8
# How a message that stands within another came there: forwarded, or by a link to it.
_SHARED = ("is_share", "is_msg_unfurl", "is_reply_unfurl")


def said_in(message: Body) -> str:
    """Return what a message says: its `text`, or where that is empty what its blocks show."""
    said = text(message, "text")
    if said.strip() not in _NO_TEXT:
        return said
    lines: list[str] = []
    room = MOST_WORDS
    for line in _lines_of(message, "blocks", 0):
        if room <= 0:
            break
        lines.append(line[:room])
        room -= len(line) + 1
    return "\n".join(lines).strip("\n") or said


def shared_in(message: Body) -> Sequence[Body]:
    """Return the messages that this one forwards, or whose links Slack unfolded."""
    found = parts(message, "attachments")
    return [each for each in found if any(each.get(name) for name in _SHARED)]


def said_in_shared(shared: Body) -> str:
    """Return what a message within another says.

    Where neither text nor blocks have its words, `message_blocks` hold it as it was posted:
    https://github.com/slackapi/java-slack-sdk/issues/1179
    """
    whole = (part(each, "message") for each in parts(shared, "message_blocks"))
    for said in (said_in(shared), "\n".join(map(said_in, whole))):
        if said.strip() not in _NO_TEXT:
            return said
    # Slack's own account of it, with a date and a name before the words.
    return text(shared, "fallback")


def _lines_of(body: Body, name: str, level: int) -> Iterator[str]:
    """Yield the lines that blocks, or the parts of one, show."""
    for block in parts(body, name) if level < MOST_LEVELS else ():
        match text(block, "type"):
            case "rich_text":
                yield from _lines_of(block, "elements", level + 1)
            case "rich_text_section":
                yield _inline(block)
            case "rich_text_quote":
                yield _before_each("&gt; ", _inline(block))
            case "rich_text_preformatted":
                yield f"```\n{_inline(block)}\n```"
            case "rich_text_list":
                yield from _items(block, level)
            case "header" | "section":
                yield from _of_section(block)
            case "context":
                shown = (_text_object(each) for each in parts(block, "elements"))
                yield " ".join(filter(None, shown))
            case "markdown":
                yield escape(text(block, "text"))
            case _:
                pass


def _items(block: Body, level: int) -> Iterator[str]:
    """Yield the lines of a list, each behind its sign."""
    indent = "    " * min(_number(block, "indent"), MOST_LEVELS)
    number = _number(block, "offset") + 1
    for item in parts(block, "elements"):
        shown = "\n".join(_lines_of({"elements": [item]}, "elements", level + 1))
        sign = f"{number}." if text(block, "style") == "ordered" else "-"
        yield _before_each(indent, f"{sign} {shown}")
        number += 1


def _of_section(block: Body) -> Iterator[str]:
    """Yield the lines of a section or header, and those of its fields."""
    shown = (_text_object(each) for each in (part(block, "text"), *parts(block, "fields")))
    yield from filter(None, shown)


def _text_object(found: Body) -> str:
    """Return a text object's text; that of an image or a button is none."""
    match text(found, "type"):
        case "mrkdwn":
            return text(found, "text")
        case "plain_text":
            return escape(text(found, "text"))
        case _:
            return ""


def _inline(block: Body) -> str:
    """Return the words of one section; the end of its last line is the next one's beginning."""
    return "".join(map(_element, parts(block, "elements"))).removesuffix("\n")


def _element(element: Body) -> str:
    """Return one element as Slack writes it in a text."""
    match text(element, "type"):
        case "user":
            return _token("@", text(element, "user_id"))
        case "channel":
            return _token("#", text(element, "channel_id"))
        case "usergroup":
            return _token("!subteam^", text(element, "usergroup_id"))
        case "broadcast":
            return _token("!", text(element, "range"))
        case "emoji":
            name = text(element, "name")
            return f":{escape(name)}:" if name else ""
        case "link":
            return _link(text(element, "url"), text(element, "text"))
        case "date":
            return escape(text(element, "fallback"))
        case "color":
            return escape(text(element, "value"))
        case _:
            said = escape(text(element, "text"))
            return f"`{said}`" if part(element, "style").get("code") is True and said else said


def _token(sign: str, target: str) -> str:
    return f"<{sign}{escape(target)}>" if target else ""


def _link(url: str, label: str) -> str:
    """Return a link; a `|` within its address would be the end of that."""
    target = escape(url).replace("|", "%7C")
    if not target:
        return escape(label)
    return f"<{target}|{escape(label)}>" if label else f"<{target}>"


def _before_each(sign: str, shown: str) -> str:
    return "\n".join(f"{sign}{line}" for line in shown.split("\n"))


def _number(body: Body, name: str) -> int:
    found = body.get(name)
    return found if isinstance(found, int) and 0 < found < 10_000 else 0
