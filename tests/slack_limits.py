"""The limits that Slack documents in words, and our own rule that nothing the bot says pings.

https://docs.slack.dev/reference/block-kit/blocks and the pages below it
https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Json = dict[str, Any]

# https://docs.slack.dev/reference/methods/chat.postMessage#truncating
TEXT = 40_000
MARKDOWN = 12_000
# Beyond this Slack says msg_blocks_too_long: https://github.com/slackapi/bolt-js/issues/2509
ALL_BLOCKS = 13_200
BLOCKS = 50
VIEW_BLOCKS = 100
ID = 255
# https://docs.slack.dev/reference/metadata: "8 KB"
METADATA = 8_000
TASK = 256

# What makes Slack tell somebody, or show a name of its own choosing, wherever it is read as
# mrkdwn and in Markdown too.
PINGS = re.compile(r"<(?:!(?:channel|here|everyone|subteam\^|date\^)|@[UWB]|#[CG])")
# The one that our own renderer writes, which shows a time; no words of a person or model come so.
_MOMENT = re.compile(
    r"<!date\^[0-9]{1,12}\^\{date_short_pretty\} at \{time\}\|[0-9-]{10} [0-9:]{5} UTC>"
)
_PINGING_ELEMENTS = frozenset({"broadcast", "user", "usergroup", "team", "channel"})
# https://docs.slack.dev/reference/methods/agents.sessions.setStatus
_STATUSES = (None, "processing", "active", "suspended", "closed")
_STATUS_ARGUMENTS = {
    "agents.sessions.setStatus": ("status",),
    "chat.stopStream": ("session_status",),
}
_METHODS_WITH_TEXT = frozenset({"chat.postMessage", "chat.postEphemeral", "chat.update"})


def check_call(method: str, arguments: Json) -> Iterator[str]:
    """Yield which limits a call's arguments break; they are of the right types."""
    if method in _METHODS_WITH_TEXT:
        yield from check_message(arguments)
        if not (arguments.get("text") or "").strip() and not arguments.get("markdown_text"):
            yield "text: is missing, so that nobody is notified of what it says"
    else:
        yield from check_blocks(arguments.get("blocks"))
    if method == "chat.postMessage":
        for name in ("unfurl_links", "unfurl_media"):
            if arguments.get(name) is not False:
                yield f"{name}: lets a link of the model's be fetched and shown"
    yield from _check_stream(arguments)
    yield from _check_ways_to_ping(arguments)
    if (view := arguments.get("view")) is not None:
        yield from check_view(view)
    if len(repr(arguments.get("metadata") or "")) > METADATA:
        yield f"metadata: is over {METADATA} bytes"
    if len(arguments.get("loading_messages") or ()) > 10:
        yield f"loading_messages: {len(arguments['loading_messages'])} of them"
    for name in _STATUS_ARGUMENTS.get(method, ()):
        if arguments.get(name) not in _STATUSES:
            yield f"{name}: {arguments[name]!r} is no status of a session"


def check_message(message: Json) -> Iterator[str]:
    """Yield which limits a message breaks, wherever it is posted to."""
    text = message.get("text") or ""
    yield from _at_most("text", text, TEXT)
    yield from _no_ping("text", text)
    yield from check_blocks(message.get("blocks"))


def check_blocks(blocks: Any, most: int = BLOCKS) -> Iterator[str]:
    """Yield which limits the blocks of a message or view break."""
    if blocks is None:
        return
    if len(blocks) > most:
        yield f"blocks: {len(blocks)} of them, {most} are allowed"
    for number, block in enumerate(blocks):
        yield from _check_block(f"blocks[{number}]", block)
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    yield from (f"blocks: the block_id {one!r} is there twice" for one in _twice(ids))
    markdown = sum(len(block.get("text") or "") for block in blocks if block["type"] == "markdown")
    if markdown > MARKDOWN:
        yield f"blocks: {markdown} characters of Markdown, {MARKDOWN} are allowed"
    if (whole := sum(len(text) for block in blocks for text in _texts(block))) > ALL_BLOCKS:
        yield f"blocks: {whole} characters in all, {ALL_BLOCKS} are allowed"


