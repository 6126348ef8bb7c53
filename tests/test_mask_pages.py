"""The page on which masks are painted: its link is used once, by its page. Whole bot."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image

from adapters.web.mask_pages import say_duration
from bot.forms import texts
from tests.corpus import pictures as p
from tests.harness import Harness, harness
from tests.painting import BOX, ORIGIN, ROBOTS, Tab
from tests.studio import CAT, Studio, alike, mask_of, opening

pytestmark = pytest.mark.virtual


@dataclass(slots=True)
class Scene:
    """A bot with one edited picture, and the link to paint on it."""

    h: Harness
    studio: Studio
    session: aiohttp.ClientSession
    thread: str = ""
    public_url: str = ORIGIN

    @property
    def base(self) -> str:
        """Return the address of the bot's own surface."""
        assert self.h.service is not None
        return f"http://127.0.0.1:{self.h.service.surface.port}"

    async def link(self, person: int = 0) -> str:
        """Press the button; return the path of the link that is told, as we are asked for it."""
        told = await self.h.told(self.h.press("paint", person=person))
        return str(re.findall(rf"{self.public_url}(/mask/[A-Za-z0-9_.|-]+)", told)[0])

    async def tab(self, path: str = "") -> Tab:
        """Return a new tab for a link."""
        return Tab(self.session, self.base, path or await self.link())


