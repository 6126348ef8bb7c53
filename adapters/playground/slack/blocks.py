"""Block Kit: what a block may hold. Pure.

https://docs.slack.dev/reference/block-kit/blocks and the limits of Slack's own types.
"""

from __future__ import annotations

from typing import Any

from adapters.playground.slack import limits
from adapters.playground.slack.problems import Problem, invalid_blocks

Json = dict[str, Any]

_BUTTONISH = frozenset({"button", "workflow_button"})
_SELECTS = frozenset(
    f"{many}{kind}_select"
    for many in ("", "multi_")
    for kind in ("static", "external", "users", "conversations", "channels")
)
_PICKERS = frozenset({"datepicker", "timepicker", "datetimepicker"})
_CHOICES = frozenset({"checkboxes", "radio_buttons"})
_IN_ACTIONS = _BUTTONISH | _SELECTS | _PICKERS | _CHOICES | {"overflow"}
_INPUTS = (
    _SELECTS
    | _PICKERS
    | _CHOICES
    | {"plain_text_input", "number_input", "email_text_input", "url_text_input"}
    | {"rich_text_input", "file_input"}
)
_PLAIN = frozenset({"divider", "rich_text", "video", "call", "task_card", "plan", "alert"})


class _Reader:
    """Collect what is wrong, each with the place it stands at."""

    def __init__(self, surface: str) -> None:
        self.surface = surface
        self.wrong: list[str] = []
        self.markdown = 0
        self.chars = 0

    def no(self, what: str, at: str) -> None:
        self.wrong.append(f"{what} [json-pointer:{at}]")

    def length(self, value: object, most: int, at: str, *, needed: bool = True) -> str:
        if value is None and not needed:
            return ""
        if not isinstance(value, str):
            self.no("must be a string", at)
            return ""
        if needed and not value:
            self.no("must be more than 0 characters", at)
        if len(value) > most:
            self.no(f"must be less than {most + 1} characters", at)
        return value

    def text(self, value: Any, most: int, at: str, *, plain: bool = False) -> None:
        if not isinstance(value, dict):
            self.no("must be an object", at)
            return
        if value.get("type") not in (("plain_text",) if plain else ("plain_text", "mrkdwn")):
            self.no("unsupported type: text", f"{at}/type")
        self.chars += len(self.length(value.get("text"), most, f"{at}/text"))

    def items(self, value: Any, least: int, most: int, at: str) -> list[Json]:
        if not isinstance(value, list):
            self.no("must be an array", at)
            return []
        if len(value) < least:
            self.no(f"must have at least {least} items", at)
        if len(value) > most:
            self.no(f"no more than {most} items allowed", at)
        for n, one in enumerate(value):
            if not isinstance(one, dict):
                self.no("must be an object", f"{at}/{n}")
        return [one for one in value if isinstance(one, dict)]

    # --- blocks

    def block(self, block: Json, at: str) -> None:
        kind = block.get("type")
        self.length(block.get("block_id"), limits.BLOCK_ID_CHARS, f"{at}/block_id", needed=False)
        match kind:
            case "section":
                self._section(block, at)
            case "header":
                self.text(block.get("text"), limits.HEADER_CHARS, f"{at}/text", plain=True)
            case "markdown" if self.surface == "message":
                text = block.get("text")
                if not isinstance(text, str) or not text:
                    self.no("missing required field: text", at)
                else:
                    self.markdown += len(text)
                    self.chars += len(text)
            case "actions":
                for n, one in enumerate(
                    self.items(block.get("elements"), 1, limits.ACTIONS, f"{at}/elements")
                ):
                    self.element(one, _IN_ACTIONS, f"{at}/elements/{n}")
            case "context":
                self._context(block, at)
            case "context_actions" if self.surface == "message":
                self._context_actions(block, at)
            case "image":
                self._image(block, at)
            case "input" if self.surface != "message" or block.get("element"):
                self.text(block.get("label"), limits.LABEL_CHARS, f"{at}/label", plain=True)
                if (hint := block.get("hint")) is not None:
                    self.text(hint, limits.HINT_CHARS, f"{at}/hint", plain=True)
                element = block.get("element")
                if isinstance(element, dict):
                    self.element(element, _INPUTS, f"{at}/element")
                else:
                    self.no("missing required field: element", at)
            case "table" if self.surface == "message":
                rows = block.get("rows")
                if not isinstance(rows, list) or not 1 <= len(rows) <= limits.TABLE_ROWS:
                    self.no(f"no more than {limits.TABLE_ROWS} items allowed", f"{at}/rows")
                elif any(
                    not isinstance(row, list) or len(row) > limits.TABLE_COLUMNS for row in rows
                ):
                    self.no(f"no more than {limits.TABLE_COLUMNS} items allowed", f"{at}/rows")
            case _ if kind in _PLAIN:
                if kind != "divider":
                    self.chars += _count(block)
            case _:
                self.no(f"unsupported type: {kind}", f"{at}/type")

    def _section(self, block: Json, at: str) -> None:
        text, fields = block.get("text"), block.get("fields")
        if text is None and fields is None:
            self.no("missing required field: text", at)
        if text is not None:
            self.text(text, limits.SECTION_CHARS, f"{at}/text")
        if fields is not None:
            for n, one in enumerate(self.items(fields, 1, limits.FIELDS, f"{at}/fields")):
                self.text(one, limits.FIELD_CHARS, f"{at}/fields/{n}")
        if isinstance(accessory := block.get("accessory"), dict):
            self.element(accessory, _IN_ACTIONS | {"image"}, f"{at}/accessory")

    def _context(self, block: Json, at: str) -> None:
        found = self.items(block.get("elements"), 1, limits.CONTEXT_ELEMENTS, f"{at}/elements")
        for n, one in enumerate(found):
            if one.get("type") == "image":
                self._image(one, f"{at}/elements/{n}")
            else:
                self.text(one, limits.SECTION_CHARS, f"{at}/elements/{n}")

    def _context_actions(self, block: Json, at: str) -> None:
        found = self.items(block.get("elements"), 1, limits.CONTEXT_ACTIONS, f"{at}/elements")
        for n, one in enumerate(found):
            place = f"{at}/elements/{n}"
            self._named(one, place)
            match one.get("type"):
                case "feedback_buttons":
                    for name in ("positive_button", "negative_button"):
                        button = one.get(name)
                        if not isinstance(button, dict):
                            self.no(f"missing required field: {name}", place)
                            continue
                        most = limits.BUTTON_CHARS
                        self.text(button.get("text"), most, f"{place}/{name}/text", plain=True)
                        most = limits.BUTTON_VALUE_CHARS
                        self.length(button.get("value"), most, f"{place}/{name}/value")
                case "icon_button":
                    most = limits.BUTTON_CHARS
                    self.text(one.get("text"), most, f"{place}/text", plain=True)
                    if one.get("icon") != "trash":
                        self.no("invalid icon", f"{place}/icon")
                case kind:
                    self.no(f"unsupported type: {kind}", f"{place}/type")

    def _image(self, block: Json, at: str) -> None:
        self.length(block.get("alt_text"), limits.ALT_CHARS, f"{at}/alt_text")
        if (title := block.get("title")) is not None:
            self.text(title, limits.IMAGE_TITLE_CHARS, f"{at}/title", plain=True)
        file = block.get("slack_file")
        if "image_url" in block:
            self.length(block["image_url"], limits.URL_CHARS, f"{at}/image_url")
            if file is not None:
                self.no("only one of image_url and slack_file is allowed", at)
        elif not isinstance(file, dict) or bool(file.get("id")) == bool(file.get("url")):
            self.no("missing required field: image_url", at)

    # --- elements

    def _named(self, element: Json, at: str) -> None:
        most = limits.ACTION_ID_CHARS
        self.length(element.get("action_id"), most, f"{at}/action_id", needed=False)

    def element(self, element: Json, allowed: frozenset[str], at: str) -> None:
        kind = element.get("type")
        if kind not in allowed or (kind == "file_input" and self.surface != "modal"):
            self.no(f"unsupported type: {kind}", f"{at}/type")
            return
        self._named(element, at)
        if kind == "image":
            self._image(element, at)
        elif kind in _BUTTONISH:
            self.text(element.get("text"), limits.BUTTON_CHARS, f"{at}/text", plain=True)
            most = limits.BUTTON_VALUE_CHARS
            self.length(element.get("value"), most, f"{at}/value", needed=False)
            self.length(element.get("url"), limits.URL_CHARS, f"{at}/url", needed=False)
            if element.get("style", "primary") not in ("primary", "danger"):
                self.no("must be primary or danger", f"{at}/style")
        elif kind == "file_input":
            most = limits.FILE_INPUT_FILES
            if not 1 <= element.get("max_files", most) <= most:
                self.no(f"must be between 1 and {most}", f"{at}/max_files")
        elif kind == "plain_text_input":
            self._text_input(element, at)
        if (hint := element.get("placeholder")) is not None:
            self.text(hint, limits.PLACEHOLDER_CHARS, f"{at}/placeholder", plain=True)
        if kind in _CHOICES | {"overflow", "static_select", "multi_static_select"}:
            self._options(element, str(kind), at)

    def _text_input(self, element: Json, at: str) -> None:
        most = element.get("max_length", limits.INPUT_CHARS)
        if not isinstance(most, int) or not 1 <= most <= limits.INPUT_CHARS:
            self.no(f"must be between 1 and {limits.INPUT_CHARS}", f"{at}/max_length")
            return
        self.length(element.get("initial_value"), most, f"{at}/initial_value", needed=False)

    def _options(self, element: Json, kind: str, at: str) -> None:
        most = {"overflow": 5, "checkboxes": 10, "radio_buttons": 10}.get(kind, limits.OPTIONS)
        groups = element.get("option_groups")
        found: list[tuple[str, Any]] = [(f"{at}/options", element.get("options"))]
        if groups is not None:
            found = [
                (f"{at}/option_groups/{n}/options", one.get("options"))
                for n, one in enumerate(self.items(groups, 1, limits.OPTIONS, at))
            ]
        for place, options in found:
            for n, one in enumerate(self.items(options, 1, most, place)):
                self.text(one.get("text"), limits.OPTION_CHARS, f"{place}/{n}/text")
                value = one.get("value")
                self.length(value, limits.OPTION_VALUE_CHARS, f"{place}/{n}/value")
        first = element.get("initial_option")
        if first is not None and not any(first in (options or []) for _, options in found):
            self.no("initial_option must be one of options", f"{at}/initial_option")


