"""Show posts as Slack's blocks, and read them back. Pure.

https://docs.slack.dev/reference/block-kit
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from adapters.slack.texts import cut_escaped, escape, neutralise, plain, revive
from bot.errors import TooLong
from bot.events import Action, Button, File, Post

Json = dict[str, Any]

MOST_MARKDOWN = 12_000
MOST_FALLBACK = 3_000
MOST_SECTION = 3_000
MOST_LABEL = 75
MOST_VALUE = 2_000
MOST_BUTTONS = 25
# https://docs.slack.dev/reference/block-kit/blocks/image-block
MOST_ALT = 2_000

# What our messages carry, unseen: it tells a message of ours from another after a lost answer.
# https://docs.slack.dev/messaging/message-metadata
EVENT_TYPE = "threadbot_part"
_NONCE = "part"

# One element has both judgements; which one was pressed stands in its value.
FEEDBACK = "feedback"
_SIGNS = {
    Action.GOOD: "\N{THUMBS UP SIGN}",
    Action.BAD: "\N{THUMBS DOWN SIGN}",
    Action.REGENERATE: "\N{ANTICLOCKWISE DOWNWARDS AND UPWARDS OPEN CIRCLE ARROWS}",
}
# What is read out of the thumbs, which say nothing else.
_WORDS = {Action.GOOD: "Good answer", Action.BAD: "Bad answer"}
_JUDGEMENTS = tuple(_WORDS)


class Look(StrEnum):
    """How a post is shown, the best first.

    `RICH`: Markdown, thumbs of Slack's own. `BUTTONS`: Markdown, thumbs as buttons. `PLAIN`:
    the very same text without markup, and buttons. `BARE`: only the text.
    """

    RICH = "rich"
    BUTTONS = "buttons"
    PLAIN = "plain"
    BARE = "bare"


def looks(post: Post, *, feedback: bool) -> tuple[Look, ...]:
    """Return the ways to show a post, in the order to try them in."""
    judged = any(button.action in _JUDGEMENTS for button in post.buttons)
    best = Look.RICH if feedback and judged else Look.BUTTONS
    tried = (best, Look.BUTTONS, Look.PLAIN, Look.BARE)
    return tuple(dict.fromkeys(tried))


def shown(post: Post, look: Look) -> Json:
    """Return `text` and `blocks` of a message. Raises `TooLong`."""
    text = neutralise(post.text)
    if len(text) > MOST_MARKDOWN:
        raise TooLong(f"More than {MOST_MARKDOWN} characters.", code="msg_too_long")
    fallback = plain(post.text, MOST_FALLBACK) or cut_escaped(post.text, MOST_FALLBACK)
    match look:
        case Look.RICH | Look.BUTTONS:
            blocks = [{"type": "markdown", "text": text}]
            rows = button_rows(post.buttons, feedback=look is Look.RICH)
            return {"text": fallback, "blocks": [*blocks, *rows]}
        case Look.PLAIN:
            rows = button_rows(post.buttons, feedback=False)
            return {"text": fallback, "blocks": [*sections(text), *rows]}
        case Look.BARE:
            return {"text": escape(post.text), "blocks": []}


def gallery(post: Post, names: Sequence[str]) -> Json:
    """Return `text` and `blocks` of a message whose uploaded pictures stand within it.

    `names` are the ids of its files, which are its own: nobody else is shown them.
    https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object
    """
    whole = shown(post, Look.BUTTONS)
    caption, *rows = whole["blocks"]
    pictures = [_picture(file, name) for file, name in zip(post.files, names, strict=True)]
    return {**whole, "blocks": [caption, *pictures, *rows]}


def _picture(file: File, name: str) -> Json:
    return {
        "type": "image",
        "slack_file": {"id": name},
        "alt_text": (file.description or file.name)[:MOST_ALT],
        "title": _plain_text(file.name[:MOST_ALT]),
    }


def pictures_in(message: Mapping[str, Any]) -> list[str]:
    """Return the ids of the uploaded pictures that stand within a message."""
    shown = [block.get("slack_file") for block in _blocks(message)]
    names = [str(each.get("id") or "") for each in shown if isinstance(each, Mapping)]
    return [name for name in names if name]


def sections(text: str) -> list[Json]:
    """Return a text as blocks that show it letter by letter."""
    cuts = range(0, len(text), MOST_SECTION)
    pieces = [text[at : at + MOST_SECTION] for at in cuts]
    return [{"type": "section", "text": _plain_text(piece)} for piece in pieces if piece.strip()]


def button_rows(buttons: Sequence[Button], *, feedback: bool) -> list[Json]:
    """Return the blocks of a message's buttons.

    `action_id` names what is asked for, `value` the turn: that is all that is known of a
    button when it is pressed.
    """
    judgements = {button.action: button for button in buttons if button.action in _JUDGEMENTS}
    whole = feedback and len(judgements) == len(_JUDGEMENTS)
    plain_ones = [button for button in buttons if not (whole and button.action in judgements)]
    rows: list[Json] = []
    if plain_ones:
        elements = [_button(button) for button in plain_ones[:MOST_BUTTONS]]
        rows.append({"type": "actions", "elements": elements})
    if whole:
        good, bad = judgements[Action.GOOD], judgements[Action.BAD]
        element = {
            "type": "feedback_buttons",
            "action_id": FEEDBACK,
            "positive_button": _judgement(good),
            "negative_button": _judgement(bad),
        }
        rows.append({"type": "context_actions", "elements": [element]})
    return rows


def _button(button: Button) -> Json:
    sign = _SIGNS.get(button.action, "")
    label = sign if button.action in _JUDGEMENTS else f"{sign} {button.label}".strip()
    shown: Json = {
        "type": "button",
        "action_id": str(button.action),
        "value": button.turn[:MOST_VALUE],
        "text": _plain_text(label[:MOST_LABEL]),
    }
    if button.action in _JUDGEMENTS:
        shown["accessibility_label"] = _WORDS[button.action]
    if button.danger:
        shown["style"] = "danger"
    return shown


def _judgement(button: Button) -> Json:
    return {
        "text": _plain_text(button.label[:MOST_LABEL]),
        "accessibility_label": _WORDS[button.action],
        "value": f"{button.action}:{button.turn}"[:MOST_VALUE],
    }


def _plain_text(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}


# --- reading them back ---------------------------------------------------------------------


def read_press(action: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a pressed button asks for and the turn that it names, as `block_actions`
    tells; of a button that is not ours, whatever it says.
    """
    kind, value = str(action.get("action_id") or ""), str(action.get("value") or "")
    if kind == FEEDBACK:
        kind, _, value = value.partition(":")
    return kind, value


