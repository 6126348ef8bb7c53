"""Edits of pictures as they are asked for: messages, commands, buttons, pages, late results."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import Author, Edit, MaskKind, Outcome, Quote, ThreadRef, Turn, TurnKind
from bot.events import (
    OPENING,
    TOO_MANY,
    Action,
    MessageDeleted,
    PlaceDeleted,
    ResultCame,
    Verdict,
    WorkspaceLeft,
)
from bot.ports import Conclusion, Decision, DraftKind
from storage.engine import Operation
from storage.store import SqliteStore
from tests.stored import (
    ANN,
    BEN,
    IMAGE_HOLD,
    IMAGE_MODEL,
    LATER,
    MODEL,
    MODERATOR,
    NOW,
    OPTIONS,
    admitted,
    asked,
    attachment,
    claimed,
    concluded,
    draft,
    dump,
    edited,
    ended,
    made,
    made_by,
    mention,
    opened,
    painted,
    picture_file,
    press,
    select,
    shown,
    thread,
)

HERE = thread("100")
EDIT = Edit(files_first=True, options=OPTIONS)
RESULT = ResultCame("discord", "guild", "")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with opened(tmp_path / "bot.db") as store:
        yield store


@pytest.fixture
async def result(store: SqliteStore) -> Turn:
    """Have a thread with Ann's picture 1, and 2, which was made of it and shown as `m2`."""
    await store.admit(
        mention("100", text="edit: pink", attachments=(attachment(),), edit=EDIT), NOW
    )
    turn = await claimed(store)
    await store.set_place(turn, "100")
    await store.put_file(turn, picture_file("a"))
    await concluded(store, turn, made("r", 1))
    await shown(store, turn, "m2")
    await store.end(turn, Outcome.ANSWERED, NOW)
    return turn


async def open_turn(store: SqliteStore, decision: Decision) -> Turn:
    """Return the turn that was just admitted, which is claimed."""
    assert decision.verdict is Verdict.ADMITTED
    assert decision.thread == HERE
    turn = await claimed(store)
    assert turn.id == decision.turn
    return turn


async def finish(store: SqliteStore, turn: Turn, outcome: Outcome = Outcome.STOPPED) -> None:
    await store.conclude(turn, Conclusion(outcome), NOW)
    await store.end(turn, outcome, NOW)


# --- messages ------------------------------------------------------------------------------------


async def test_a_message_asks_for_an_edit(store: SqliteStore) -> None:
    event = mention("100", text="edit: pink", attachments=(attachment(),), edit=EDIT)
    await store.admit(event, NOW)
    turn = await claimed(store)
    assert (turn.kind, turn.edit, turn.prompt) == (TurnKind.PROMPT, EDIT, "edit: pink")
    assert await store.read(turn.id) == turn


@pytest.mark.usefixtures("result")
@pytest.mark.parametrize(
    ("edit", "replied", "numbers", "files_first"),
    [
        (Edit(), True, (2,), False),
        (Edit(numbers=(1,)), True, (2, 1), False),
        (Edit(numbers=(1, 2)), True, (2, 1), False),
        (Edit(files_first=True), False, (2,), False),
        (Edit(numbers=(1,), files_first=True), False, (1,), True),
    ],
)
async def test_a_reply_to_a_picture_edits_that_picture(
    store: SqliteStore, edit: Edit, replied: bool, numbers: tuple[int, ...], files_first: bool
) -> None:
    event = mention(
        "101",
        of=HERE,
        text="brighter",
        addressed=False,
        reply_to="m2",
        edit=edit,
        edit_replied=replied,
    )
    turn = await open_turn(store, await store.admit(event, NOW))
    assert turn.edit == replace(edit, numbers=numbers, files_first=files_first)
    # What it replies to is the picture, not words.
    question = (await store.history(turn, 9))[-1]
    assert (question.text, question.quote) == ("brighter", None)


@pytest.mark.usefixtures("result")
async def test_a_reply_to_anything_else_is_a_question(store: SqliteStore) -> None:
    answered = await ended(store, mention("101", of=HERE, text="why?"), answer="so")
    await finish_part(store, answered)
    for number, (reply_to, addressed) in enumerate((("m3", False), ("", True), ("unknown", True))):
        event = mention(
            f"11{number}",
            of=HERE,
            text="brighter",
            addressed=addressed,
            reply_to=reply_to,
            edit=Edit(),
            edit_replied=True,
        )
        turn = await open_turn(store, await store.admit(event, NOW))
        assert turn.edit is None
        await finish(store, turn)


async def execute(store: SqliteStore, sql: str, **params: object) -> None:
    def run() -> Operation[None]:
        yield sql, params

    await store.engine.write(run())


async def finish_part(store: SqliteStore, turn: Turn) -> None:
    """Have an answer that was posted, of a turn that is over."""
    sql = """INSERT INTO part (turn, purpose, idx, state, platform, workspace, place, nonce,
             message, sending_at, updated_at)
             VALUES (:turn, 'answer', 0, 'sent', 'discord', 'guild', '100', 'n', 'm3', 1, 1)"""

    await execute(store, sql, turn=turn.id)


