"""The SSE parser: any cutting of a byte stream gives the same events."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.backends.sse import Event, EventTooLong, Named, Parser


def parse(stream: bytes, cuts: list[int] | None = None, cap: int = 1 << 20) -> list[Event]:
    """Feed a stream cut at the given places; `EventTooLong` ends the list with a marker."""
    parser = Parser(cap)
    edges = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts or [])})
    events: list[Event] = []
    try:
        for start, end in zip(edges, [*edges[1:], len(stream)], strict=True):
            events += parser.feed(stream[start:end])
        events += parser.feed(b"")
    except EventTooLong:
        events.append(Named(b"", "TOO LONG"))
    return events


def slowly(stream: bytes, cap: int = 1 << 20) -> list[Event]:
    """Say what the standard says, character by character and with no thought of speed."""
    text = stream.decode("utf-8", "replace")
    if stream.startswith(b"\xef\xbb\xbf"):
        text = text[1:]
    lines: list[str] = []
    line = ""
    i = 0
    while i < len(text):
        if text[i] in "\r\n":
            if text[i : i + 2] == "\r\n":
                i += 1
            lines.append(line)
            line = ""
        else:
            line += text[i]
        i += 1
    events: list[Event] = []
    data: list[str] | None = None
    name = ""
    size = 0
    for line in lines:
        if not line:
            if data is not None:
                joined = "\n".join(data).encode()
                events.append(joined if name in ("", "message") else Named(joined, name))
            data, name, size = None, "", 0
            continue
        size += len(line.encode()) + (1 if size else 0)
        if size > cap:
            return [*events, Named(b"", "TOO LONG")]
        if line.startswith(":"):
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            data = [*(data or []), value]
        elif field == "event":
            name = value
    return events


def shown(events: list[Event]) -> list[tuple[str, str]]:
    pairs = [("message", event) if isinstance(event, bytes) else event[::-1] for event in events]
    return [(name, data.decode("utf-8", "replace")) for name, data in pairs]


pieces = st.sampled_from(
    [
        b"data", b"event", b"id", b"retry", b":", b": ", b"\n", b"\r", b"\r\n", b"\n\n", b" ",
        b"x", b"{}", b"[DONE]", "é€😀".encode(), "\u2028\u2029\x85".encode(), b"\x0b", b"\x0c",
        b"\x00", b"\x1c\x1d\x1e", b"\xef\xbb\xbf", b"\xff", b"\xe2\x82", b"data: a\n\n",
        b"event: error\n", b"data:b\r\n\r\n", b": ping\n\n", b"data: c\r\r", b"data: d\r\n",
    ]
)  # fmt: skip
streams = st.lists(pieces, max_size=40).map(b"".join)


@given(streams, st.lists(st.integers(0, 4000), max_size=12))
@settings(max_examples=500, deadline=None)
@example(b"data: a\r\ndata: b\r\n\r\n", [8])
@example(b"data: a\r\n\r\ndata: b\r\n\r\n", [8, 9, 10, 11])
@example(b"\xef\xbb\xbfdata: a\n\n", [1, 2])
@example(b"data: a\n\n\n\ndata: b\n\n", [9, 10])
def test_any_cutting_gives_what_the_standard_says(stream: bytes, cuts: list[int]) -> None:
    assert shown(parse(stream, cuts)) == shown(slowly(stream))


@given(streams, st.lists(st.integers(0, 4000), max_size=12), st.integers(1, 24))
@settings(max_examples=300, deadline=None)
@example(b"data: a\n\ndata: bbbbbbbbbb\n\n", [9, 20], 10)
@example(b"\n\n\n\n\n\n\n\n\n\ndata\n\n", [], 4)
def test_the_cap_cuts_at_the_same_event(stream: bytes, cuts: list[int], cap: int) -> None:
    # What is cut off must be over the cap; what is cut short by invalid UTF-8 counts as sent.
    if stream.decode("utf-8", "replace").encode() != stream:
        return
    expected = slowly(stream + b"\n", cap)
    found = parse(stream + b"\n", cuts, cap)
    assert shown(found) == shown(expected)


def test_every_single_cut_of_a_busy_stream() -> None:
    stream = (
        "\ufeff: hello\r\n\r\ndata: {\"a\": \"é€😀\"}\r\rdata:no space\n\n"
        "event: error\ndata:  one\ndata: two\ndata\n\nid: 7\nretry: 1\n\n"
        "data: \u2028\x0b\x0c\x85\x00\x1c end\r\n\r\ndata:\n\ndata: [DONE]\n\ndata: lost tail\n"
    ).encode()  # fmt: skip
    expected = [
        ("message", '{"a": "é€😀"}'),
        ("message", "no space"),
        ("error", " one\ntwo\n"),
        ("message", "\u2028\x0b\x0c\x85\x00\x1c end"),
        ("message", ""),
        ("message", "[DONE]"),
    ]
    for end in (b"\n", b"\r\n", b"\r"):
        same = stream.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", end)
        for cut in range(len(same)):
            assert shown(parse(same, [cut])) == expected
        assert shown(parse(same, list(range(len(same))))) == expected
    assert shown(parse(stream, list(range(len(stream))))) == expected


def test_one_event_over_the_cap_is_an_error_after_those_before_it() -> None:
    parser = Parser()
    assert parser.feed(b"data: a\n\n" + b"data: " + b"x" * (2 << 20)) == [b"a"]
    with pytest.raises(EventTooLong):
        parser.feed(b"\n\n")
    with pytest.raises(EventTooLong):
        Parser().feed(b"data: " + b"x" * (2 << 20) + b"\n\n")
    endless = Parser()
    with pytest.raises(EventTooLong):
        for _ in range(1 << 12):
            endless.feed(b": comment without an end" * 20)


def test_a_long_event_in_tiny_pieces_takes_linear_time() -> None:
    def seconds(size: int) -> float:
        stream = b"data: " + b"y" * size + b"\n\n"
        parser = Parser()
        started = time.process_time()
        found = [
            event for i in range(0, len(stream), 4) for event in parser.feed(stream[i : i + 4])
        ]
        took = time.process_time() - started
        assert [len(event) for event in found] == [size]
        return took

    seconds(10_000)
    # Eight times as much may take eight times as long (a quadratic one: 64 times).
    assert seconds(800_000) < 30 * max(seconds(100_000), 0.005)
