"""Drafts: kept as they are, used at most once whoever tries, gone with what they are about."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from bot.domain import Author, Edit, EditOptions, MaskKind, Outcome
from bot.events import (
    Action,
    Asked,
    MaskPainted,
    MessageDeleted,
    PlaceDeleted,
    Verdict,
    WorkspaceLeft,
)
from bot.ports import Conclusion, Decision, DraftKind
from storage.store import SqliteStore, open_store
from tests.fresh import lay_database
from tests.stored import (
    ANN,
    BEN,
    NOW,
    OPTIONS,
    asked,
    attachment,
    claimed,
    concluded,
    draft,
    dump,
    edited,
    made,
    made_by,
    mention,
    opened,
    painted,
    picture_file,
    press,
    select,
    store,
    thread,
)

__all__ = ["store"]

DAY = 24 * 3_600_000
HERE = thread("100")
WHOLE = draft(
    kind=DraftKind.PAINT,
    author=Author("u-cleo", "Cleo", moderator=True, admin=True, roles=("r1", "r2")),
    opens_thread=True,
    edit=Edit(
        EditOptions("a", "b", "c", "d", 5, "e"),
        numbers=(2, 1),
        files_first=True,
        nearby=True,
        mask=MaskKind.ATTACHED,
        mask_file=3,
        mask_blob="m",
        shows=4,
    ),
    prompt="say “ja”\n\x1f",
    attachments=(attachment("f1"), attachment("f2", message="7", place="p")),
    about="t",
)


async def state(store: SqliteStore, name: str = "d1") -> tuple[str, bool]:
    """Return by what a draft was used, and whether it was revoked."""
    found = await store.draft(name)
    assert found is not None
    return found.used, found.revoked


async def test_a_draft_is_kept_as_it_is(store: SqliteStore) -> None:
    for each in (WHOLE, draft("d2")):
        await store.add_draft(each)
        assert await store.draft(each.id) == each
    assert await store.draft("unknown") is None


async def test_drafts_outlive_a_restart_and_go_a_day_after_their_time(tmp_path: Path) -> None:
    async with opened(tmp_path / "bot.db") as store:
        await store.add_draft(WHOLE)
    async with opened(tmp_path / "bot.db") as store:
        over = WHOLE.expires_at + DAY
        assert (await store.purge(over))["drafts"] == 0
        assert await store.draft("d1") == WHOLE
        assert (await store.purge(over + 1))["drafts"] == 1
        assert await store.draft("d1") is None


# --- what is no more -----------------------------------------------------------------------------


async def test_what_goes_on_from_a_deleted_question_is_revoked(store: SqliteStore) -> None:
    turn = await made_by_ann(store)
    varied = await made_by(store, press(Action.VARY, turn), made("r2", 1))
    for each in (
        draft("about", about=turn),
        draft("further", about=varied.id),
        draft("other"),
        draft("used", about=varied.id),
    ):
        await store.add_draft(each)
    await store.admit(asked("600", of=HERE, edit=Edit(), draft="used", about=varied.id), NOW)
    await store.admit(MessageDeleted("discord", "guild", "chan", "100"), NOW)
    revoked = {name: (await state(store, name))[1] for name in ("about", "further", "used")}
    assert revoked == {"about": True, "further": True, "used": True}
    assert await state(store, "other") == ("", False)
    for name in revoked:
        found = await store.draft(name)
        assert found is not None
        assert (found.prompt, found.attachments, found.author.name) == ("", (), "")


async def made_by_ann(store: SqliteStore) -> str:
    """Have a picture that was made of Ann's, and return its turn."""
    event = mention("100", attachments=(attachment(),), edit=Edit(files_first=True))
    await store.admit(event, NOW)
    turn = await claimed(store)
    await store.set_place(turn, "100")
    await store.put_file(turn, picture_file("a"))
    await concluded(store, turn, made("r", 1))
    await store.end(turn, Outcome.ANSWERED, NOW)
    return turn.id


async def test_a_deleted_messages_files_leave_the_forms_that_offer_them(store: SqliteStore) -> None:
    mine, others = attachment("f1", message="90"), attachment("f2", message="91")
    elsewhere = attachment("f3", message="90", place="elsewhere")
    await store.add_draft(draft("menu", attachments=(mine,)))
    await store.add_draft(draft("choice", attachments=(others, mine, elsewhere)))
    await store.admit(MessageDeleted("discord", "guild", "chan", "90"), NOW)
    assert await state(store, "menu") == ("", True)
    assert await state(store, "choice") == ("", False)
    found = await store.draft("choice")
    assert found is not None
    first, gone, last = found.attachments
    assert (first, last) == (others, elsewhere)
    assert (gone.name, gone.url, gone.message) == ("", "", "")
    before = await dump(store)
    await store.admit(MessageDeleted("discord", "other", "chan", "91"), NOW)
    assert await store.draft("choice") == found
    assert before["draft"] == (await dump(store))["draft"]


