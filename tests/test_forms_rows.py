"""X160, X161: sizes and seeds that are none, in the command and in its form."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.formed import edited, flaws, form, room, told
from tests.stored import attachment
from tests.test_forms import drafts

SIZES = (
    "0x0",
    "99999x99999",
    "-1x-1",
    "512*512",
    "512х512",  # a Cyrillic x
    "1024×1024",
    "1024x1024x1024",
    "1024",
    "1e3x1e3",
    "１０２４x１０２４",
    "1024x1024\u200b",
    "'; DROP TABLE picture;--",
)
LIST = "`auto`, `1024x1024`, `1536x1024`, `1024x1536`"
SEEDS = ("9223372036854775808", "-1", "0", "1.5", "NaN", "")


@pytest.mark.parametrize("size", SIZES)
async def test_x161_a_size_that_is_none_is_refused_with_the_list(tmp_path: Path, size: str) -> None:
    async with room(tmp_path) as r:
        await edited(r)
        words = told(await r.command("pink", size=size))
        assert "`size` must be one of" in words
        assert LIST in words
        assert "Nothing was" in words
        assert await drafts(r.store) == 0


@pytest.mark.parametrize("size", SIZES)
async def test_x161_a_form_offers_the_list_and_takes_nothing_else(
    tmp_path: Path, size: str
) -> None:
    async with room(tmp_path) as r:
        r.corner.recent = [attachment("new", message="m2")]
        opened = form(await r.command(of=None))
        found = flaws(await r.send(opened, prompt="pink", picture="@0", size=size))
        assert set(found) == {"size"}


@pytest.mark.parametrize("seed", SEEDS)
async def test_x160_a_seed_is_an_option_that_there_is_not(tmp_path: Path, seed: str) -> None:
    """The image model takes none, so that none has a range: every one is refused."""
    async with room(tmp_path) as r:
        await edited(r)
        words = told(await r.command("pink", seed=seed))
        assert "no option `seed`" in words
        assert "Nothing was" in words
        assert await drafts(r.store) == 0