async def test_a_reply_to_a_picture_that_is_only_a_question_is_no_edit(
    store: SqliteStore, result: Turn
) -> None:
    event = mention("101", of=HERE, text="what is this?", addressed=False, reply_to="m2")
    turn = await open_turn(store, await store.admit(event, NOW))
    assert turn.edit is None
    quoted = mention("102", of=HERE, text="x", reply_to="m2", quote=Quote("Ben", "b"), edit=Edit())
    await finish(store, turn)
    turn = await open_turn(store, await store.admit(quoted, NOW))
    question = (await store.history(turn, 9))[-1]
    assert question.quote == Quote("Ben", "b")
    assert turn.edit == Edit(numbers=(2,))
    assert result.id


# --- roles ---------------------------------------------------------------------------------------


async def test_the_roles_of_who_asks_are_kept_with_every_turn(
    store: SqliteStore, result: Turn
) -> None:
    cleo = Author("u-cleo", "Cleo", roles=("r1", "T1/S2"))
    events = (
        mention("201", of=HERE, author=cleo),
        asked("202", of=HERE, author=cleo),
        press(Action.VARY, result.id, by=cleo, interaction="203"),
        press(Action.REMOVE, result.id, by=replace(cleo, moderator=True), interaction="204"),
    )
    for event in events:
        turn = await open_turn(store, await store.admit(event, NOW))
        assert turn.author == cleo
        await finish(store, turn)
    assert (await store.read(result.id)) is not None
    assert result.author.roles == ()


# --- commands and forms --------------------------------------------------------------------------


async def test_a_command_asks_for_an_edit(store: SqliteStore) -> None:
    event = asked("500", text="pink", attachments=(attachment(),), edit=EDIT)
    decision = await store.admit(event, NOW)
    turn = await claimed(store)
    assert decision == Decision(Verdict.ADMITTED, turn.id, thread("500"))
    assert (turn.kind, turn.edit, turn.prompt, turn.opens_thread) == (
        TurnKind.ASK,
        EDIT,
        "pink",
        True,
    )


async def test_what_goes_on_from_a_picture_is_in_its_conversation(store: SqliteStore) -> None:
    """A conversation that began by command has a key that is no place."""
    await store.admit(asked("500", attachments=(attachment(),), edit=EDIT), NOW)
    first = await claimed(store)
    await store.set_place(first, "777")
    await store.put_file(first, picture_file("a", position=500))
    await concluded(store, first, made("r", 1))
    await store.end(first, Outcome.ANSWERED, NOW)
    # Another conversation has the same place: it is followed, so that words go there.
    await store.follow(thread("777"), True, NOW)
    event = asked("600", of=thread("777"), text="more", edit=Edit(numbers=(2,)), about=first.id)
    decision = await store.admit(event, NOW)
    assert decision.thread == thread("500")
    turn = await claimed(store)
    assert (turn.about, turn.thread, turn.place) == (first.id, thread("500"), "777")
    elsewhere = replace(event, about="unknown", interaction=asked("601").interaction)
    assert (await store.admit(elsewhere, NOW)).verdict is Verdict.GONE
    foreign = replace(elsewhere, about=first.id, thread=thread("777", workspace="other"))
    assert (await store.admit(foreign, NOW)).verdict is Verdict.GONE


async def test_going_back_has_no_words(store: SqliteStore, result: Turn) -> None:
    event = asked("500", of=HERE, text="", edit=Edit(shows=1), about=result.id)
    turn = await open_turn(store, await store.admit(event, NOW))
    assert (turn.prompt, turn.edit, turn.overhears) == ("", Edit(shows=1), False)
    assert turn.interaction is not None
    texts = [each.text for each in await store.history(turn, 9)]
    assert texts == ["edit: pink", "as asked"]
    assert await store.admit(event, NOW) == Decision(Verdict.DUPLICATE, turn.id, HERE)


async def test_two_who_go_back_at_once_go_back_once(store: SqliteStore, result: Turn) -> None:
    first = asked("500", of=HERE, text="", edit=Edit(shows=1), about=result.id)
    second = replace(first, interaction=asked("501").interaction)
    turn = await open_turn(store, await store.admit(first, NOW))
    assert await store.admit(second, NOW) == Decision(Verdict.DUPLICATE, turn.id, HERE)
    await finish(store, turn, Outcome.ANSWERED)
    # Once that is done it can be gone back to again.
    third = replace(first, interaction=asked("502").interaction)
    assert (await open_turn(store, await store.admit(third, NOW))).id != turn.id


async def test_a_form_uses_its_draft_up(store: SqliteStore, result: Turn) -> None:
    await store.add_draft(draft(about=result.id))
    event = asked("500", of=HERE, edit=Edit(numbers=(2,)), about=result.id, draft="d1")
    turn = await open_turn(store, await store.admit(event, NOW))
    found = await store.draft("d1")
    assert found is not None
    assert found.used == turn.id
    again = replace(event, interaction=asked("501").interaction)
    for each in (event, again):
        decision = await store.admit(each, NOW)
        assert (decision.verdict, decision.turn) == (Verdict.DUPLICATE, turn.id)


