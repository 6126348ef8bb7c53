"""F97 and F98: links to paint a mask, opened by robots, twice, too late, or for nothing."""

from __future__ import annotations

import io
import re
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing

import aiohttp
from PIL import Image

from adapters.playground.segmind import SUBMIT
from bot.forms import texts
from tests.fault_acts import Act, Advance, Delete, Ended, Press, Stage
from tests.fault_edits import ASKED, CAPTION, EDIT, PLATFORMS, charged, edited
from tests.fault_rows import (
    ANYTHING,
    Booked,
    Called,
    Counted,
    Holds,
    Row,
    Stored,
    Turn,
    World,
    unreserved,
)
from tests.fault_rows import shows as shows_texts
from tests.painting import BOX, ORIGIN, ROBOTS, Tab
from tests.studio import Studio, mask_of, opening

MINUTES = 60.0
PAINTED = "**make it red**\n#2 → #3 · `segmind:gpt-image-1-edit-mini` · only within a mask"
OVER = (
    "You may use 1 picture in all, and all of it is used. Nothing was charged. An admin here can "
    f"give more; your question is kept: press Retry then. Reference: `{ANYTHING}`"
)


def at(platform: str) -> World:
    """Return a world whose bot offers links."""
    return World(platform=platform, segmind=True, settings={"PUBLIC_URL": ORIGIN})


def on_page(do: Callable[[Stage, Tab], Awaitable[None]], which: str = "link") -> Act:
    """Return the step that does something in a new tab on a link."""

    async def act(stage: Stage) -> None:
        assert stage.h.service is not None
        base = f"http://127.0.0.1:{stage.h.service.surface.port}"
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
            await do(stage, Tab(session, base, stage.names[which]))

    return act


async def ask_for_link(stage: Stage) -> None:
    """Press the button below the picture; name the link that is told."""
    told = await stage.h.told(stage.h.press("paint"))
    stage.names["link"] = str(re.findall(rf"{ORIGIN}(/mask/[A-Za-z0-9_.|-]+)", told)[0])


async def name_turn(stage: Stage) -> None:
    """Name the turn that came of a link, after its draft."""
    rows = Studio(stage.h).turns()
    stage.names["painted"] = next(row["source"] for row in rows if row["kind"] == "picture")


def sends(status: int, said: str) -> Act:
    """Return the step that opens the page, paints, and is told this."""

    async def send(stage: Stage, tab: Tab) -> None:
        await tab.open()
        assert await tab.send(_mask(stage), "make it red") == (status, said)

    return on_page(send)


def finds(status: int, words: str) -> Act:
    """Return the step that opens the page and finds these words on it."""

    async def look(stage: Stage, tab: Tab) -> None:
        got, body, _ = await tab.get()
        assert (got, words in body.decode()) == (status, True)

    return on_page(look)


@on_page
async def robots_open(stage: Stage, tab: Tab) -> None:
    """Let preview robots open it."""
    for robot in ROBOTS:
        status, body, _ = await tab.get(**{"User-Agent": robot})
        assert (status, b"Paint" in body) == (200, True)
    tab.cookies.clear()


@on_page
async def use_two_tabs(stage: Stage, tab: Tab) -> None:
    """Open it in two tabs and send both."""
    other = Tab(tab.session, tab.base, tab.path)
    await tab.open()
    await other.open()
    assert await tab.send(_mask(stage), "make it red") == (200, texts.LINK_TAKEN)
    assert await other.send(_mask(stage), "make it blue") == (410, texts.LINK_USED)


def _mask(stage: Stage) -> bytes:
    """Return a mask of the size of the picture that is painted on."""
    _, (after, _) = stage.h.folk.gallery(Studio(stage.h).galleries()[0])
    return mask_of(Image.open(io.BytesIO(after)).size, BOX)


async def masked(stage: Stage) -> None:
    """See that the service was given what was painted, and nothing more of the picture."""
    work = Studio(stage.h).works[-1]
    assert work.mask is not None
    box = {(x, y) for x in range(BOX[0], BOX[2]) for y in range(BOX[1], BOX[3])}
    assert opening(work.mask) == box


def limit_images(amount: int | None) -> Act:
    """Return the step that writes a limit for the first person by hand, or removes it."""

    async def write(stage: Stage) -> None:
        with closing(sqlite3.connect(stage.h.database)) as connection, connection:
            connection.execute("DELETE FROM quota")
            if amount is not None:
                (turn,) = [row for row in Studio(stage.h).turns() if row["kind"] == "prompt"]
                who = (turn["platform"], turn["workspace"], "user", turn["author"])
                connection.execute(
                    "INSERT INTO quota VALUES (?, ?, ?, ?, 'images', 'ever', '', ?)", (*who, amount)
                )

    return write


