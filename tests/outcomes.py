"""I2: each ended turn shows its answer or one notice, whole, and nothing else of ours stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from adapters.backends.models import SEGMIND_IMAGE_MODELS
from bot import notices, notices_delivery, notices_operators, notices_pictures
from bot.errors import BackendFault
from bot.events import Aside
from tests.evidence import Evidence, Row, Seen, group, position_of
from tests.shown import explain_difference
from tests.violation import Kind, Violation, edit_of, ended, heard_late, name_of

_LOW = re.compile(r"The account at `[^`]+` has \$[\d.]+ left, which is below \$[\d.]+\.")
_TROUBLE = re.compile(r"The service is `[^`]+`; people who ask it get no answer")


THREAD = ("platform", "workspace", "channel", "thread")
# What stands only while an answer grows.
PASSING = ("stop", "status")

_CHANGES = ("chat.update", "chat.appendStream", "chat.stopStream", "chat.delete")
# Slack's words for "you may not touch this message any more".
_HELD_FAST = (
    *("cant_delete_message", "cant_update_message", "edit_window_closed", "message_not_found"),
    "message_not_owned_by_app",
    *("channel_not_found", "is_archived", "not_in_channel", "restricted_action"),
    *("account_inactive", "invalid_auth", "token_revoked"),
)


def parts_of(evidence: Evidence) -> dict[str, list[Row]]:
    """Return each turn's outbox rows, in their order, without those of what does not last."""
    lasting = (row for row in evidence.database["part"] if row["purpose"] not in PASSING)
    return group(sorted(lasting, key=lambda row: (row["purpose"], row["idx"])), "turn")


def is_excused(evidence: Evidence, part: Row) -> bool:
    """Tell whether somebody else took this message, or its place, away; or wanted it deleted."""
    world = evidence.world
    if part["message"] in world.by_others or part["place"] in world.gone:
        return True
    return part["purpose"] == "picture" and any(
        part["turn"] in whose_picture_goes(evidence, turn) for turn in evidence.database["turn"]
    )


def whose_picture_goes(evidence: Evidence, turn: Row) -> set[str]:
    """Return the turns whose messages go with the picture that a turn is to delete.

    The one that made it, and those that went back to it.
    """
    number = edit_of(turn).get("removes")
    if number is None:
        return set()
    made_by = (
        row["turn"]
        for row in evidence.database["picture"]
        if row["made"] and row["number"] == number and all(row[key] == turn[key] for key in THREAD)
    )
    shown_by = (
        row["id"]
        for row in evidence.database["turn"]
        if edit_of(row).get("shows") == number and all(row[key] == turn[key] for key in THREAD)
    )
    return {turn["about"], *made_by, *shown_by}


def was_left(evidence: Evidence, turn: Row) -> bool:
    """Tell whether the bot was removed from the server of a turn that then came to nothing."""
    ended_by_it = turn["outcome"] in ("cancelled", "undeliverable")
    return ended_by_it and turn["workspace"] in evidence.world.left


def check_outcomes(evidence: Evidence) -> Iterator[Violation]:
    """I2, turn by turn."""
    parts = parts_of(evidence)
    visible = {(each.place, each.id): each for each in evidence.world.ours()}
    for turn in ended(evidence):
        mine = parts.get(turn["id"], [])
        for part in mine:
            key = (part["place"], part["message"])
            if part["state"] == "sent" and key not in visible and not is_excused(evidence, part):
                what = f"{part['purpose']} {part['idx']} ({part['message']})"
                yield Violation("I2", f"{name_of(turn)}: its {what} is not there", Kind.LOST)
        yield from _places(turn, mine)
        if turn["outcome"] != "undeliverable" and not was_left(evidence, turn):
            yield from _amount(evidence, turn, mine)
            yield from _texts(evidence, turn, mine, visible)


def _places(turn: Row, mine: list[Row]) -> Iterator[Violation]:
    """I2: on Slack, where a thread needs no starting, nothing of a turn stands beside its thread.

    Only the card of a question does: its thread is started from it.
    """
    for part in mine:
        told_alone = (part["purpose"], part["idx"]) == ("notice", 1)
        if part["platform"] != "slack" or part["purpose"] == "question" or told_alone:
            continue
        if part["place"].count("/") < 2:
            text = f"{name_of(turn)}: its {part['purpose']} stands in the channel {part['place']}"
            yield Violation("I2", text)