@pytest.mark.usefixtures("result")
async def test_a_draft_that_cannot_be_used_makes_no_turn(store: SqliteStore) -> None:
    elsewhere = thread("100", workspace="other")
    for each in (
        draft("late", expires_at=NOW),
        draft("foreign", author=BEN),
        draft("elsewhere", thread=elsewhere),
        draft("fine"),
    ):
        await store.add_draft(each)
    before = await dump(store)
    for name, verdict in (
        ("late", Verdict.GONE),
        ("unknown", Verdict.GONE),
        ("elsewhere", Verdict.GONE),
        ("foreign", Verdict.DENIED),
    ):
        event = asked("500", of=HERE, edit=Edit(), draft=name)
        assert (await store.admit(event, NOW)).verdict is verdict
    assert await dump(store) == before
    fine = asked("500", of=HERE, edit=Edit(), draft="fine")
    assert (await store.admit(fine, NOW)).verdict is Verdict.ADMITTED


@pytest.mark.usefixtures("result")
async def test_who_asks_too_much_can_send_the_form_again(store: SqliteStore) -> None:
    await store.add_draft(draft())
    event = asked("500", of=HERE, edit=Edit(), draft="d1")
    turn = await open_turn(store, await store.admit(event, NOW, 0))
    assert turn.error == TOO_MANY
    found = await store.draft("d1")
    assert found is not None
    assert found.used == ""
    await finish(store, turn, Outcome.REFUSED)
    again = replace(event, interaction=asked("501").interaction, position=501)
    assert (await store.admit(again, NOW)).verdict is Verdict.ADMITTED


async def test_two_who_send_one_form_at_once_make_one_turn(
    store: SqliteStore, result: Turn
) -> None:
    await store.add_draft(draft(about=result.id))
    decisions = await asyncio.gather(
        *(store.admit(asked(f"50{n}", of=HERE, edit=Edit(), draft="d1"), NOW) for n in range(5))
    )
    verdicts = sorted(each.verdict for each in decisions)
    assert verdicts == [Verdict.ADMITTED, *[Verdict.DUPLICATE] * 4]
    assert len({each.turn for each in decisions}) == 1


# --- buttons -------------------------------------------------------------------------------------


async def test_what_opens_a_form_is_none_of_the_stores_business(
    store: SqliteStore, result: Turn
) -> None:
    before = await dump(store)
    for action in OPENING:
        assert (await store.admit(press(action, result.id), NOW)).verdict is Verdict.IGNORED
    assert await dump(store) == before


async def test_a_picture_is_varied_by_what_it_was_made_by(store: SqliteStore, result: Turn) -> None:
    await store.admit(mention("101", of=HERE, text="edit: x", edit=Edit()), NOW)
    turn = await claimed(store)
    await store.number_picture(turn, "b", "image/png", 1, 1)
    await finish(store, turn)
    event = mention("102", of=HERE, text="edit: both", author=BEN, edit=Edit(numbers=(3, 1)))
    second = await made_by(store, event, made("r2", 3, 1, prompt="both"))
    decision = await store.admit(press(Action.VARY, second.id, by=ANN), NOW)
    turn = await open_turn(store, decision)
    assert (turn.kind, turn.about, turn.author.id) == (TurnKind.PICTURE, second.id, ANN.id)
    assert (turn.prompt, turn.edit) == ("both", Edit(numbers=(3, 1), options=OPTIONS))
    question = (await store.history(turn, 9))[-1]
    assert question.author == BEN.name  # the words are hers who wrote them
    assert result.id != second.id


async def test_pressed_twice_it_is_varied_once_until_that_has_ended(
    store: SqliteStore, result: Turn
) -> None:
    first, again, other = await asyncio.gather(
        store.admit(press(Action.VARY, result.id), NOW),
        store.admit(press(Action.VARY, result.id), NOW),
        store.admit(press(Action.VARY, result.id, by=BEN, interaction="901"), NOW),
    )
    assert first.verdict is Verdict.ADMITTED
    assert again == other == Decision(Verdict.DUPLICATE, first.turn, HERE)
    turn = await claimed(store)
    assert (await store.admit(press(Action.VARY, result.id, interaction="902"), NOW)) == again
    await concluded(store, turn, made("v1", 1))
    await store.end(turn, Outcome.ANSWERED, NOW)
    more = await store.admit(press(Action.VARY, result.id, interaction="903"), NOW)
    assert more.verdict is Verdict.ADMITTED
    keys = await select(store, "SELECT once FROM turn WHERE once IS NOT NULL ORDER BY once")
    assert keys == [(f"vary:{result.id}:0",), (f"vary:{result.id}:1",)]
    # What was varied can be varied in turn.
    await finish(store, await claimed(store))
    deeper = await store.admit(press(Action.VARY, turn.id, interaction="904"), NOW)
    assert deeper.verdict is Verdict.ADMITTED


async def test_who_asks_too_much_varies_nothing_and_may_later(
    store: SqliteStore, result: Turn
) -> None:
    decision = await store.admit(press(Action.VARY, result.id), NOW, 0)
    turn = await open_turn(store, decision)
    assert (turn.error, turn.prompt) == (TOO_MANY, "")
    await finish(store, turn, Outcome.REFUSED)
    again = await store.admit(press(Action.VARY, result.id, interaction="901"), NOW)
    assert again.verdict is Verdict.ADMITTED
    assert (await claimed(store)).prompt == "make it pink"