def check_view(view: Json) -> Iterator[str]:
    """Yield which limits a modal or an App Home breaks."""
    yield from check_blocks(view.get("blocks"), VIEW_BLOCKS)
    for name in ("title", "submit", "close"):
        if part := view.get(name):
            yield from _at_most(f"view.{name}", part["text"], 24)
            yield from _at_least(f"view.{name}", part["text"])
    yield from _at_most("view.private_metadata", view.get("private_metadata") or "", 3_000)
    yield from _at_most("view.callback_id", view.get("callback_id") or "", ID)
    yield from _at_most("view.external_id", view.get("external_id") or "", ID)
    inputs = any(block["type"] == "input" for block in view.get("blocks", ()))
    if view["type"] == "modal" and inputs and not view.get("submit"):
        yield "view.submit: is missing, so that nothing can be sent"


# --- blocks -----------------------------------------------------------------------------------


def _check_block(at: str, block: Json) -> Iterator[str]:
    yield from _at_most(f"{at}.block_id", block.get("block_id") or "", ID)
    if check := _BLOCKS.get(block["type"]):
        yield from check(at, block)
    for element in _elements(block):
        yield from _check_element(f"{at}.{element['type']}", element)
    ids = [one["action_id"] for one in _elements(block) if one.get("action_id")]
    yield from (f"{at}: the action_id {one!r} is there twice" for one in _twice(ids))
    yield from (f"{at}: an element of type {kind!r} pings" for kind in _pinging(block))
    for text in _marked_up(block):
        yield from _no_ping(at, text)


def _check_section(at: str, block: Json) -> Iterator[str]:
    fields = block.get("fields") or []
    if not block.get("text") and not fields:
        yield f"{at}: has neither text nor fields"
    if text := block.get("text"):
        yield from _at_least(at, text["text"])
        yield from _at_most(at, text["text"], 3_000)
    if len(fields) > 10:
        yield f"{at}: {len(fields)} fields, 10 are allowed"
    for one in fields:
        yield from _at_most(f"{at}.fields", one["text"], 2_000)


def _check_header(at: str, block: Json) -> Iterator[str]:
    yield from _at_least(at, block["text"]["text"])
    yield from _at_most(at, block["text"]["text"], 150)


def _check_input(at: str, block: Json) -> Iterator[str]:
    yield from _at_least(f"{at}.label", block["label"]["text"])
    yield from _at_most(f"{at}.label", block["label"]["text"], 2_000)
    yield from _at_most(f"{at}.hint", (block.get("hint") or {}).get("text", ""), 2_000)


def _check_image(at: str, block: Json) -> Iterator[str]:
    yield from _at_most(f"{at}.alt_text", block["alt_text"], 2_000)
    yield from _at_most(f"{at}.title", (block.get("title") or {}).get("text", ""), 2_000)
    yield from _at_most(f"{at}.image_url", block.get("image_url") or "", 3_000)


def _check_markdown(at: str, block: Json) -> Iterator[str]:
    yield from _at_least(at, block["text"])


def _check_table(at: str, block: Json) -> Iterator[str]:
    if len(block["rows"]) > 100:
        yield f"{at}: {len(block['rows'])} rows, 100 are allowed"
    if any(len(row) > 20 for row in block["rows"]):
        yield f"{at}: a row is wider than 20 cells"


def _limited(most: int) -> Callable[[str, Json], Iterator[str]]:
    def check(at: str, block: Json) -> Iterator[str]:
        if not 0 < len(block["elements"]) <= most:
            yield f"{at}: {len(block['elements'])} elements, 1 to {most} are allowed"

    return check


_BLOCKS: dict[str, Callable[[str, Json], Iterator[str]]] = {
    "section": _check_section,
    "header": _check_header,
    "input": _check_input,
    "image": _check_image,
    "markdown": _check_markdown,
    "table": _check_table,
    "context": _limited(10),
    "actions": _limited(25),
    "context_actions": _limited(5),
}


# --- elements ---------------------------------------------------------------------------------


def _elements(block: Json) -> Iterator[Json]:
    """Yield what people can press or fill in, and pictures."""
    own = [block.get("accessory"), block.get("element")]
    if block["type"] in ("actions", "context", "context_actions"):
        own += block["elements"]
    yield from (one for one in own if one)


