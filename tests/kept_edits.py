"""Edits of the stand-in's model, each made once by a process: tests ask for the same few again.

An edit is pure (`picture_edits.edit`), and each takes longer than the rest of an ordinary test.
What is compared stays what was posted with the edit of the very bytes that were sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

from adapters.playground import picture_edits, segmind_images
from adapters.playground.picture_edits import Wish

# Results are of some kilobytes, but for those of noise.
_MOST = 64

_edited = lru_cache(_MOST)(picture_edits.edit)
_noise = lru_cache(segmind_images.noise)


def edit(wish: Wish, pictures: Sequence[bytes], mask: bytes | None = None) -> bytes:
    """Return the edited first picture, as `picture_edits.edit` does."""
    return _edited(wish, tuple(pictures), mask)


def install() -> None:
    """Let the stand-in's model know again what this process has made once."""
    # It looks them up there and nowhere else.
    module = cast(Any, segmind_images)
    module.edit, module.noise = edit, _noise
