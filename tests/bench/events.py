"""Reading a model's stream: from bytes to text, without a network."""

from __future__ import annotations

import json

import msgspec

from adapters.backends.chunks import Transcript
from adapters.backends.sse import Parser
from tests.bench.figures import Figure, spend
from tests.bench.model import frame

EVENTS = 20_000
PER_READ = 32


class _Delta(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta


class _Chunk(msgspec.Struct):
    choices: list[_Choice]


def measure(rounds: int) -> list[Figure]:
    """Measure our reader beside split + msgspec (the floor) and lines + json (the custom)."""
    frames = [frame(f"word{n} ") for n in range(EVENTS)]
    reads = [b"".join(frames[at : at + PER_READ]) for at in range(0, EVENTS, PER_READ)]
    decode = msgspec.json.Decoder(_Chunk).decode

    def ours() -> int:
        parser, transcript, length = Parser(), Transcript("id"), 0
        for piece in reads:
            transcript.add_piece(parser, piece)
            length += len(transcript.take())
        return length

    def floor() -> int:
        rest, text = b"", []
        for piece in reads:
            *blocks, rest = (rest + piece).split(b"\n\n")
            for block in blocks:
                text.append(decode(block[6:]).choices[0].delta.content or "")
        return len("".join(text))

    def usual() -> int:
        text = []
        for piece in reads:
            for line in piece.split(b"\n"):
                if line.startswith(b"data: "):
                    text.append(json.loads(line[6:])["choices"][0]["delta"]["content"])
        return len("".join(text))

    per_event = 1e6 / EVENTS
    read = spend(ours, rounds) * per_event
    return [
        Figure(
            "read one event", read, "us", spend(floor, rounds) * per_event, "split + msgspec", 2.0
        ),
        Figure(
            "read one event", read, "us", spend(usual, rounds) * per_event, "lines + json.loads"
        ),
    ]