@pytest.mark.parametrize(
    ("edit", "varied"),
    [
        (Edit(mask=MaskKind.TRANSPARENCY), Edit(mask=MaskKind.TRANSPARENCY)),
        (
            Edit(mask=MaskKind.PAINTED, mask_blob="m"),
            Edit(mask=MaskKind.PAINTED, mask_blob="m"),
        ),
        (
            Edit(files_first=True, mask=MaskKind.ATTACHED, mask_file=1),
            Edit(mask=MaskKind.PAINTED, mask_blob="b"),
        ),
    ],
)
async def test_a_picture_is_varied_within_its_mask(
    store: SqliteStore, edit: Edit, varied: Edit
) -> None:
    files = (attachment("f1"), attachment("f2"))
    await store.admit(mention("100", attachments=files, edit=edit), NOW)
    turn = await claimed(store)
    for n, blob in enumerate(("a", "b")):
        await store.put_file(turn, picture_file(blob, n=n))
    await concluded(store, turn, made("r", 1, masked=True))
    await store.end(turn, Outcome.ANSWERED, NOW)
    again = await open_turn(store, await store.admit(press(Action.VARY, turn.id), NOW))
    assert again.edit == replace(varied, numbers=(1,), options=OPTIONS)
    await finish(store, again)
    assert varied.mask_blob not in await store.unused_blobs(["a", "b", "m"])
    # Without its mask another would be made that nobody asked for.
    for sql in ("DELETE FROM mask", "UPDATE file SET blob = '' WHERE n = 1"):
        await execute(store, sql)
    pressed = press(Action.VARY, turn.id, interaction="901")
    expected = Verdict.GONE if varied.mask_blob else Verdict.ADMITTED
    assert (await store.admit(pressed, NOW)).verdict is expected


async def test_nothing_is_varied_of_what_is_gone_or_was_never_made(
    store: SqliteStore, result: Turn
) -> None:
    back = asked("500", of=HERE, text="", edit=Edit(shows=1), about=result.id)
    turn = await open_turn(store, await store.admit(back, NOW))
    await finish(store, turn, Outcome.ANSWERED)
    failed = await ended(store, mention("501", of=HERE, edit=Edit()), Outcome.FAILED, "")
    for old in (turn.id, failed.id, "unknown"):
        assert (await store.admit(press(Action.VARY, old), NOW)).verdict is Verdict.GONE
    elsewhere = press(Action.VARY, result.id, workspace="other")
    assert (await store.admit(elsewhere, NOW)).verdict is Verdict.GONE
    # Its base was taken back.
    await store.admit(MessageDeleted("discord", "guild", "chan", "100"), NOW)
    assert (await store.admit(press(Action.VARY, result.id), NOW)).verdict is Verdict.GONE


async def test_a_picture_is_chosen_as_the_base_by_anybody(store: SqliteStore, result: Turn) -> None:
    await made_by(store, mention("101", of=HERE, edit=Edit()), made("r2", 2))
    done = Decision(Verdict.DONE, thread=HERE)
    assert await store.admit(press(Action.BASE, result.id, by=BEN), NOW) == done
    latest = await store.latest_picture(HERE)
    assert latest is not None
    assert latest.number == 2
    assert (await store.admit(press(Action.BASE, "unknown"), NOW)).verdict is Verdict.GONE


async def test_a_picture_is_removed_by_its_asker_once(store: SqliteStore, result: Turn) -> None:
    before = await dump(store)
    denied = await store.admit(press(Action.REMOVE, result.id, by=BEN), NOW)
    assert denied == Decision(Verdict.DENIED, result.id, HERE)
    assert await dump(store) == before
    await store.add_draft(draft("about", about=result.id))
    await store.add_draft(draft("of-it", edit=Edit(numbers=(1, 2))))
    await store.add_draft(draft("other", edit=Edit(numbers=(1,))))

    decision = await store.admit(press(Action.REMOVE, result.id), NOW)
    turn = await open_turn(store, decision)
    assert (turn.kind, turn.about, turn.edit) == (TurnKind.PICTURE, result.id, Edit(removes=2))
    again = await store.admit(press(Action.REMOVE, result.id, interaction="901"), NOW)
    assert again == Decision(Verdict.DUPLICATE, turn.id, HERE)

    # From now on nobody goes on from it; its bytes go with its message.
    picture = (await store.pictures(HERE))[-1]
    assert (picture.blob, picture.removed, picture.prompt) == ("r", True, "")
    latest = await store.latest_picture(HERE)
    assert latest is not None
    assert latest.number == 1
    revoked = {
        each.id: each.revoked
        for name in ("about", "of-it", "other")
        if (each := await store.draft(name)) is not None
    }
    assert revoked == {"about": True, "of-it": True, "other": False}
    for action in (Action.VARY, Action.BASE):
        pressed = press(action, result.id, interaction="902")
        assert (await store.admit(pressed, NOW)).verdict is Verdict.GONE
    assert await store.unused_blobs(["r"]) == set()
    await store.conclude(turn, Conclusion(Outcome.CANCELLED), NOW)
    assert await store.unused_blobs(["r"]) == {"r"}
    await store.end(turn, Outcome.CANCELLED, NOW)


