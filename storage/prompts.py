"""Questions that are asked again: they move to the turn that does so."""

from __future__ import annotations

from bot.domain import Quote, TurnKind, TurnState
from storage import admission
from storage.admission import NewTurn, Prompt
from storage.engine import Operation, Row
from storage.statements import load

SQL = load("buttons")
CHANGES = load("changes")
FILES = load("files")


def _copy(old: Row) -> Prompt:
    quoted = old["quote_author"] or old["quote_text"]
    return Prompt(
        author=old["prompt_author"],
        name=old["prompt_name"],
        text=old["prompt"],
        has_files=bool(old["extras"]),
        source=old["prompt_source"],
        place=old["prompt_place"],
        quote=Quote(old["quote_author"], old["quote_text"], old["quote_source"])
        if quoted
        else None,
    )


def move_prompt(old: Row, new: NewTurn, now: int) -> Operation[None]:
    """Give a question to the turn that asks it again; its old place leaves the history.

    The words stay those of the one who wrote them, whoever presses the button.
    """
    yield from admission.add_prompt(new, _copy(old), now)
    key = {name: old[name] for name in ("platform", "workspace", "channel", "thread")}
    this = {**key, "position": old["position"]}
    if old["extras"]:
        yield FILES.move_files, {**this, "target": new.position}
    yield SQL.hide_messages, this
    # What went on from an answer that is no longer there has nothing to go on from.
    made = yield CHANGES.find_about, {"about": old["id"]}
    waiting = [each for each in made if each["kind"] == TurnKind.CONTINUE]
    while waiting:
        each = waiting.pop()
        if each["kind"] != TurnKind.EDITED:
            yield SQL.hide_messages, {**key, "position": each["position"]}
            if each["state"] == TurnState.ADMITTED:
                yield CHANGES.request_cancel, {"turn": each["id"]}
            waiting += yield CHANGES.find_about, {"about": each["id"]}