def _amount(evidence: Evidence, turn: Row, all_of_it: list[Row]) -> Iterator[Violation]:
    """I2: an answer xor one notice. A notice may stand in the message of a placeholder."""
    cards = [part for part in all_of_it if part["purpose"] == "question"]
    mine = [part for part in all_of_it if part["purpose"] != "question"]
    name, notes = name_of(turn), sum(1 for part in mine if part["purpose"] == "notice")
    if cards and (len(cards) > 1 or turn["kind"] == "edited" or not turn["opens_thread"]):
        yield Violation("I2", f"{name}: shows its question {len(cards)} times", Kind.DOUBLED)
    if turn["outcome"] == "cancelled" and not turn["answer"]:
        if mine and not all(is_excused(evidence, part) for part in mine):
            yield Violation("I2", f"{name}: shows {len(mine)} messages", Kind.DOUBLED)
    elif not mine and turn["outcome"] == "cancelled":
        pass  # its question was deleted before the first text could be shown
    elif not mine:
        yield Violation("I2", f"{name}: shows nothing", Kind.LOST)
    elif turn["answer"]:
        if notes:
            yield Violation("I2", f"{name}: shows an answer and a notice", Kind.DOUBLED)
    elif turn["outcome"] in ("answered", "stopped") and is_erased(evidence, turn):
        pass  # its place, and with it what was said there, is no more
    elif len(mine) > 1:
        yield Violation("I2", f"{name}: shows its notice {len(mine)} times", Kind.DOUBLED)


def is_erased(evidence: Evidence, turn: Row) -> bool:
    """Tell whether the words of a turn's conversation were erased with its place."""
    conversation = ("platform", "workspace", "channel", "thread")
    places = {turn["channel"], turn["thread"]} | {
        row["place"]
        for row in evidence.database["conversation"]
        if all(row[key] == turn[key] for key in conversation)
    }
    return bool(places & evidence.world.gone)


def _texts(
    evidence: Evidence, turn: Row, mine: list[Row], visible: dict[tuple[str, str], Seen]
) -> Iterator[Violation]:
    """I2: what stands there is what was stored, from the first word to the last."""
    if not mine or any(is_excused(evidence, part) for part in mine):
        return
    seen = {
        (part["purpose"], part["idx"]): visible[(part["place"], part["message"])]
        for part in mine
        if (part["place"], part["message"]) in visible
    }
    if len(seen) != len(mine):
        return  # said already: one of them is not there, or not sent
    warning = notices_delivery.sent_again("")
    for part in mine:
        key = (part["purpose"], part["idx"])
        if part.get("again"):
            if not seen[key].text.startswith(warning):
                yield Violation("I2", f"{name_of(turn)}: does not say that it was sent again")
            seen[key] = replace(seen[key], text=seen[key].text.removeprefix(warning))
    for purpose in ("question", "answer", "picture", "notice", "file"):
        numbers = [idx for of, idx in seen if of == purpose]
        if numbers != list(range(len(numbers))):
            yield Violation("I2", f"{name_of(turn)}: has {purpose} parts {numbers}", Kind.LOST)
    question = _question(evidence, turn)
    if card := seen.pop(("question", 0), None):
        yield from _card(evidence, turn, card, question)
        if not seen:
            return  # said already, unless it was cancelled
    texts = [each.text for (purpose, _), each in seen.items() if purpose != "file"]
    files = [each for (purpose, _), each in seen.items() if purpose == "file"]
    remade = [
        row
        for row in evidence.database["turn"]
        if row["about"] == turn["id"] and row["kind"] in ("retry", "regenerate")
    ]
    marks = tuple(notices_delivery.superseded(row["kind"] == "regenerate") for row in remade)
    if any(_waited_for(row, turn) for row in evidence.database["turn"]):
        marks = (*marks, notices_pictures.CAME_LATE)
    problem = explain_difference(
        turn,
        texts,
        files,
        question=None if _was_changed(evidence, turn) else question,
        marks=marks,
        quotes=turn["platform"] == "slack" and _is_overtaken(evidence, turn),
    )
    if problem:
        yield Violation("I2", f"{name_of(turn)}: {problem}", Kind.LOST)


def _is_overtaken(evidence: Evidence, turn: Row) -> bool:
    """Tell whether a message was heard of when newer words of its thread were being answered."""
    thread = ("platform", "workspace", "channel", "thread")
    return turn["kind"] == "prompt" and any(
        heard_late(turn, other)
        for other in evidence.database["turn"]
        if all(other[key] == turn[key] for key in thread)
        and other["position"] > turn["position"]
        and other["kind"] != "edited"
    )


def _was_changed(evidence: Evidence, turn: Row) -> bool:
    """Tell whether a question was changed when its answer, which may quote it, was written.

    What is offered then is about the newest answer to it.
    """
    answers = {turn["id"]}
    for row in sorted(evidence.database["turn"], key=lambda row: int(row["received_at"])):
        if row["about"] in answers and row["kind"] in ("retry", "regenerate"):
            answers.add(row["id"])
        if row["about"] in answers and row["kind"] == "edited":
            return True
    return False


def _waited_for(row: Row, turn: Row) -> bool:
    """Tell whether a turn brings the late result of another."""
    return bool(edit_of(row).get("late_of") == turn["id"])


def _question(evidence: Evidence, turn: Row) -> str | None:
    """Return what was asked, or None where that is stored no more, or in another turn."""
    for row in evidence.database["message"]:
        if row["turn"] == turn["id"] and row["role"] == "user" and not row["erased"]:
            return str(row["text"])
    return None


