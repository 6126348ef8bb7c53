"""The floor of an acknowledgement: a bare Bolt app that keeps nothing and answers nothing.

By sockets where there is an app token, else by HTTP on HTTP_PORT. Takes the product's settings.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.sockets import SOCKETS


async def serve() -> None:
    """Serve until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(
            os.environ["SLACK_BOT_TOKEN"],
            base_url=os.environ["SLACK_API_BASE"] + "/",
            session=session,
            retry_handlers=[],
        )
        app = AsyncApp(client=client, signing_secret=os.environ.get("SLACK_SIGNING_SECRET"))

        async def nothing() -> None:
            """Do nothing: Bolt acknowledges an event before it runs this."""

        app.event(re.compile(".*"))(nothing)
        if token := os.environ.get("SLACK_APP_TOKEN"):
            await _listen(app, token, stop)
        else:
            await _serve_http(app, int(os.environ["HTTP_PORT"]), stop)


async def _listen(app: AsyncApp, token: str, stop: asyncio.Event) -> None:
    handlers: list[Any] = [AsyncSocketModeHandler(app, token) for _ in range(SOCKETS)]
    for handler in handlers:
        await handler.connect_async()
    await stop.wait()
    for handler in handlers:
        await handler.close_async()


async def _serve_http(app: AsyncApp, port: int, stop: asyncio.Event) -> None:
    runner = web.AppRunner(app.web_app("/slack/events"), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await stop.wait()
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve())