def _check_element(at: str, element: Json) -> Iterator[str]:
    yield from _at_most(f"{at}.action_id", element.get("action_id") or "", ID)
    if element["type"] in ("button", "workflow_button", "icon_button"):
        yield from _check_button(at, element)
    for name in ("positive_button", "negative_button"):
        if name in element:
            yield from _check_button(f"{at}.{name}", element[name])
    if element["type"] == "image":
        yield from _check_image(at, element)
    placeholder = (element.get("placeholder") or {}).get("text", "")
    yield from _at_most(f"{at}.placeholder", placeholder, 150)
    options = [
        *(element.get("options") or []),
        *(one for group in element.get("option_groups") or [] for one in group["options"]),
    ]
    most = {"overflow": 5, "checkboxes": 10, "radio_buttons": 10}.get(element["type"], 100)
    if len(options) > most:
        yield f"{at}: {len(options)} options, {most} are allowed"
    for option in options:
        yield from _at_least(f"{at}.options", option["text"]["text"])
        yield from _at_most(f"{at}.options", option["text"]["text"], 75)
        yield from _at_most(f"{at}.options.value", option.get("value") or "", 150)
    if not 1 <= element.get("max_files", 1) <= 10:
        yield f"{at}: max_files is {element['max_files']}"
    if not 0 <= element.get("min_length", 0) <= 3_000:
        yield f"{at}: min_length is {element['min_length']}"
    if not 1 <= element.get("max_length", 1) <= 3_000:
        yield f"{at}: max_length is {element['max_length']}"
    initial = element.get("initial_value")
    yield from _at_most(f"{at}.initial_value", initial if isinstance(initial, str) else "", 3_000)


def _check_button(at: str, button: Json) -> Iterator[str]:
    yield from _at_least(f"{at}.text", button["text"]["text"])
    yield from _at_most(f"{at}.text", button["text"]["text"], 75)
    yield from _at_most(f"{at}.value", button.get("value") or "", 2_000)
    yield from _at_most(f"{at}.url", button.get("url") or "", 3_000)
    yield from _at_most(f"{at}.accessibility_label", button.get("accessibility_label") or "", 75)


# --- streams and texts ------------------------------------------------------------------------


def _check_stream(arguments: Json) -> Iterator[str]:
    chunks = arguments.get("chunks")
    markdown = arguments.get("markdown_text")
    if chunks is not None and markdown is not None:
        yield "chunks: stand beside markdown_text (cannot_provide_both_markdown_text_and_chunks)"
    yield from _at_most("markdown_text", markdown or "", MARKDOWN)
    yield from _no_ping("markdown_text", markdown or "")
    for number, chunk in enumerate(chunks or []):
        at = f"chunks[{number}]"
        if chunk["type"] == "markdown_text":
            yield from _at_least(at, chunk["text"])
            yield from _at_most(at, chunk["text"], MARKDOWN)
            yield from _no_ping(at, chunk["text"])
        for name in ("title", "details", "output"):
            yield from _at_most(f"{at}.{name}", chunk.get(name) or "", TASK)
        if chunk["type"] == "blocks":
            yield from check_blocks(chunk["blocks"])
            if any(block["type"] == "file" for block in chunk["blocks"]):
                yield f"{at}: a file in a stream (internal_error)"


def _check_ways_to_ping(arguments: Json) -> Iterator[str]:
    if arguments.get("link_names"):
        yield "link_names: makes mentions of whatever looks like one"
    if arguments.get("parse") not in (None, "none"):
        yield f"parse: {arguments['parse']!r} makes mentions of whatever looks like one"
    if arguments.get("reply_broadcast"):
        yield "reply_broadcast: tells the whole channel"
    yield from _no_ping("initial_comment", arguments.get("initial_comment") or "")


def _texts(node: Any) -> Iterator[str]:
    """Yield all that people read of a block, however deep."""
    if isinstance(node, dict):
        for name, one in node.items():
            if isinstance(one, str):
                if name in ("text", "alt_text", "title", "fallback"):
                    yield one
            else:
                yield from _texts(one)
    elif isinstance(node, list):
        for one in node:
            yield from _texts(one)


def _marked_up(node: Any) -> Iterator[str]:
    """Yield the texts of a block in which Slack reads mentions; the rest shows what it is."""
    if isinstance(node, dict):
        if node.get("type") in ("mrkdwn", "markdown"):
            yield node["text"]
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            yield from _marked_up(one)


def _pinging(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("type") in _PINGING_ELEMENTS:
            yield node["type"]
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            yield from _pinging(one)


def _no_ping(at: str, text: str) -> Iterator[str]:
    if found := PINGS.search(_MOMENT.sub("", text)):
        yield f"{at}: {found.string[found.start() : found.start() + 20]!r} pings"


def _at_most(at: str, text: str, most: int) -> Iterator[str]:
    if len(text) > most:
        yield f"{at}: {len(text)} characters, {most} are allowed"


def _at_least(at: str, text: str) -> Iterator[str]:
    if not text:
        yield f"{at}: is empty"


def _twice(ids: Iterable[str]) -> list[str]:
    every = list(ids)
    return sorted({one for one in every if every.count(one) > 1})