# --- rows -------------------------------------------------------------------------------------


def _row(
    id_: str,
    variant: str,
    happens: str,
    platform: str,
    acts: Sequence[Act],
    texts_shown: Sequence[str],
    turns: Sequence[tuple[Turn, Booked]],
    *stored: Stored,
    jobs: int = 1,
    instead: str = "",
) -> Row:
    return Row(
        id=id_,
        variant=f"{variant}, {platform}",
        happens=happens,
        acts=(EDIT, Ended(), ask_for_link, *acts),
        met=(Called(SUBMIT, times=jobs, status=200),),
        sees=(shows_texts("q", CAPTION, *texts_shown),),
        stored=(edited(), *(turn for turn, _ in turns), *stored),
        ledger=(charged(), *(booked for _, booked in turns)),
        world=at(platform),
        instead=instead,
    )


def _painted(named: str = "painted") -> tuple[Turn, Booked]:
    history = ("user: make it red", f"assistant: {PAINTED}")
    return Turn(named, "answered", ("picture sent",), history), charged(named)


_ENDED = (name_turn, Ended("painted"), masked)

LINK_ROWS: tuple[Row, ...] = tuple(
    row
    for platform in PLATFORMS
    for row in (
        _row(
            "F97",
            "a robot, and then the user",
            "A preview robot opens a link to paint, then the user does, and again after use.",
            platform,
            (
                robots_open,
                sends(200, texts.LINK_TAKEN),
                finds(410, texts.LINK_USED),
                *_ENDED,
                finds(410, texts.LINK_USED),
            ),
            (PAINTED,),
            [_painted()],
            Counted("links", 1, 'act="submit",outcome="done"'),
            jobs=2,
        ),
        _row(
            "F97",
            "two tabs",
            "A link is opened in two tabs, and both are sent.",
            platform,
            (use_two_tabs, *_ENDED),
            (PAINTED,),
            [_painted()],
            jobs=2,
        ),
        _row(
            "F97",
            "after expiry",
            "A link is opened, and sent when its time is over.",
            platform,
            (
                finds(200, "Paint"),
                Advance(15 * MINUTES + 1),
                finds(410, texts.LINK_EXPIRED),
            ),
            (),
            [],
            Holds("SELECT COUNT(*) FROM draft WHERE used <> ''", ((0,),)),
        ),
        Row(
            id="F98",
            variant=f"picture deleted, {platform}",
            happens="A page is sent whose picture was deleted meanwhile.",
            acts=(
                EDIT,
                Ended(),
                ask_for_link,
                Press("remove", "gone"),
                Ended("gone"),
                finds(410, texts.LINK_GONE),
            ),
            met=(Called(SUBMIT, times=1, status=200),),
            sees=(shows_texts("q"),),
            stored=(
                Turn(
                    "q",
                    "answered",
                    ("picture sent",),
                    (f"user: {ASKED}", f"assistant: {CAPTION}"),
                ),
                Turn("gone", "cancelled", (), ()),
                Holds("SELECT revoked, used FROM draft", ((1, ""),)),
            ),
            ledger=(charged(), unreserved("gone")),
            world=at(platform),
        ),
        Row(
            id="F98",
            variant=f"question deleted, {platform}",
            happens="A page is sent whose picture's request was deleted meanwhile.",
            acts=(
                EDIT,
                Ended(),
                ask_for_link,
                Delete("q"),
                Advance(5),
                finds(410, texts.LINK_GONE),
            ),
            met=(Called(SUBMIT, times=1, status=200),),
            sees=(shows_texts("q", CAPTION),),
            stored=(
                Turn("q", "answered", ("picture sent",), ()),
                Holds("SELECT revoked, used FROM draft", ((1, ""),)),
            ),
            ledger=(charged(),),
            world=at(platform),
            instead="The picture stands: only what was asked is gone, and with it this link.",
        ),
        _row(
            "F98",
            "limit reached",
            "A page is sent by somebody whose limit is reached, and who is granted more.",
            platform,
            (
                limit_images(1),
                sends(200, texts.LINK_TAKEN),
                name_turn,
                Ended("painted"),
                limit_images(None),
                Press("retry", "again"),
                Ended("again"),
                masked,
            ),
            (f"{OVER}\n(asked again below)", PAINTED),
            [
                (
                    Turn("painted", "refused", ("notice sent",), (), "limit", OVER),
                    unreserved("painted"),
                ),
                _painted("again"),
            ],
            jobs=2,
            instead=(
                "The limit is met as the step begins, in the transaction that reserves: the "
                "conversation says so, and Retry there asks with the same mask, so that nobody "
                "paints twice."
            ),
        ),
    )
)