def _count(thing: Any) -> int:
    match thing:
        case str():
            return len(thing)
        case list():
            return sum(_count(one) for one in thing)
        case dict():
            return sum(_count(one) for name, one in thing.items() if name in _WORDS)
        case _:
            return 0


_WORDS = frozenset({"text", "elements", "title", "details", "output", "tasks", "rows"})


def check(
    blocks: Any,
    surface: str = "message",
    *,
    markdown_chars: int = limits.MARKDOWN_CHARS,
) -> list[Json]:
    """Return the blocks of a message, `modal` or `home`, or raise what Slack says of them."""
    if not isinstance(blocks, list):
        raise Problem("invalid_blocks_format")
    reader = _Reader(surface)
    most = limits.BLOCKS if surface == "message" else limits.VIEW_BLOCKS
    for n, block in enumerate(reader.items(blocks, 0, most, "/blocks")):
        reader.block(block, f"/blocks/{n}")
    ids = [one["block_id"] for one in blocks if isinstance(one, dict) and one.get("block_id")]
    if len(ids) != len(set(ids)):
        reader.no("block_id already exists", "/blocks")
    for block in blocks:
        named = [one["action_id"] for one in elements_of(block) if one.get("action_id")]
        if len(named) != len(set(named)):
            reader.no("action_id already exists", "/blocks")
    if reader.wrong:
        raise invalid_blocks(*reader.wrong)
    if reader.markdown > markdown_chars:
        raise Problem("msg_too_long")
    if surface == "message" and reader.chars > limits.ALL_BLOCKS_CHARS:
        raise Problem("msg_blocks_too_long")
    return blocks


def elements_of(block: Any) -> list[Json]:
    """Return the interactive elements of a block."""
    if not isinstance(block, dict):
        return []
    found = block.get("elements") if block.get("type") != "rich_text" else []
    made = [one for one in found or [] if isinstance(one, dict)]
    made += [one for name in ("accessory", "element") if isinstance(one := block.get(name), dict)]
    return [one for one in made if one.get("type") not in ("mrkdwn", "plain_text", "image")]


def name_all(blocks: list[Json], new: Any) -> list[Json]:
    """Return blocks in which each, and each element, has an id; `new()` makes one."""
    made = []
    for block in blocks:
        named = dict(block)
        named.setdefault("block_id", new())
        for name in ("elements",):
            if isinstance(named.get(name), list) and named.get("type") != "rich_text":
                named[name] = [_name(one, new) for one in named[name]]
        for name in ("accessory", "element"):
            if isinstance(named.get(name), dict):
                named[name] = _name(named[name], new)
        made.append(named)
    return made


def _name(element: Any, new: Any) -> Any:
    if not isinstance(element, dict) or element.get("type") in ("mrkdwn", "plain_text", "image"):
        return element
    return {"action_id": new(), **element}
