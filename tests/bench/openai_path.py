"""The product, its backend replaced by the vendor's own client: what an SDK costs per token."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import openai

from adapters.backends.http import Http
from adapters.backends.models import AIMLAPI_MODELS
from adapters.backends.router import Models
from bot import config
from bot.domain import ChatRequest, Usage
from bot.errors import BackendError, BackendFault
from bot.events import Accepted, BackendEvent, Completed, Finish, TextDelta
from bot.ports import ChatModels, Clock
from tests.bench.product import serve


class OpenAIBackend:
    """Answer through `openai.AsyncOpenAI`; implements `bot.ports.ChatBackend`."""

    name = "openai"
    repeatable = True

    def __init__(self, base_url: str, key: str) -> None:
        self._client = openai.AsyncOpenAI(base_url=base_url, api_key=key, max_retries=0)

    async def stream(self, request: ChatRequest) -> AsyncGenerator[BackendEvent, None]:
        """Yield the answer as it comes."""
        usage, finish, accepted = Usage(), Finish.UNKNOWN, False
        try:
            async with await self._client.chat.completions.create(
                model=request.model.name,
                messages=[
                    {"role": "user", "content": message.text}
                    if message.role == "user"
                    else {"role": "system", "content": message.text}
                    for message in request.messages
                ],
                stream=True,
                stream_options={"include_usage": True},
                max_completion_tokens=request.max_output_tokens,
            ) as chunks:
                async for chunk in chunks:
                    if not accepted:
                        accepted = True
                        yield Accepted(chunk.id)
                    if chunk.usage is not None:
                        usage = Usage(chunk.usage.prompt_tokens, chunk.usage.completion_tokens)
                    for choice in chunk.choices:
                        if choice.delta.content:
                            yield TextDelta(choice.delta.content)
                        if choice.finish_reason == "stop":
                            finish = Finish.STOP
        except openai.OpenAIError as error:
            raise BackendError(BackendFault.UPSTREAM, ambiguous=True) from error
        yield Completed(finish, usage)


def make_models(settings: config.Settings, http: Http, clock: Clock) -> ChatModels:
    """Return the same models, on the vendor's client."""
    assert settings.aimlapi_api_key is not None
    backend = OpenAIBackend(settings.aimlapi_base_url, settings.aimlapi_api_key.reveal())
    return Models({"aimlapi": backend}, AIMLAPI_MODELS)


if __name__ == "__main__":
    asyncio.run(serve(make_models))
