"""Check message components and return them as Discord answers with them.

https://discord.com/developers/docs/components/reference
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from adapters.playground.discord import limits
from adapters.playground.discord.media import REFERENCE
from adapters.playground.discord.problems import Form

Json = dict[str, Any]
Path = tuple[str | int, ...]

ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
ENTITY_SELECTS = (5, 6, 7, 8)
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 9, 10, 11, 12, 13, 14, 17
LINK, PREMIUM = 5, 6
_CHILDREN: dict[int, tuple[int, ...]] = {
    ROW: (BUTTON, STRING_SELECT, *ENTITY_SELECTS),
    SECTION: (TEXT,),
    CONTAINER: (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR),
}


class _Walk:
    """One pass over a tree of components: numbers them and collects what is wrong."""

    def __init__(self, form: Form, names: Collection[str]) -> None:
        self.form = form
        self.names = names
        self.count = 0
        self.text = 0
        self.seen: set[str] = set()
        self.ids: set[int] = set()

    def one(self, value: Any, path: Path, allowed: tuple[int, ...]) -> Json:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(kind, int) or kind not in allowed:
            self.form.wrong(
                (*path, "type"), "UNION_TYPE_CHOICES", f"Value must be one of {allowed}."
            )
            return {}
        self.count += 1
        answer: Json = {"type": kind, "id": self._id(value, path)}
        match kind:
            case 1 | 9 | 17:
                self._parent(value, kind, path, answer)
            case 2:
                self._button(value, path, answer)
            case 3 | 5 | 6 | 7 | 8:
                self._select(value, kind, path, answer)
            case 10:
                content = str(value.get("content") or "")
                self.text += len(content)
                if not 1 <= len(content) <= limits.V2_TEXT_CHARS:
                    self.form.bad_length((*path, "content"), 1, limits.V2_TEXT_CHARS)
                answer["content"] = content
            case 11 | 13:
                key = "file" if kind == FILE else "media"
                answer |= self._media(value, path, key, described=kind != FILE)
            case 12:
                items = value.get("items")
                if not isinstance(items, list) or not 1 <= len(items) <= limits.GALLERY_ITEMS:
                    self.form.bad_length((*path, "items"), 1, limits.GALLERY_ITEMS)
                    items = []
                answer["items"] = [
                    self._media(item, (*path, "items", n), "media") for n, item in enumerate(items)
                ]
            case _:
                answer["spacing"] = value.get("spacing") or 1
                answer["divider"] = value.get("divider") is not False
        return answer

    def _id(self, value: Json, path: Path) -> int:
        """Return a component's number: its own, or the next that is free."""
        given = value.get("id")
        if not given:
            while self.count in self.ids:
                self.count += 1
            given = self.count
        elif given in self.ids:
            self.form.wrong(
                (*path, "id"), "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated"
            )
        self.ids.add(given)
        return int(given)

    def _media(self, value: Any, path: Path, key: str, *, described: bool = True) -> Json:
        """Check what shows a file: one that comes with the message, or one of the web."""
        media = value.get(key) if isinstance(value, dict) else None
        url = str(media.get("url") or "") if isinstance(media, dict) else ""
        name = url.removeprefix(REFERENCE)
        if not url:
            self.form.required((*path, key, "url"))
        elif url != name and name not in self.names:
            self.form.wrong(
                (*path, key, "url"),
                "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
                f'The referenced attachment "{name}" was not found',
            )
        elif url == name and (key == "file" or not url.startswith(("http://", "https://"))):
            schemes = "('attachment',)" if key == "file" else "('http', 'https', 'attachment')"
            self.form.wrong(
                (*path, key, "url"),
                "URL_TYPE_INVALID_SCHEME",
                f"Scheme must be one of {schemes}.",
            )
        given: Json = value if isinstance(value, dict) else {}
        shown: Json = {key: {"url": url}, "spoiler": bool(given.get("spoiler"))}
        if not described:
            return shown
        about = given.get("description")
        if about is not None and not 1 <= len(str(about)) <= limits.ALT_TEXT_CHARS:
            self.form.bad_length((*path, "description"), 1, limits.ALT_TEXT_CHARS)
        return shown | {"description": about}

    def _parent(self, value: Json, kind: int, path: Path, answer: Json) -> None:
        children = value.get("components")
        if not isinstance(children, list) or not children:
            self.form.required((*path, "components"))
            children = []
        if kind == ROW:
            selects = any(one.get("type") != BUTTON for one in children if isinstance(one, dict))
            most = 1 if selects else limits.ROW_BUTTONS
            if len(children) > most:
                self.form.bad_length((*path, "components"), 1, most)
        answer["components"] = [
            self.one(child, (*path, "components", n), _CHILDREN[kind])
            for n, child in enumerate(children)
        ]
        if kind == SECTION:
            answer["accessory"] = self.one(
                value.get("accessory"), (*path, "accessory"), (BUTTON, THUMBNAIL)
            )
        if kind == CONTAINER:
            answer["accent_color"] = value.get("accent_color")
            answer["spoiler"] = bool(value.get("spoiler"))

    def _custom_id(self, value: Json, path: Path) -> str:
        custom_id = value.get("custom_id")
        if not isinstance(custom_id, str):
            self.form.required((*path, "custom_id"))
            return ""
        if not 1 <= len(custom_id) <= limits.CUSTOM_ID_CHARS:
            self.form.bad_length((*path, "custom_id"), 1, limits.CUSTOM_ID_CHARS)
        if custom_id in self.seen:
            self.form.wrong(
                (*path, "custom_id"),
                "COMPONENT_CUSTOM_ID_DUPLICATED",
                "Component custom id cannot be duplicated",
            )
        self.seen.add(custom_id)
        return custom_id

    def _button(self, value: Json, path: Path, answer: Json) -> None:
        style = value.get("style")
        if style not in (1, 2, 3, 4, LINK, PREMIUM):
            self.form.wrong(
                (*path, "style"),
                "BASE_TYPE_CHOICES",
                "Value must be one of (1, 2, 3, 4, 5, 6).",
            )
        answer["style"] = style
        label = value.get("label")
        if isinstance(label, str) and len(label) > limits.LABEL_CHARS:
            self.form.too_long((*path, "label"), limits.LABEL_CHARS)
        if not label and not value.get("emoji") and style != PREMIUM:
            self.form.wrong(path, "BUTTON_COMPONENT_INVALID", "A button needs a label or an emoji")
        if label:
            answer["label"] = label
        if value.get("emoji"):
            emoji = value["emoji"]
            answer["emoji"] = {key: one for key, one in emoji.items() if one is not None}
        if style == LINK:
            if not value.get("url"):
                self.form.required((*path, "url"))
            answer["url"] = value.get("url")
        else:
            answer["custom_id"] = self._custom_id(value, path)
        if value.get("disabled"):
            answer["disabled"] = True

    def _select(self, value: Json, kind: int, path: Path, answer: Json) -> None:
        answer["custom_id"] = self._custom_id(value, path)
        least, most = value.get("min_values"), value.get("max_values")
        answer["min_values"] = 1 if least is None else least
        answer["max_values"] = 1 if most is None else most
        for key in ("placeholder", "disabled"):
            if value.get(key):
                answer[key] = value[key]
        if kind == STRING_SELECT:
            options = value.get("options") or []
            if not 1 <= len(options) <= limits.SELECT_OPTIONS:
                self.form.bad_length((*path, "options"), 1, limits.SELECT_OPTIONS)
            answer["options"] = [
                {key: one for key, one in option.items() if one is not None} for option in options
            ]


