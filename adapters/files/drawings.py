"""Have charts drawn (`bot.ports.Charts`) in the process that reads files, which has Pillow."""

from __future__ import annotations

import json
from dataclasses import asdict

from adapters.files.worker import Overtaxed, Worker
from bot.ports import Chart

# A chart of three panels takes about 60 kB.
MOST_BYTES = 2 * 1024 * 1024


class Drawings:
    """Draw charts with the process that reads files."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    async def draw(self, chart: Chart) -> bytes:
        """Return a chart as PNG; see `bot.ports.Charts`."""
        told = json.dumps(asdict(chart)).encode()
        try:
            said, drawn = await self._worker.run({"job": "chart"}, told, MOST_BYTES)
        except Overtaxed:
            return b""
        return drawn if said.get("end") == "chart" else b""
