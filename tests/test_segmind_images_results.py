"""X202, X203: a picture within its answer, and one that lies at an address, of every kind."""

from __future__ import annotations

import base64
import textwrap
from typing import Any

import pytest

from adapters.playground.picture_edits import Wish, edit
from adapters.playground.segmind import SUBMIT
from adapters.playground.segmind_assets import Asset
from bot.errors import BackendFault
from tests.segmind_scene import PLAIN, Scene, change, scene

__all__ = ["scene"]

pytestmark = pytest.mark.virtual

MADE = "GET /{folder}/{name}"
USUAL = edit(Wish("make it pink"), [PLAIN])
PLAIN_64 = base64.b64encode(USUAL).decode()
# In which "+" and "/" surely occur.
ODD = USUAL + b"\xfb\xef\xbe\xff\xff\xfe"
ODD_64 = base64.b64encode(ODD).decode()

TAKEN: list[tuple[str, str, bytes]] = [
    ("newlines", "\n".join(textwrap.wrap(PLAIN_64, 76)), USUAL),
    ("newlines as mail has them", "\r\n".join(textwrap.wrap(PLAIN_64, 64)) + "\r\n", USUAL),
    ("a data: prefix", f"data:image/png;base64,{PLAIN_64}", USUAL),
    ("a data: prefix and newlines", "data:;base64," + "\n".join(textwrap.wrap(PLAIN_64)), USUAL),
    ("the alphabet of addresses", ODD_64.replace("+", "-").replace("/", "_"), ODD),
    ("that without padding", ODD_64.replace("+", "-").replace("/", "_").rstrip("="), ODD),
    ("no padding", PLAIN_64.rstrip("="), USUAL),
]
UNUSABLE: list[tuple[str, Any]] = [
    ("padding in the middle", PLAIN_64[:400] + "=" + PLAIN_64[400:]),
    ("a letter too few", PLAIN_64.rstrip("=")[: 4 * 100 + 1]),
    ("letters of no alphabet", PLAIN_64[:400] + "é!" + PLAIN_64[402:]),
    ("0 bytes", ""),
    ("0 bytes behind a prefix", "data:image/png;base64,"),
    ("base64 of a page", base64.b64encode(b"<!doctype html>" * 9).decode()),
    ("base64 of base64", base64.b64encode(PLAIN_64.encode()).decode()),
    ("blanks", " " * 400),
    ("a number", 17),
    ("nothing", None),
]


def test_the_odd_one_has_what_alphabets_differ_in() -> None:
    assert "+" in ODD_64 and "/" in ODD_64


@pytest.mark.parametrize("place", ["output", "images"])
@pytest.mark.parametrize(("_", "said", "data"), TAKEN, ids=[what for what, _, _ in TAKEN])
async def test_x202_base64_that_is_taken(
    scene: Scene, _: str, said: str, data: bytes, place: str
) -> None:
    scene.shape(output=said if place == "output" else {"images": [{"b64_json": said}]})
    assert (await scene.edit(change())).made.data == data


@pytest.mark.parametrize("place", ["output", "images"])
@pytest.mark.parametrize(("_", "said"), UNUSABLE, ids=[what for what, _ in UNUSABLE])
async def test_x202_base64_that_is_unusable(scene: Scene, _: str, said: Any, place: str) -> None:
    scene.shape(output=said if place == "output" and said is not None else {"images": [said]})
    failure = (await scene.edit(change())).failure
    assert (failure.fault, failure.ambiguous) == (BackendFault.PROTOCOL, True)
    assert scene.count(SUBMIT) == 1


LONG = "https://images.segmind.com/" + "a" * 4_096
NOWHERE = [
    "http://images.segmind.com/a.png",
    "http://10.0.0.7/a.png",
    "https://10.0.0.7/a.png",
    "https://127.0.0.1/a.png",
    "https://[::1]/a.png",
    "https://[::ffff:169.254.169.254]/latest/meta-data",
    "https://0x7f000001/a.png",
    "https://2130706433/a.png",
    "https://user:pass@images.segmind.com/a.png",
    "https://images.segmind.com@pictures.example.net/a.png",
    "https://images.segmind.com:22/a.png",
    "https://images.segmind.com:8443/a.png",
    "https://imаges.segmind.com/a.png",  # a Cyrillic a
    "https://xn--imges-3ve.segmind.com/a.png",
    "https://images.segmind.com./a.png",
    LONG,
    "file:///etc/passwd",
    "ftp://images.segmind.com/a.png",
    "gopher://images.segmind.com/a.png",
    "//images.segmind.com/a.png",
    "/generations/a.png",
    "javascript:alert(1)",
    "https://",
    "https://images.segmind.com/a.png\nHost: pictures.example.net",
]


@pytest.mark.parametrize("url", NOWHERE, ids=[url[:60] for url in NOWHERE])
async def test_x203_an_address_that_is_not_asked(scene: Scene, url: str) -> None:
    scene.shape(host=url)
    failure = (await scene.edit(change())).failure
    assert (failure.fault, failure.ambiguous) == (BackendFault.PROTOCOL, True)
    assert scene.count(SUBMIT) == 1
    assert scene.count(MADE) == 0


@pytest.mark.parametrize("hops", [1, 2])
async def test_x203_a_chain_of_redirects_ends_at_the_list(scene: Scene, hops: int) -> None:
    """Wherever it would lead in the end, each step is held to the same list."""
    target = "http://169.254.169.254/latest/meta-data"
    if hops == 2:
        name = scene.stand_in.assets.keep("assets", Asset(b"", "text/html", target))
        target = f"{scene.base}/{name}"
    scene.shape(leads_to=target)
    failure = (await scene.edit(change())).failure
    assert (failure.fault, failure.ambiguous) == (BackendFault.PROTOCOL, True)
    assert scene.stand_in.assets.keys_seen == 0