async def test_a_moderator_removes_any_picture_also_when_busy(
    store: SqliteStore, result: Turn
) -> None:
    decision = await store.admit(press(Action.REMOVE, result.id, by=MODERATOR), NOW, 0)
    turn = await open_turn(store, decision)
    assert turn.error == ""


async def test_who_shows_a_picture_again_may_not_remove_it(
    store: SqliteStore, result: Turn
) -> None:
    event = asked("500", of=HERE, author=BEN, text="", edit=Edit(shows=1), about=result.id)
    turn = await open_turn(store, await store.admit(event, NOW))
    await finish(store, turn, Outcome.ANSWERED)
    denied = await store.admit(press(Action.REMOVE, turn.id, by=BEN), NOW)
    assert denied.verdict is Verdict.DENIED
    removal = await open_turn(store, await store.admit(press(Action.REMOVE, turn.id), NOW))
    assert removal.edit == Edit(removes=1)
    await finish(store, removal, Outcome.CANCELLED)
    # The file that it came by goes as well.
    assert await store.unused_blobs(["a"]) == {"a"}


async def test_what_is_to_be_removed_still_is_once_its_question_is_deleted(
    store: SqliteStore, result: Turn
) -> None:
    decision = await store.admit(press(Action.REMOVE, result.id), NOW)
    await store.admit(MessageDeleted("discord", "guild", "chan", "100"), NOW)
    removal = await open_turn(store, decision)
    assert not removal.cancel_requested


# --- asking again --------------------------------------------------------------------------------


async def test_an_edit_is_retried_as_it_was(store: SqliteStore) -> None:
    edit = replace(EDIT, mask=MaskKind.PAINTED, mask_blob="m")
    event = mention("100", text="edit: pink", attachments=(attachment(),), edit=edit)
    old = await ended(store, event, Outcome.FAILED, "")
    decision = await store.admit(press(Action.RETRY, old.id), NOW)
    turn = await open_turn(store, decision)
    assert (turn.kind, turn.edit, turn.prompt) == (TurnKind.RETRY, edit, "edit: pink")
    assert [file.attachment for file in (await store.history(turn, 9))[-1].files] == [attachment()]
    # Its mask is its own: the old one's may go.
    await store.admit(MessageDeleted("discord", "guild", "elsewhere", "100"), NOW)
    masks = await select(store, "SELECT turn, blob FROM mask ORDER BY turn")
    assert masks == sorted([(old.id, "m"), (turn.id, "m")])


async def test_an_edit_that_was_stopped_can_be_asked_for_again(store: SqliteStore) -> None:
    old = await ended(store, mention("100", text="edit: pink", edit=EDIT), Outcome.STOPPED, "")
    decision = await store.admit(press(Action.RETRY, old.id), NOW)
    turn = await open_turn(store, decision)
    assert (turn.kind, turn.edit, turn.prompt) == (TurnKind.RETRY, EDIT, "edit: pink")


async def test_an_edit_is_neither_continued_nor_regenerated(
    store: SqliteStore, result: Turn
) -> None:
    for action in (Action.CONTINUE, Action.REGENERATE, Action.RETRY):
        assert (await store.admit(press(action, result.id), NOW)).verdict is Verdict.GONE
    for action in (Action.GOOD, Action.BAD):
        assert (await store.admit(press(action, result.id), NOW)).verdict is Verdict.DONE


async def test_a_changed_request_for_an_edit_is_offered_an_answer_too(
    store: SqliteStore, result: Turn
) -> None:
    decision = await store.admit(edited("100", "edit: blue", files=("f1",)), NOW)
    turn = await open_turn(store, decision)
    assert (turn.kind, turn.edit, turn.about) == (TurnKind.EDITED, None, result.id)


async def test_what_was_made_and_never_shown_is_only_to_be_shown(store: SqliteStore) -> None:
    await store.admit(mention("100", attachments=(attachment(),), edit=EDIT), NOW)
    old = await claimed(store)
    await store.set_place(old, "100")
    await store.put_file(old, picture_file("a"))
    await concluded(store, old, made("r", 1))
    await store.end(old, Outcome.UNDELIVERABLE, NOW)
    turn = await open_turn(store, await store.admit(press(Action.RETRY, old.id), NOW))
    assert (turn.edit, turn.answer) == (Edit(shows=2), "as asked")
    found = await store.picture_made(turn.id)
    assert found is not None
    assert (found.number, found.turn) == (2, old.id)
    await store.show_picture(turn, 2)
    latest = await store.latest_picture(HERE)
    assert latest == found
    # That could not be shown either, and is tried once more.
    await store.conclude(turn, Conclusion(Outcome.ANSWERED, "as asked"), NOW)
    await store.end(turn, Outcome.UNDELIVERABLE, NOW)
    pressed = press(Action.RETRY, turn.id, interaction="901")
    again = await open_turn(store, await store.admit(pressed, NOW))
    assert (again.edit, again.answer) == (Edit(shows=2), "as asked")