def _card(evidence: Evidence, turn: Row, card: Seen, question: str | None) -> Iterator[Violation]:
    """I2: the card of a question shows what was asked, and nothing else."""
    at = ("platform", "workspace", "channel", "thread", "position")
    # Whoever asks again takes the files along.
    asking = {turn["id"]: turn}
    for row in sorted(evidence.database["turn"], key=lambda row: int(row["received_at"])):
        # What came late is asked for again by its own Retry.
        asks_again = row["kind"] in ("retry", "regenerate") or edit_of(row).get("late_of")
        if row["about"] in asking and asks_again:
            asking[row["id"]] = row
    where = {tuple(row[key] for key in at) for row in asking.values()}
    files = [row for row in evidence.database["file"] if tuple(row[key] for key in at) in where]
    names = [row["name"] for row in sorted(files, key=lambda row: int(row["n"]))]
    kept = question is None or card.text == notices_delivery.question_card(
        turn["name"], question, names
    )
    if question is not None and any(
        row["turn"] in asking and row["removed"] and not row["made"]
        for row in evidence.database["picture"]
    ):
        # A picture of somebody's message went with it, and with it its name.
        kept = card.text.startswith(notices_delivery.question_card(turn["name"], question, []))
    if not kept:
        yield Violation("I2", f"{name_of(turn)}: its card says {card.text[:80]!r}", Kind.LOST)
    if card.buttons:
        yield Violation("I2", f"{name_of(turn)}: its card has buttons")


RETIRED = {notices_pictures.image_model_retired(model) for model in SEGMIND_IMAGE_MODELS}
SAID_TO_COMMANDS = ("**Mention me with a question**", notices.ASIDES[Aside.BY_SLASH])
UNSTORED = {notices.out_of_storage(read_again=read_again) for read_again in (False, True)}


def check_strangers(evidence: Evidence) -> Iterator[Violation]:
    """I2: every message of ours belongs to exactly one row, or is told to a person alone."""
    rows = group(evidence.database["part"], "place", "message")
    said_alone: set[tuple[str, str]] = set()
    # A command in words has no turn, and where nothing is told to one person alone, one message.
    spoken = Counter(one.place for one in evidence.world.messages if one.id in evidence.unheard)
    for message in evidence.world.ours():
        if message.text in UNSTORED:
            continue  # said without a row, because rows could not be written
        if (message.place, message.id) in rows or _came_twice(evidence, message):
            continue
        if is_held_fast(evidence, message):
            continue  # a new one took its place
        which = f"message {message.id} of ours in {message.place}"
        if spoken[message.place] and message.text.startswith(SAID_TO_COMMANDS):
            spoken[message.place] -= 1
            continue
        person = evidence.world.direct.get(message.place)
        if person is None or not _is_told(evidence, person, message):
            yield Violation("I2", f"{which} has no row: {message.text[:50]!r}", Kind.DOUBLED)
        elif (person, message.text) in said_alone and not evidence.raised_again:
            yield Violation("I2", f"{which} says again: {message.text[:50]!r}", Kind.DOUBLED)
        said_alone.add((person or "", message.text))
    for (place, message_id), several in rows.items():
        if message_id is not None and len(several) > 1:
            yield Violation("I2", f"message {message_id} in {place} has {len(several)} rows")


def is_held_fast(evidence: Evidence, message: Seen) -> bool:
    """Tell whether Slack would not let the bot change a message of its own, or remove it."""
    return any(
        entry.service == "slack"
        and entry.route in _CHANGES
        and entry.effect == "refused"
        and isinstance(entry.request, dict)
        and isinstance(entry.answer, dict)
        and entry.request.get("ts") == message.id
        and entry.answer.get("error") in _HELD_FAST
        for entry in evidence.entries
    )


def _came_twice(evidence: Evidence, message: Seen) -> bool:
    """Tell whether a message may stand there twice, which the second one then says.

    Nobody could look whether the first one came to be.
    """
    rows = (row for row in evidence.database["part"] if row["again"])
    return any(
        row["place"] == message.place and position_of(row["message"] or "0") > message.position
        for row in rows
    )


def _is_told(evidence: Evidence, person: str, message: Seen) -> bool:
    """Tell whether a message may stand in a person's direct messages without a row.

    It is an alert, that stands or stood, or says what became of a turn that could be shown
    nowhere else.
    """
    database = evidence.database
    if any(message.text == row["text"] for row in database["alert"]):
        return True
    if _LOW.match(message.text) or message.text in RETIRED:
        return True
    if _TROUBLE.search(message.text):
        faults = (BackendFault.AUTH, BackendFault.FUNDS)
        backend = message.text.partition("The service is `")[2].partition("`")[0]
        return message.text in [
            notices_operators.account_trouble(backend, fault) for fault in faults
        ]
    return any(
        turn["outcome"] == "undeliverable"
        and turn["author"] == person
        and notices.reference(turn["id"]) in message.text
        for turn in database["turn"]
    )