def turn_of(message: Mapping[str, Any]) -> str:
    """Return the turn that a message's buttons name, "" if it has none of ours."""
    for element in _elements(message):
        judged = element.get("positive_button")
        said = judged if isinstance(judged, Mapping) else {}
        kind, turn = read_press({"value": said.get("value"), **element})
        if turn and kind in tuple(Action):
            return turn
    return ""


def words_of(message: Mapping[str, Any]) -> str | None:
    """Return the words of a message of ours as they were written, None if it shows no text.

    Its `text` is only what a notification shows.
    """
    texts = [_text_of(block) for block in _blocks(message)]
    said = [text for text in texts if text is not None]
    return revive("\n".join(said)) if said else None


def _text_of(block: Mapping[str, Any]) -> str | None:
    text = block.get("text")
    match block.get("type"), text:
        case "markdown", str():
            return text
        case "section", {"type": "plain_text", "text": str() as shown}:
            return shown
        case _:
            return None


def metadata(nonce: str) -> Json:
    """Return what tells a message from every other of ours."""
    return {"event_type": EVENT_TYPE, "event_payload": {_NONCE: nonce}}


def nonce_of(message: Mapping[str, Any]) -> str:
    """Return the nonce that a message was posted with, "" if none is known."""
    about = message.get("metadata")
    if not isinstance(about, Mapping) or about.get("event_type") != EVENT_TYPE:
        return ""
    payload = about.get("event_payload")
    return str(payload.get(_NONCE) or "") if isinstance(payload, Mapping) else ""


def _blocks(message: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    blocks = message.get("blocks")
    for block in blocks if isinstance(blocks, list) else []:
        if isinstance(block, Mapping):
            yield block


def _elements(message: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for block in _blocks(message):
        elements = block.get("elements")
        for element in elements if isinstance(elements, list) else []:
            if isinstance(element, Mapping):
                yield element