async def test_going_back_is_retried_without_words(store: SqliteStore, result: Turn) -> None:
    event = asked("500", of=HERE, text="", edit=Edit(shows=1), about=result.id)
    old = await open_turn(store, await store.admit(event, NOW))
    await finish(store, old, Outcome.FAILED)
    turn = await open_turn(store, await store.admit(press(Action.RETRY, old.id), NOW))
    assert (turn.kind, turn.edit, turn.prompt) == (TurnKind.RETRY, Edit(shows=1), "")


# --- painted masks -------------------------------------------------------------------------------


async def test_a_painted_mask_becomes_a_turn(store: SqliteStore, result: Turn) -> None:
    cleo = replace(BEN, roles=("r1",))
    files = (attachment("ref", message="90"),)
    edit = Edit(numbers=(2,), options=OPTIONS)
    await store.add_draft(
        draft(kind=DraftKind.PAINT, author=cleo, about=result.id, edit=edit, attachments=files)
    )
    decision = await store.admit(painted(), NOW)
    turn = await open_turn(store, decision)
    assert (turn.kind, turn.source, turn.about) == (TurnKind.PICTURE, "d1", result.id)
    assert (turn.author, turn.prompt, turn.interaction) == (cleo, "only this", None)
    assert turn.edit == replace(edit, mask=MaskKind.PAINTED, mask_blob="mask-1")
    # It stands after all that was said, and before all that will be.
    assert turn.position == 101
    assert [file.attachment for file in (await store.history(turn, 9))[-1].files] == list(files)
    assert await store.unused_blobs(["mask-1"]) == set()
    again = await store.admit(painted(mask="mask-2"), NOW)
    assert (again.verdict, again.turn) == (Verdict.DUPLICATE, turn.id)


async def test_a_mask_without_a_live_link_makes_nothing(store: SqliteStore, result: Turn) -> None:
    paint = DraftKind.PAINT
    for each in (
        draft("late", kind=paint, expires_at=NOW),
        draft("form"),
        draft("elsewhere", kind=paint, thread=thread(workspace="other")),
        draft("no-picture", kind=paint, edit=Edit(numbers=(7,))),
        draft("revoked", kind=paint, about=result.id),
        draft("gone", kind=paint, edit=Edit(numbers=(1,))),
    ):
        await store.add_draft(each)
    await store.admit(MessageDeleted("discord", "guild", "chan", "100"), NOW)
    before = await dump(store)
    for name in ("late", "form", "elsewhere", "no-picture", "revoked", "gone", "unknown"):
        assert (await store.admit(painted(name), NOW)).verdict is Verdict.GONE, name
    assert await dump(store) == before


@pytest.mark.usefixtures("result")
async def test_a_link_whose_turn_was_refused_is_as_good_as_before(store: SqliteStore) -> None:
    await store.add_draft(draft(kind=DraftKind.PAINT))
    busy = await open_turn(store, await store.admit(painted(), NOW, 0))
    assert busy.error == TOO_MANY
    await finish(store, busy, Outcome.REFUSED)
    refused = await open_turn(store, await store.admit(painted(), NOW))
    assert refused.error == ""
    assert (await store.admit(painted(), NOW)).verdict is Verdict.DUPLICATE
    await finish(store, refused, Outcome.REFUSED)
    taken = await open_turn(store, await store.admit(painted(), NOW))
    await finish(store, taken, Outcome.FAILED)
    assert (await store.admit(painted(), NOW)).verdict is Verdict.DUPLICATE
    sources = {turn.source for turn in (busy, refused, taken)}
    assert sources == {"d1", "d1:1", "d1:2"}


@pytest.mark.usefixtures("result")
async def test_what_comes_from_no_message_stands_after_everything_known(
    store: SqliteStore,
) -> None:
    await store.start_afresh(HERE, 3_000, NOW)
    await store.add_draft(draft(kind=DraftKind.PAINT))
    await store.admit(asked("4000", of=HERE, text="", edit=Edit(shows=1)), NOW)
    decision = await store.admit(painted(), NOW)
    turn = await store.read(decision.turn)
    assert turn is not None
    assert turn.position == 4_001


# --- late results --------------------------------------------------------------------------------


async def given_up(
    store: SqliteStore, request_id: str = "job-1", edit: Edit = EDIT, files: int = 1
) -> Turn:
    """Have an edit that a service took and did not finish in time."""
    sent = tuple(attachment(f"f{n}") for n in range(files))
    await store.admit(mention("100", text="edit: pink", attachments=sent, edit=edit), NOW)
    turn = await claimed(store)
    await store.set_place(turn, "100")
    for n in range(files):
        await store.put_file(turn, picture_file("ab"[n], n=n))
    step = await store.start_step(turn, IMAGE_MODEL, IMAGE_HOLD, NOW)
    await store.accept_step(turn, step, request_id)
    await store.await_result(turn, NOW)
    await store.conclude(turn, Conclusion(Outcome.FAILED, note="still working"), NOW)
    await store.end(turn, Outcome.FAILED, NOW)
    return turn


