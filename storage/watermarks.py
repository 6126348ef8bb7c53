"""Watermarks: how far each channel was read."""

from __future__ import annotations

from collections.abc import Mapping

from storage.engine import Operation
from storage.statements import load

SQL = load("watermarks")


def read_marks(platform: str, workspace: str) -> Operation[dict[str, int]]:
    """Return channel -> highest position seen."""
    rows = yield SQL.list_watermarks, {"platform": platform, "workspace": workspace}
    return {row["channel"]: row["position"] for row in rows}


def raise_marks(platform: str, workspace: str, marks: Mapping[str, int]) -> Operation[None]:
    """Raise marks, in the channels' order so that two processes cannot wait on each other."""
    for channel, position in sorted(marks.items()):
        yield (
            SQL.raise_watermark,
            {
                "platform": platform,
                "workspace": workspace,
                "channel": channel,
                "position": position,
            },
        )
