"""A lean chat model in a process of its own, which writes down when it did what.

`python -m tests.bench.model` prints its port and serves until its standard input ends. A
question ends with `#id:tokens:milliseconds`: so many tokens, the first after so long.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from time import monotonic_ns

from aiohttp import web

TOKENS_PER_SECOND = 50
_ASKED = re.compile(r"#(\w+):(\d+):(\d+)")
_BASE = {
    "id": "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
    "object": "chat.completion.chunk",
    "created": 1741569952,
    "model": "openai/gpt-5-mini-2025-08-07",
    "service_tier": "default",
    "system_fingerprint": "fp_0123456789",
}


def frame(text: str, finish: str | None = None) -> bytes:
    """Return one event, about as long as a provider's."""
    choice = {"index": 0, "delta": {"content": text}, "logprobs": None, "finish_reason": finish}
    chunk = {**_BASE, "choices": [choice], "usage": None, "obfuscation": "x" * 12}
    return b"data: " + json.dumps(chunk, separators=(",", ":")).encode() + b"\n\n"


def token(name: str, n: int, of: int) -> str:
    """Return the nth of the tokens; the first and the last can be told."""
    if n == of - 1:
        return f"END{name}."
    return f"#{name}. " if n == 0 else f"w{n % 100:02d} "


class Model:
    """Answer, and remember when each request came, its first and its last token went."""

    def __init__(self) -> None:
        self.log: dict[str, dict[str, int]] = {}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Stream one answer at a steady pace."""
        arrived = monotonic_ns()
        body = json.loads(await request.read())
        found = _ASKED.search(str(body["messages"][-1]["content"]))
        if found is None:
            return web.json_response({"error": {"message": "unmeasured"}}, status=400)
        name, tokens, silence = found[1], int(found[2]), int(found[3])
        times = self.log[name] = {"arrived": arrived}
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        loop = asyncio.get_running_loop()
        start = loop.time() + silence / 1000
        for n in range(tokens):
            due = start + n / TOKENS_PER_SECOND
            if (wait := due - loop.time()) > 0:
                await asyncio.sleep(wait)
            await response.write(frame(token(name, n, tokens)))
            if n == 0:
                times["first"] = monotonic_ns()
        times["last"] = monotonic_ns()
        usage = {"prompt_tokens": 20, "completion_tokens": tokens, "total_tokens": 20 + tokens}
        end = json.dumps({**_BASE, "choices": [], "usage": usage}, separators=(",", ":"))
        stop = frame("", "stop")
        await response.write(stop + f"data: {end}\n\ndata: [DONE]\n\n".encode())
        await response.write_eof()
        return response

    async def tell(self, request: web.Request) -> web.Response:
        """Return what was written down."""
        return web.json_response(self.log)


async def serve() -> None:
    """Serve on a free port of loopback."""
    model = Model()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", model.answer)
    app.router.add_get("/log", model.tell)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve())