async def test_a_late_result_is_fetched_by_another_turn(store: SqliteStore) -> None:
    old = await given_up(store)
    assert await store.awaited() == [
        ("discord", "guild", old.id, IMAGE_MODEL.id, "job-1", NOW),
    ]
    decision = await store.admit(replace(RESULT, turn=old.id), LATER)
    turn = await open_turn(store, decision)
    assert (turn.kind, turn.about, turn.author) == (TurnKind.PICTURE, old.id, ANN)
    assert turn.edit == replace(EDIT, late_of=old.id)
    assert await store.awaited() == []

    # Its step goes on with the request, and the model, of the one that waited.
    other = replace(IMAGE_MODEL, name="other")
    step = await store.start_step(turn, other, IMAGE_HOLD, LATER)
    assert (step.n, step.repeats, step.request_id, step.model) == (1, 0, "job-1", IMAGE_MODEL.id)
    again = await store.start_step(turn, other, IMAGE_HOLD, LATER)
    assert (again.repeats, again.request_id) == (1, "job-1")
    end = Conclusion(Outcome.ANSWERED, "late", charge=IMAGE_HOLD, made=made("r", 1))
    await store.conclude(turn, end, LATER)
    await store.end(turn, Outcome.ANSWERED, LATER)
    booked = await select(store, "SELECT turn, kind, images FROM ledger ORDER BY at")
    assert booked == [(old.id, "release", 0), (turn.id, "settle", 1)]
    # The question stands where it was asked, with its files.
    turn_after = await store.read(old.id)
    assert turn_after is not None
    assert turn_after.prompt == "edit: pink"
    for each in (old.id, turn.id):
        late = await store.admit(replace(RESULT, turn=each), LATER)
        assert late.verdict in (Verdict.DUPLICATE, Verdict.GONE)


async def test_what_came_late_is_varied_within_its_attached_mask(store: SqliteStore) -> None:
    edit = replace(EDIT, mask=MaskKind.ATTACHED, mask_file=1)
    old = await given_up(store, edit=edit, files=2)
    turn = await open_turn(store, await store.admit(replace(RESULT, turn=old.id), NOW))
    await store.start_step(turn, IMAGE_MODEL, IMAGE_HOLD, NOW)
    end = Conclusion(Outcome.ANSWERED, "late", charge=IMAGE_HOLD, made=made("r", 1, masked=True))
    await store.conclude(turn, end, NOW)
    await store.end(turn, Outcome.ANSWERED, NOW)
    again = await open_turn(store, await store.admit(press(Action.VARY, turn.id), NOW))
    assert again.edit is not None
    assert (again.edit.mask, again.edit.mask_blob) == (MaskKind.PAINTED, "b")


async def test_what_came_to_nothing_is_asked_for_anew(store: SqliteStore) -> None:
    old = await given_up(store)
    await store.admit(replace(RESULT, turn=old.id), NOW)
    turn = await claimed(store)
    step = await store.start_step(turn, IMAGE_MODEL, IMAGE_HOLD, NOW, anew=True)
    assert step.request_id is None


async def test_a_result_comes_once(store: SqliteStore) -> None:
    old = await given_up(store)
    event = replace(RESULT, turn=old.id)
    first, again = await asyncio.gather(store.admit(event, NOW), store.admit(event, NOW))
    assert first.verdict is Verdict.ADMITTED
    assert again == Decision(Verdict.DUPLICATE, first.turn, HERE)


async def test_a_result_that_nobody_awaits_makes_no_turn(store: SqliteStore, result: Turn) -> None:
    before = await dump(store)
    for turn in (result.id, "unknown"):
        assert (await store.admit(replace(RESULT, turn=turn), NOW)).verdict is Verdict.GONE
    foreign = replace(RESULT, turn=result.id, workspace="other")
    assert (await store.admit(foreign, NOW)).verdict is Verdict.GONE
    assert await dump(store) == before


async def test_a_result_waits_until_its_turn_is_over(store: SqliteStore) -> None:
    await store.admit(mention("100", edit=EDIT), NOW)
    turn = await claimed(store)
    step = await store.start_step(turn, IMAGE_MODEL, IMAGE_HOLD, NOW)
    await store.accept_step(turn, step, "")
    await store.await_result(turn, NOW)
    assert await store.awaited() == []  # it has no id to be asked for by
    await store.accept_step(turn, step, "job-1")
    await store.await_result(turn, NOW)
    await store.await_result(turn, LATER)
    assert [each[5] for each in await store.awaited()] == [NOW]
    event = replace(RESULT, turn=turn.id)
    assert (await store.admit(event, NOW)).verdict is Verdict.IGNORED
    assert len(await store.awaited()) == 1
    await store.forget_awaited(turn.id)
    await store.forget_awaited(turn.id)
    assert await store.awaited() == []