@pytest.fixture
async def scene(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    public_url = getattr(request, "param", ORIGIN)
    async with (
        harness(tmp_path, segmind=True, settings={"PUBLIC_URL": public_url}) as h,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
    ):
        studio = Studio(h)
        h.command("edit-image", prompt="make it blue", image=("cat.png", CAT))
        await studio.edited(1)
        (seen,) = [each for each in h.ours() if each.id == studio.gallery()]
        yield Scene(h, studio, session, seen.place, public_url)


async def test_what_is_painted_may_change_and_nothing_else(scene: Scene) -> None:
    tab = await scene.tab()
    page = await tab.open()
    assert "make it blue" in page
    assert "$" in page or "price" in page
    status, picture, headers = await tab.get(f"{tab.path}/picture")
    assert (status, headers["Content-Type"]) == (200, "image/png")
    (_, (after, _)) = scene.h.folk.gallery(scene.studio.gallery())
    assert alike(picture, after), "another picture is painted on than the one that was pressed"
    size = Image.open(io.BytesIO(after)).size
    assert f'width="{size[0]}" height="{size[1]}"' in page
    assert await tab.send(mask_of(size, BOX), "make it red") == (200, texts.LINK_TAKEN)
    work = await scene.studio.edited(2)
    assert work.wish.prompt == "make it red"
    assert work.mask is not None
    box = {(x, y) for x in range(BOX[0], BOX[2]) for y in range(BOX[1], BOX[3])}
    assert opening(work.mask) == box
    assert scene.studio.turns()[-1]["kind"] == "picture"


async def test_what_the_page_needs_comes_from_here_alone(scene: Scene) -> None:
    tab = await scene.tab()
    page = await tab.open()
    assert not re.findall(r"(?:src|href|action)=\"(?!/mask/|#)", page)
    for name in re.findall(rf'"{re.escape(tab.path)}/([a-z]+\.[a-z]+)"', page):
        status, body, headers = await tab.get(f"{tab.path}/{name}")
        assert (status, headers["X-Content-Type-Options"]) == (200, "nosniff")
        text = body.replace(b'"http://www.w3.org/2000/svg"', b"")
        assert b"http://" not in text and b"https://" not in text
    status, _, _ = await tab.get(f"{tab.path}/surface.py")
    assert status == 404


# --- F97, and the rows of links ---------------------------------------------------------------


@pytest.mark.parametrize("scene", [f"{ORIGIN}/bots/threadbot"], indirect=True)
async def test_a_proxy_may_have_a_path_for_us(scene: Scene) -> None:
    """The browser sees another path than we do: all that the page names lies below that."""
    path = await scene.link()
    seen = f"/bots/threadbot{path}"
    tab = await scene.tab(path)
    page = await tab.open()
    assert f'action="{seen}"' in page
    named = re.findall(r'(?:src|href)="([^"#]+)"', page)
    assert len(named) >= 3 and all(one.startswith(f"{seen}/") for one in named)
    _, _, headers = await tab.get()
    assert f"Path={seen};" in headers["Set-Cookie"] + ";"
    assert (await tab.send())[0] == 200
    await scene.studio.edited(2)
    _, body, _ = await tab.get()
    assert f'href="{seen}/painter.css"' in body.decode()


async def test_the_page_knows_how_long_its_link_lives_without_a_clock(scene: Scene) -> None:
    """Those of people's computers are wrong by hours, some of them."""
    tab = await scene.tab()
    await scene.h.clock.sleep(5 * 60)
    (left,) = re.findall(r'data-left="([0-9]+)"', await tab.open())
    assert 9 * 60_000 < int(left) <= 10 * 60_000


async def test_f97_robots_two_tabs_and_a_second_use(scene: Scene) -> None:
    path = await scene.link()
    for robot in ROBOTS:
        status, body, _ = await (await scene.tab(path)).get(**{"User-Agent": robot})
        assert (status, b"Paint" in body) == (200, True)
    one, other = await scene.tab(path), await scene.tab(path)
    await one.open()
    await other.open()
    assert await one.send() == (200, texts.LINK_TAKEN)
    assert await other.send() == (410, texts.LINK_USED)
    status, body, _ = await one.get()
    assert (status, texts.LINK_USED in body.decode()) == (410, True)
    await scene.studio.edited(2)
    assert len(scene.studio.works) == 2


async def test_x247_a_second_over_is_over(scene: Scene) -> None:
    tab = await scene.tab()
    await tab.open()
    await scene.h.clock.sleep(15 * 60 - 5)
    status, _, _ = await tab.get()
    assert status == 200
    await scene.h.clock.sleep(6)
    assert await tab.send() == (410, texts.LINK_EXPIRED)
    status, body, _ = await tab.get()
    assert (status, texts.LINK_EXPIRED in body.decode()) == (410, True)


async def test_x248_a_used_link_is_used(scene: Scene) -> None:
    tab = await scene.tab()
    await tab.open()
    assert (await tab.send())[0] == 200
    await scene.studio.edited(2)
    await scene.h.restart_bot()
    tab.base = scene.base
    assert await tab.send() == (410, texts.LINK_USED)


async def test_x250_no_other_token_opens_the_page(scene: Scene) -> None:
    tab = await scene.tab()
    await tab.open()
    for token in (tab.key, tab.path.removeprefix("/mask/")[:-1], "x", "%7C", "a" * 4000):
        status, body, _ = await tab.get(f"/mask/{token}")
        assert (status, texts.LINK_UNKNOWN in body.decode()) == (404, True)
    # The right to use the page is not the right to export, or to anything else there is.
    assert (await tab.get(tab.path.replace("/mask/", "/export/")))[0] == 404


@pytest.mark.parametrize("agent", ROBOTS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_x251_looking_uses_nothing_up(scene: Scene, agent: str, method: str) -> None:
    tab = await scene.tab()
    headers = {"User-Agent": agent, "Purpose": "prefetch", "Sec-Purpose": "prefetch"}
    for _ in range(5):
        status, _, _ = await tab._ask(method, tab.path, None, headers)
        assert status == 200
    await tab.open()
    assert (await tab.send())[0] == 200
    await scene.studio.edited(2)


@pytest.mark.parametrize(
    "changed",
    [
        {"key": ""},
        {"key": "wrong"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Cookie": ""},
        {"Cookie": "mask=wrong"},
    ],
)
async def test_x253_what_is_not_sent_by_the_page_is_refused(
    scene: Scene, changed: dict[str, str]
) -> None:
    tab = await scene.tab()
    await tab.open()
    cookies = tab.cookies
    if "Cookie" in changed:
        tab.cookies = {}
    given: dict[str, Any] = dict(changed)
    status, said = await tab.send(**given)
    assert status == 403
    assert "nothing was done" in said
    tab.cookies = cookies
    assert (await tab.send())[0] == 200, "a refused one must not use the link up"
    await scene.studio.edited(2)


def _grey(size: tuple[int, int]) -> bytes:
    return p.saved(Image.new("L", size, 0), "PNG")


@pytest.mark.parametrize(
    ("mask", "status"),
    [
        (b"\x00", 400),
        (b"GIF89a", 400),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 400),
        (_grey((96, 96)), 400),
        (_grey((50, 96)), 400),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * (4 * 1024 * 1024), 413),
        (b"\0" * (50 * 1024 * 1024), 413),
    ],
    ids=["byte", "gif", "svg", "nothing painted", "another shape", "over 4 MB", "50 MB"],
)
async def test_x254_a_mask_that_is_none_is_refused_and_the_link_stays(
    scene: Scene, mask: bytes, status: int
) -> None:
    tab = await scene.tab()
    await tab.open()
    if len(mask) > 40 * 1024 * 1024:
        # The surface turns it away before the page hears of it.
        try:
            got, _, _ = await tab._ask("POST", tab.path, io.BytesIO(mask), {"Origin": ORIGIN})
            assert got == status
        except aiohttp.ClientError:
            pass  # It hung up on somebody who went on sending.
    else:
        assert (await tab.send(mask))[0] == status
    assert (await tab.send())[0] == 200
    await scene.studio.edited(2)


async def test_x256_the_address_goes_nowhere_else(scene: Scene) -> None:
    tab = await scene.tab()
    for path in ("", f"{tab.path}/picture", f"{tab.path}/painter.css", "/mask/unknown"):
        _, _, headers = await tab.get(path)
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
    await tab.open()
    _, _, headers = await tab.get()
    cookie = headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Secure" in cookie


async def test_the_picture_is_only_for_whoever_opened_the_page(scene: Scene) -> None:
    tab = await scene.tab()
    assert (await tab.get(f"{tab.path}/picture"))[0] == 403
    await tab.open()
    assert (await tab.get(f"{tab.path}/picture"))[0] == 200


# --- F98 --------------------------------------------------------------------------------------


async def test_f98_a_deleted_picture_is_not_painted_on(scene: Scene) -> None:
    tab = await scene.tab()
    await tab.open()
    await scene.h.told(scene.h.press("remove"))
    await scene.studio.rest()
    assert await tab.send() == (410, texts.LINK_GONE)
    status, body, _ = await tab.get()
    assert (status, texts.LINK_GONE in body.decode()) == (410, True)
    assert len(scene.studio.works) == 1


async def test_who_guesses_is_slowed_and_whoever_has_a_link_is_not(scene: Scene) -> None:
    tab = await scene.tab()
    found = [(await tab.get(f"/mask/guess{n}"))[0] for n in range(14)]
    assert found == [404] * 10 + [429] * 4
    await tab.open()
    assert (await tab.send())[0] == 200
    await scene.studio.edited(2)
    await scene.h.clock.sleep(61)
    assert (await tab.get("/mask/guess"))[0] == 404


async def test_a_link_is_not_asked_for_without_end(scene: Scene) -> None:
    tab = await scene.tab()
    found = [(await tab.get())[0] for _ in range(33)]
    assert found == [200] * 30 + [429] * 3


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "It is made"), (1, "It takes about 1 second,"), (40, "It takes about 40 seconds,")],
)
def test_how_long_an_edit_takes_is_said_in_words(seconds: int, said: str) -> None:
    assert say_duration(seconds) == said


def test_the_test_masks_are_pictures() -> None:
    assert Image.open(io.BytesIO(mask_of((96, 96), BOX))).size == (96, 96)
