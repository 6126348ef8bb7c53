"""Show forms as modals, and read what was filled in. Pure.

A form's fields are input blocks: `block_id` and `action_id` are the field's name. What is noted
of it comes back with its answer. https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.inbound import attachments_of
from adapters.slack.payloads import Body, part, parts, text
from adapters.slack.places import person_path
from adapters.slack.views import MOST_HINT, MOST_LABEL, MOST_TITLE, MOST_WORDS, plain_text
from bot.domain import Attachment
from bot.events import Aside
from bot.ports import CONFIRM, Field, FieldKind, Form
from bot.text import normalise

Json = dict[str, Any]

CALLBACK = "form"
# The button that opens a form, where that could not be done at once.
AGAIN = "form"
# https://docs.slack.dev/reference/block-kit/composition-objects/option-object
MOST_OPTION = 75
MOST_VALUE = 150
MOST_OPTIONS = 100
# https://docs.slack.dev/reference/block-kit/block-elements/file-input-element
MOST_FILES = 10
MOST_BLOCKS = 100
MOST_BUTTON = 75
# Slack takes no empty value of a choice, which means "whatever is usual" to us.
_SIGN = "="
# Stands behind a form's id in a button, if its conversation is yet to begin.
_BEGINS = " begins"


@dataclass(frozen=True, slots=True)
class Note:
    """What a form carries along, unseen: its id, which names all that is known of it.

    `place` is where it was opened. `begins`: its conversation is yet to begin.
    """

    form: str = ""
    place: str = ""
    begins: bool = False


def form_view(
    form: Form, place: str, sentences: Mapping[Aside, str], *, begins: bool = False
) -> Json:
    """Return a form as a modal; a choice of nothing is not shown."""
    note = {"form": form.id, "place": place, "begins": begins}
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": json.dumps(note),
        "title": plain_text(form.title, MOST_TITLE),
        "submit": plain_text(form.send, MOST_TITLE),
        "close": plain_text(sentences[Aside.FORM_CANCEL], MOST_TITLE),
        "blocks": [_input(field) for field in _shown(form)][:MOST_BLOCKS],
    }


def words_view(words: str, sentences: Mapping[Aside, str]) -> Json:
    """Return a modal of nothing but words: that a form is on its way, or what came of it."""
    return {
        "type": "modal",
        "title": plain_text(sentences[Aside.EDIT_MENU], MOST_TITLE),
        "close": plain_text(sentences[Aside.FORM_CANCEL], MOST_TITLE),
        "blocks": [{"type": "section", "text": plain_text(words, MOST_WORDS)}],
    }


def again_rows(form: str, label: str, *, begins: bool = False) -> list[Json]:
    """Return the button that opens a form; `begins` as in `Note`."""
    button = {
        "type": "button",
        "action_id": AGAIN,
        "value": f"{form}{_BEGINS if begins else ''}",
        "text": plain_text(label, MOST_BUTTON),
    }
    return [{"type": "actions", "elements": [button]}]


def confirm_rows(asked: str, label: str) -> list[Json]:
    """Return the button that confirms what was asked about first."""
    button = {
        "type": "button",
        "action_id": CONFIRM,
        "value": asked,
        "style": "danger",
        "text": plain_text(label, MOST_BUTTON),
    }
    return [{"type": "actions", "elements": [button]}]


def confirmed_by(body: Body) -> str:
    """Return what a pressed button confirms, "" for any other button."""
    pressed = next(iter(parts(body, "actions")), {})
    return text(pressed, "value") if text(pressed, "action_id") == CONFIRM else ""


def again_of(body: Body) -> Note:
    """Return the form that a pressed button is to open, nothing for any other button."""
    pressed = next(iter(parts(body, "actions")), {})
    if text(pressed, "action_id") != AGAIN:
        return Note()
    value = text(pressed, "value")
    return Note(value.removesuffix(_BEGINS), begins=value.endswith(_BEGINS))


def _shown(form: Form) -> list[Field]:
    return [each for each in form.fields if each.kind is not FieldKind.CHOICE or each.choices]


def _input(field: Field) -> Json:
    block: Json = {
        "type": "input",
        "block_id": field.name,
        "optional": not field.required,
        "label": plain_text(field.label, MOST_LABEL),
        "element": _element(field),
    }
    # A placeholder says nothing where there are words already.
    if field.hint and (field.kind is not FieldKind.TEXT or field.value):
        block["hint"] = plain_text(field.hint, MOST_LABEL)
    return block


def _element(field: Field) -> Json:
    match field.kind:
        case FieldKind.TEXT:
            return _text_input(field)
        case FieldKind.CHOICE:
            options = [_option(label, value) for label, value in field.choices[:MOST_OPTIONS]]
            first = [one for one in options if one["value"] == option_value(field.value)]
            shown: Json = {"type": "static_select", "action_id": field.name, "options": options}
            return {**shown, "initial_option": first[0]} if first else shown
        case FieldKind.FILES:
            most = max(1, min(field.most, MOST_FILES))
            return {"type": "file_input", "action_id": field.name, "max_files": most}
        case FieldKind.PERSON:
            return {"type": "users_select", "action_id": field.name}


def _text_input(field: Field) -> Json:
    most = min(field.most, MOST_WORDS)
    shown: Json = {
        "type": "plain_text_input",
        "action_id": field.name,
        "multiline": field.long,
        "max_length": most,
    }
    if field.hint:
        shown["placeholder"] = plain_text(field.hint, MOST_HINT)
    return {**shown, "initial_value": field.value[:most]} if field.value else shown


def _option(label: str, value: str) -> Json:
    return {"text": plain_text(label, MOST_OPTION), "value": option_value(value)}


def option_value(value: str) -> str:
    """Return a choice's value as Slack is told it."""
    return f"{_SIGN}{value}"[:MOST_VALUE]


