"""Edits of pictures as they are asked for: messages, commands, forms and pages."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain import Author, Edit, MaskKind, Outcome, Quote, Turn, TurnKind
from bot.events import TOO_MANY, Action, MessageDeleted, Verdict
from bot.ports import Decision, DraftKind
from storage.store import SqliteStore
from tests.edit_scene import EDIT, HERE, finish, finish_part, open_turn, result
from tests.stored import (
    BEN,
    NOW,
    OPTIONS,
    asked,
    attachment,
    claimed,
    concluded,
    draft,
    dump,
    ended,
    made,
    mention,
    painted,
    picture_file,
    press,
    store,
    thread,
)

__all__ = ["result", "store"]


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