def parse(value: Any, form: Form, *, modern: bool, names: Collection[str] = ()) -> list[Json]:
    """Check a message's components; `modern` are those of Components V2.

    `names` are those of the message's files, which components may show.
    """
    if not isinstance(value, list):
        form.wrong(("components",), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        return []
    walk = _Walk(form, names)
    allowed = (ROW, *_CHILDREN[CONTAINER], CONTAINER) if modern else (ROW,)
    if not modern and len(value) > limits.ACTION_ROWS:
        form.bad_length(("components",), 0, limits.ACTION_ROWS)
    parsed = [walk.one(one, ("components", n), allowed) for n, one in enumerate(value)]
    if modern and walk.count > limits.V2_COMPONENTS:
        form.bad_length(("components",), 0, limits.V2_COMPONENTS)
    if modern and walk.text > limits.V2_TEXT_CHARS:
        form.wrong(
            ("components",),
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
            f"The displayable text of all components exceeds {limits.V2_TEXT_CHARS}",
        )
    return parsed


def find(tree: list[Json], custom_id: str) -> Json | None:
    """Return the component with a custom id, at any depth."""
    for one in tree:
        if one.get("custom_id") == custom_id:
            return one
        below = [*one.get("components", []), *filter(None, [one.get("accessory")])]
        if found := find(below, custom_id):
            return found
    return None


def text_of(tree: Sequence[Json]) -> str:
    """Return the words that components show."""
    words: list[str] = []
    for one in tree:
        words += [one["content"]] if one.get("type") == TEXT else []
        words += filter(None, [text_of(one.get("components") or [])])
    return "\n".join(words)
