"""What edits of pictures cost the bot: large bodies, and pictures beside streams of text."""

from __future__ import annotations

import asyncio
import base64
import gc
import json
import random
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from adapters.backends import body as bodies
from adapters.backends import segmind_pictures
from adapters.backends.chat_completions import OPENAI_COMPATIBLE, ChatCompletions
from adapters.backends.http import Http
from adapters.files.reader import Reader
from adapters.files.worker import Worker
from bot.domain import ChatMessage, ChatRequest, Model, Picture, Role
from bot.events import TextDelta
from bot.ports import Unread
from tests.bench import pictures, processes
from tests.bench.figures import Figure
from tests.bench.pictures import STALL_MS, Lateness, Uncounted, bound, in_own_process, watched

MEGABYTES = 10
SIDE = 1_536
BODY_MS = 3.0
STREAMS = 100
TOKENS = 400
TIMES = 7


# --- in a process of its own ---------------------------------------------------------------


async def _body(folder: Path) -> dict[str, float]:
    """Make the body of a large picture, and read one, and tell what the loop gave for it."""
    data = random.Random(3).randbytes(MEGABYTES * 1024 * 1024)
    body = {"data_urls": [bodies.DataUri(Picture(data, "image/png"))]}
    await bodies.encode(body)
    spent, late, plain, read = [], [], [], []
    for _ in range(TIMES):
        gc.collect()
        began = time.thread_time()
        encoded = await bodies.encode(body)
        spent.append((time.thread_time() - began) * 1000)
        late.append((await watched(bodies.encode(body))).worst)
        began = time.thread_time()
        uri = "data:image/png;base64," + base64.b64encode(data).decode()
        whole = json.dumps({"data_urls": [uri]}).encode()
        plain.append((time.thread_time() - began) * 1000)
        assert abs(len(whole) - bodies.size(encoded)) < 10
        text = uri.partition(",")[2]
        read.append((await watched(asyncio.to_thread(segmind_pictures.decode, text))).worst)
    found = {"spent": spent, "late": late, "plain": plain, "read": read}
    return {name: median(values) for name, values in found.items()}


async def _photo(folder: Path) -> dict[str, float]:
    """Time one photograph after the other, in the decoder's process."""
    worker = Worker(Uncounted())
    data = next(folder.iterdir()).read_bytes()
    words = {"job": "picture", "form": "jpeg", "side": SIDE}
    said, _ = await worker.run(words, data)
    assert said == {"end": "picture", "mime": "image/jpeg"}
    spent = []
    for _ in range(TIMES):
        began = time.perf_counter()
        await worker.run(words, data)
        spent.append(time.perf_counter() - began)
    await worker.close()
    return {"seconds": median(spent)}


async def _streams(folder: Path) -> dict[str, float]:
    """Read large pictures while answers stream in, and tell how the loop fared."""
    files = [file.read_bytes() for file in sorted(folder.iterdir())]
    reader, http = Reader(Uncounted()), Http()
    await reader.read("warm", "", files[0])
    async with processes.model() as port:
        backend = ChatCompletions(OPENAI_COMPATIBLE, f"http://127.0.0.1:{port}/v1", None, http)

        async def hear(n: int) -> str:
            asked = ChatMessage(Role.USER, f"#s{n}:{TOKENS}:0")
            request = ChatRequest(Model("openai_compatible", "m"), (asked,), 1000, f"r{n}")
            heard = backend.stream(request)
            return "".join([e.text async for e in heard if isinstance(e, TextDelta)])

        async def show() -> None:
            reads = [reader.read(f"{n}", "", data) for n, data in enumerate(files)]
            assert not any(isinstance(each, Unread) for each in await asyncio.gather(*reads))

        async def run(*, shows: bool) -> Lateness:
            heard = asyncio.gather(*(hear(n) for n in range(STREAMS)))
            shown = asyncio.create_task(show()) if shows else None
            late = await watched(heard)
            assert all(text.endswith(f"ENDs{n}.") for n, text in enumerate(heard.result()))
            if shown is not None:
                await shown
            return late

        await run(shows=False)
        gc.collect()
        alone, both = await run(shows=False), await run(shows=True)
    await http.close()
    await reader.close()
    return {"alone": alone.worst, "worst": both.worst, "own": max(both.own)}


def measure(rounds: int) -> list[Figure]:
    """Measure what the issue promises, each beside its floor or what is usually done."""
    module = "tests.bench.edits"
    with tempfile.TemporaryDirectory() as name:
        folders = pictures.build(Path(name))
        body = in_own_process("body", folders["photo"], module)
        streams = [in_own_process("streams", folders["large"], module) for _ in range(rounds)]
        photos, theirs = [], []
        for _ in range(rounds):
            photos.append(in_own_process("photo", folders["photo"], module)["seconds"])
            theirs.append(pictures.time_pillow(folders["photo"] / "photo", SIDE))
    worst, alone, own = (
        median(each[what] for each in streams) for what in ("worst", "alone", "own")
    )
    of = f"{MEGABYTES} MB"
    return [
        bound(f"loop time of base64 and body of {of}", body["spent"], "ms",
              body["plain"], "ms base64, json", BODY_MS),
        Figure("  and how late the loop was meanwhile", body["late"], "ms"),
        Figure(f"how late by a picture of {of} as base64", body["read"], "ms"),
        bound(f"loop late at worst, 8 x 24 Mpx, {STREAMS} streams", worst, "ms",
              alone, "ms streams alone", STALL_MS),
        Figure("  and the bot itself was busy meanwhile", own, "ms", goal=STALL_MS),
        Figure(f"12 Mpx JPEG to {SIDE:,}", median(photos) * 1000, "ms",
               median(theirs) * 1000, "ms Pillow, draft", 1.6),
    ]  # fmt: skip


if __name__ == "__main__":
    _PARTS = {"body": _body, "streams": _streams, "photo": _photo}
    print(json.dumps(asyncio.run(_PARTS[sys.argv[1]](Path(sys.argv[2])))))