async def test_a_file_that_was_taken_off_its_message_leaves_the_forms(store: SqliteStore) -> None:
    one, other = attachment("f1", message="90"), attachment("f2", message="90")
    for name, files in (("both", (one, other)), ("one", (one,)), ("other", (other,))):
        await store.add_draft(draft(name, attachments=files))
    await store.admit(edited("90", "changed", files=("f2",)), NOW)
    revoked = {name: (await state(store, name))[1] for name in ("both", "one", "other")}
    assert revoked == {"both": False, "one": True, "other": False}
    both = await store.draft("both")
    assert both is not None
    assert (both.attachments[0].is_gone, both.attachments[1]) == (True, other)


@pytest.mark.parametrize(
    ("event", "left"),
    [
        (PlaceDeleted("discord", "guild", "100"), ["channel", "elsewhere"]),
        (PlaceDeleted("discord", "guild", "chan"), ["elsewhere"]),
        (PlaceDeleted("discord", "other", "chan"), ["by-place", "channel", "here"]),
        (WorkspaceLeft("discord", "guild"), ["elsewhere"]),
    ],
)
async def test_drafts_go_with_their_place(
    store: SqliteStore, event: PlaceDeleted | WorkspaceLeft, left: list[str]
) -> None:
    for each in (
        draft("here"),
        draft("by-place", thread=thread("500"), place="100"),
        draft("channel", thread=thread("600"), place="chan", opens_thread=True),
        draft("elsewhere", thread=thread("100", workspace="other")),
    ):
        await store.add_draft(each)
    await store.admit(event, NOW)
    rows = await select(store, "SELECT id FROM draft WHERE revoked = 0 ORDER BY id")
    assert [row[0] for row in rows] == left


# --- several hands -------------------------------------------------------------------------------

T = TypeVar("T")
DRAFTS = st.sampled_from([DraftKind.FORM, DraftKind.PAINT])
PEOPLE = st.sampled_from([ANN, BEN])