async def test_whoever_asks_again_waits_for_the_late_result_until_it_is_given_up(
    store: SqliteStore,
) -> None:
    old = await given_up(store)
    before = await dump(store)
    pressed = await store.admit(press(Action.RETRY, old.id), NOW)
    assert pressed == Decision(Verdict.AWAITED, old.id, HERE)
    assert await dump(store) == before
    await store.forget_awaited(old.id)
    turn = await open_turn(store, await store.admit(press(Action.RETRY, old.id), LATER))
    assert turn.edit == EDIT
    step = await store.start_step(turn, IMAGE_MODEL, IMAGE_HOLD, NOW)
    assert step.request_id is None
    assert (await store.admit(replace(RESULT, turn=old.id), NOW)).verdict is Verdict.GONE


@pytest.mark.parametrize("ends", [None, Outcome.ANSWERED, Outcome.FAILED])
async def test_whoever_asks_again_while_a_late_result_is_brought_pays_once(
    store: SqliteStore, ends: Outcome | None
) -> None:
    old = await given_up(store)
    brought = await open_turn(store, await store.admit(replace(RESULT, turn=old.id), NOW))
    if ends is not None:
        await store.start_step(brought, IMAGE_MODEL, IMAGE_HOLD, NOW)
        picture = made("r", 1) if ends is Outcome.ANSWERED else None
        end = Conclusion(ends, "late" if picture else "", charge=IMAGE_HOLD, made=picture)
        await store.conclude(brought, end, NOW)
        await store.end(brought, ends, NOW)
    pressed = await store.admit(press(Action.RETRY, old.id), LATER)
    if ends is not Outcome.FAILED:
        assert pressed == Decision(Verdict.DUPLICATE, brought.id, HERE)
        return
    assert pressed.verdict is Verdict.ADMITTED
    # Its own notice has the button, too.
    again = await store.admit(press(Action.RETRY, brought.id), LATER)
    assert again == Decision(Verdict.DUPLICATE, pressed.turn, HERE)


async def test_a_late_result_that_could_not_be_had_is_asked_for_from_the_start(
    store: SqliteStore,
) -> None:
    old = await given_up(store)
    late = await open_turn(store, await store.admit(replace(RESULT, turn=old.id), NOW))
    await finish(store, late, Outcome.FAILED)
    turn = await open_turn(store, await store.admit(press(Action.RETRY, late.id), NOW))
    assert (turn.edit, turn.prompt, turn.about) == (EDIT, "edit: pink", late.id)
    assert [file.blob for file in (await store.history(turn, 9))[-1].files] == ["a"]
    step = await store.start_step(turn, IMAGE_MODEL, IMAGE_HOLD, NOW)
    assert step.request_id is None


@pytest.mark.parametrize(
    "event",
    [
        MessageDeleted("discord", "guild", "chan", "100"),
        PlaceDeleted("discord", "guild", "chan"),
        WorkspaceLeft("discord", "guild"),
    ],
)
async def test_nothing_is_awaited_for_what_was_deleted(
    store: SqliteStore, event: MessageDeleted | PlaceDeleted | WorkspaceLeft
) -> None:
    old = await given_up(store)
    await store.admit(event, NOW)
    assert await store.awaited() == []
    assert (await store.admit(replace(RESULT, turn=old.id), NOW)).verdict is Verdict.GONE


DAY_MS = 24 * 3_600_000


async def test_what_an_edit_is_made_of_is_forgotten_a_day_after_its_end(
    store: SqliteStore,
) -> None:
    """Whose process died between the end and the forgetting, nobody comes for any more."""
    old = await given_up(store)
    await store.admit(
        mention("200", text="edit: blue", attachments=(attachment(),), edit=EDIT), NOW
    )
    open_ = await claimed(store)
    kept = [f"edit:{old.id}", f"edit:{open_.id}", "division:x", "edited", "edit"]
    for name in (*kept, "edit:nobody"):
        await store.put_memo(name, "1 2")

    async def left() -> list[str]:
        return [row[0] for row in await select(store, "SELECT name FROM memo ORDER BY name")]

    await store.purge(NOW + DAY_MS)
    assert await left() == sorted(kept)
    # It is brought late: what it is made of is needed for as long.
    brought = await open_turn(store, await store.admit(replace(RESULT, turn=old.id), LATER))
    await store.purge(NOW + 2 * DAY_MS)
    assert f"edit:{old.id}" in await left()
    await finish(store, brought, Outcome.REFUSED)
    await store.purge(NOW + DAY_MS)
    assert f"edit:{old.id}" in await left()
    await store.purge(NOW + DAY_MS + 1)
    assert await left() == sorted(set(kept) - {f"edit:{old.id}"})


async def test_what_is_awaited_for_a_day_is_forgotten(store: SqliteStore) -> None:
    await given_up(store)
    day = 24 * 3_600_000
    await store.purge(NOW + day)
    assert len(await store.awaited()) == 1
    await store.purge(NOW + day + 1)
    assert await store.awaited() == []


async def test_a_chat_step_is_still_one(store: SqliteStore) -> None:
    await admitted(store, mention("100"))
    turn = await claimed(store)
    await store.start_step(turn, MODEL, IMAGE_HOLD, NOW)
    assert await select(store, "SELECT kind FROM step") == [("chat",)]
    assert turn.thread == ThreadRef("discord", "guild", "chan", "100")