# --- what came back ------------------------------------------------------------------------


def note_in(view: Body) -> Note:
    """Return what was noted of a form of ours, nothing for any other view."""
    if text(view, "callback_id") != CALLBACK:
        return Note()
    try:
        note = json.loads(text(view, "private_metadata"))
    except ValueError:
        return Note()
    if not isinstance(note, dict):
        return Note()
    return Note(text(note, "form"), text(note, "place"), note.get("begins") is True)


def values_of(view: Body, team: str) -> dict[str, str]:
    """Return what was typed and chosen, by field; files aside. People are of a workspace."""
    found: dict[str, str] = {}
    for name, filled in _filled(view):
        if text(filled, "type") == "static_select":
            chosen = text(part(filled, "selected_option"), "value")
            found[name] = chosen.removeprefix(_SIGN)
        elif text(filled, "type") == "users_select":
            user = text(filled, "selected_user")
            found[name] = person_path(team, user) if user else ""
        elif text(filled, "type") != "file_input":
            found[name] = normalise(text(filled, "value")).strip()
    return found


def files_in(view: Body, place: str) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
    """Return the files that were put into a form, and the field of each.

    Each is its person's own and stands nowhere: the bot may have it all the same.
    """
    attachments: list[Attachment] = []
    names: list[str] = []
    for name, filled in _filled(view):
        found = attachments_of(parts(filled, "files"), "", place)
        attachments += found
        names += [name] * len(found)
    return tuple(attachments), tuple(names)


def errors_of(view: Body, flaws: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with a form, by its blocks; of a field that it has not, at the last.

    Slack takes errors at input blocks only.
    https://docs.slack.dev/surfaces/modals#displaying_errors
    """
    names = [text(one, "block_id") for one in parts(view, "blocks") if one.get("type") == "input"]
    errors: dict[str, str] = {}
    for field, words in flaws.items():
        at = field if field in names else next(reversed(names), field)
        errors[at] = f"{errors[at]} {words}" if at in errors else words
    return errors


def _filled(view: Body) -> list[tuple[str, Body]]:
    """Return each field's name and what is in it."""
    values = part(part(view, "state"), "values")
    return [(name, part(part(values, name), name)) for name in values]