class Drafting(RuleBasedStateMachine):
    """People open forms and pages, send them from several hands, and take things back."""

    drafts = Bundle("drafts")

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._folder = tempfile.TemporaryDirectory()
        self.now = NOW
        self.made = 0
        self.used: dict[str, str] = {}
        self.revoked: set[str] = set()
        self.expires: dict[str, int] = {}
        self.author: dict[str, Author] = {}
        self.kind: dict[str, DraftKind] = {}
        self.turns: dict[str, list[str]] = {}
        self.base, self.is_removed = "", False
        self.store = self.run(self._open())

    async def _open(self) -> SqliteStore:
        path = Path(self._folder.name) / "bot.db"
        lay_database(path)
        store = await open_store(path)
        self.base = await made_by_ann(store)
        return store

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    def teardown(self) -> None:
        self.run(self.store.aclose())
        self._loop.close()
        self._folder.cleanup()

    def _next(self) -> int:
        self.made += 1
        return self.made

    @rule(target=drafts, kind=DRAFTS, author=PEOPLE, lives=st.integers(1, 5), about=st.booleans())
    def open(self, kind: DraftKind, author: Author, lives: int, about: bool) -> str:
        name = f"d{self._next()}"
        about_turn = self.base if about else ""
        if about and kind is DraftKind.PAINT and self.is_removed:
            self.revoked.add(name)  # there is nothing to paint on
        self.expires[name] = self.now + lives * 1_000
        self.author[name], self.kind[name], self.turns[name] = author, kind, []
        new = draft(
            name,
            kind=kind,
            author=author,
            about=about_turn,
            edit=Edit(numbers=(1 if not about else 2,), options=OPTIONS),
            expires_at=self.expires[name],
        )
        self.run(self.store.add_draft(new))
        return name

    def _event(self, name: str, author: Author) -> Asked | MaskPainted:
        if self.kind[name] is DraftKind.PAINT:
            return painted(name, mask=f"mask-{self._next()}")
        number = str(1_000 + self._next())
        return asked(number, of=HERE, author=author, edit=Edit(numbers=(1,)), draft=name)

    def _expected(self, name: str, author: Author) -> Verdict:
        if self.kind[name] is DraftKind.FORM and author != self.author[name]:
            return Verdict.DENIED
        if name in self.used:
            return Verdict.DUPLICATE
        if name in self.revoked or self.expires[name] <= self.now:
            return Verdict.GONE
        return Verdict.ADMITTED

    @rule(name=drafts, hands=st.lists(PEOPLE, min_size=1, max_size=4))
    def send(self, name: str, hands: list[Author]) -> None:
        events = [self._event(name, author) for author in hands]

        async def send() -> list[Decision]:
            return await asyncio.gather(*(self.store.admit(each, self.now) for each in events))

        for author, decision in zip(hands, self.run(send()), strict=True):
            assert decision.verdict is self._expected(name, author)
            if decision.verdict is Verdict.ADMITTED:
                self.used[name] = decision.turn
                self.turns[name].append(decision.turn)
            if decision.verdict is Verdict.DUPLICATE:
                assert decision.turn == self.used[name]

    @rule(name=drafts)
    def send_while_busy(self, name: str) -> None:
        author = self.author[name]
        expected = self._expected(name, author)
        decision = self.run(self.store.admit(self._event(name, author), self.now, 0))
        assert decision.verdict is expected
        assert self.run(state(self.store, name))[0] == self.used.get(name, "")

    @rule(refused=st.booleans())
    def work(self, refused: bool) -> None:
        """Bring all that is open to its end."""
        outcome = Outcome.REFUSED if refused else Outcome.FAILED

        async def work() -> list[str]:
            over: list[str] = []
            await self.store.beat("w1", self.now, self.now + 60_000)
            while turns := await self.store.claim("w1", self.now, 10):
                for turn in turns:
                    end = Outcome.REFUSED if turn.error else outcome
                    await self.store.conclude(turn, Conclusion(end), self.now)
                    await self.store.end(turn, end, self.now)
                    if end is Outcome.REFUSED:
                        over.append(turn.id)
            return over

        for turn in self.run(work()):
            for name, used in list(self.used.items()):
                if used == turn and self.kind[name] is DraftKind.PAINT:
                    del self.used[name]

    @rule(seconds=st.integers(1, 3))
    def wait(self, seconds: int) -> None:
        self.now += seconds * 1_000

    @rule(name=drafts)
    def forget_another_place(self, name: str) -> None:
        """Its drafts go, and no others."""
        other = replace(draft(f"x{self._next()}"), thread=thread("700"), place="700")
        self.run(self.store.add_draft(other))
        self.run(self.store.admit(PlaceDeleted("discord", "guild", "700"), self.now))
        assert self.run(state(self.store, other.id)) == ("", True)
        assert self.run(state(self.store, name)) == (self.used.get(name, ""), name in self.revoked)

    @rule(name=drafts)
    def start_again(self, name: str) -> None:
        """Stop and start, as after a crash: what was committed holds."""

        async def again() -> SqliteStore:
            await self.store.aclose()
            return await open_store(Path(self._folder.name) / "bot.db")

        self.store = self.run(again())
        assert self.run(state(self.store, name))[0] == self.used.get(name, "")

    @rule()
    def remove_the_picture(self) -> None:
        """What goes on from the picture is revoked with it."""
        pressed = press(Action.REMOVE, self.base, interaction=str(5_000 + self._next()))
        if self.run(self.store.admit(pressed, self.now)).verdict is not Verdict.ADMITTED:
            return
        rows = self.run(select(self.store, "SELECT id FROM draft WHERE revoked = 1"))
        self.revoked |= {row[0] for row in rows if row[0] in self.kind}
        abouts = self.run(select(self.store, "SELECT id FROM draft WHERE about = :b", b=self.base))
        assert {row[0] for row in abouts} <= self.revoked
        self.is_removed = True

    @invariant()
    def at_most_one_turn_came_of_each(self) -> None:
        """Turns that were refused, and those that only said so, do not count."""
        rows = self.run(
            select(
                self.store,
                """SELECT source, id FROM turn
                   WHERE kind = 'picture' AND edit LIKE '%"painted"%' AND error = ''
                     AND (outcome IS NULL OR outcome <> 'refused')""",
            )
        )
        of_drafts: dict[str, list[str]] = {}
        for source, turn in rows:
            of_drafts.setdefault(source.partition(":")[0], []).append(turn)
        for name, turns in of_drafts.items():
            assert len(turns) == 1, name
            assert self.run(state(self.store, name))[0] == turns[0]


def test_a_draft_is_used_at_most_once_whoever_tries() -> None:
    run_state_machine_as_test(Drafting, settings=settings(max_examples=25, stateful_step_count=25))
