"""Bad requests, part one: who signed what, and what is in it (rows X206 to X223)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.http_changes import (
    Change,
    Mend,
    add,
    carry,
    chunk,
    put,
    sign_at,
    sign_by,
    swap,
    tell,
    tell_with,
)
from tests.http_rows import (
    ADMITTED,
    FORM,
    JSON,
    TAKEN,
    UNREADABLE,
    UNSIGNED,
    Bench,
    Case,
    Row,
    refused,
    sent,
)
from tests.wire import Heard, Request, talk

SIGNATURE = "X-Slack-Signature"
TIME = "X-Slack-Request-Timestamp"
TWICE = {"slack_requests taken": 2, "intake_events admitted": 1, "intake_events duplicate": 1}


def _unsigned(name: str, change: Change) -> Case:
    return sent(name, change, 401, counted=UNSIGNED, says=b"")


# --- X206: what is served ---------------------------------------------------------------------


async def _five_at_once(bench: Bench, request: Request) -> Heard:
    heard = await asyncio.gather(*(talk(bench.port, [request.encode()]) for _ in range(5)))
    return Heard(tuple(answer for each in heard for answer in each.answers), None)


def _twin(told: dict[str, Any]) -> dict[str, Any]:
    """Return the same mention as a message of its channel, as Slack tells it as well."""
    event = told["event"] | {"type": "message", "channel_type": "channel"}
    return told | {"event": event, "event_id": "Ev0TWIN"}


def good() -> Iterator[Case]:
    """Yield good requests, also those that come more than once."""
    five = {"slack_requests taken": 5, "intake_events admitted": 1, "intake_events duplicate": 4}
    once: dict[str, Any] = {"served": True, "says": b""}
    yield sent("as Slack sends it", lambda r: r, 200, counted=ADMITTED, **once)
    yield sent("in chunks", chunk(size=100), 200, counted=ADMITTED, **once)
    yield sent(
        "in three pieces, slowly",
        lambda r: [r.encode()[:50], 2.0, r.encode()[50:-9], 2.0, r.encode()[-9:]],
        200,
        counted=ADMITTED,
        **once,
    )
    yield sent(
        "as a repetition that Slack numbers",
        put(("X-Slack-Retry-Num", "1"), ("X-Slack-Retry-Reason", "http_timeout")),
        200,
        counted=ADMITTED,
        **once,
    )
    replayed = [200] * 5
    yield sent("replayed on one line", lambda r: [r.encode()] * 5, *replayed, counted=five, **once)
    yield Case("replayed five times at once", _five_at_once, (200,) * 5, five, **once)
    yield sent(
        "and its twin",
        lambda r: [r.encode(), tell(_twin)(r).encode()],
        200,
        200,
        counted=TWICE,
        **once,
    )


# --- X208 to X215: who signed -----------------------------------------------------------------


def _flipped(digit: int) -> Mend:
    def change(request: Request) -> Request:
        good = request.get(SIGNATURE)
        at = len("v0=") + digit
        return request.put(
            SIGNATURE, good[:at] + ("1" if good[at] == "0" else "0") + good[at + 1 :]
        )

    return change


def wrong_signatures() -> Iterator[Case]:
    """Yield signatures that are nearly right, and some that are not."""
    for digit in (0, 1, 31, 32, 62, 63):
        yield _unsigned(f"digit {digit} changed", _flipped(digit))
    for name, change in {
        "v1": lambda good: good.replace("v0=", "v1="),
        "V0": lambda good: good.replace("v0=", "V0="),
        "no version": lambda good: good.removeprefix("v0="),
        "upper case": lambda good: "v0=" + good.removeprefix("v0=").upper(),
        "one digit short": lambda good: good[:-1],
        "one digit more": lambda good: good + "0",
        "half": lambda good: good[:32],
        "only the version": lambda good: "v0=",
        "empty": lambda good: "",
        "twice in one": lambda good: f"{good},{good}",
        "4,000 digits": lambda good: "v0=" + "a" * 4_000,
    }.items():
        yield _unsigned(name, sign_by(change))
    yield _unsigned("by another secret", lambda r: replace(r, secret="0" * 32).sign())
    yield _unsigned("none", lambda r: r.unsigned())
    yield _unsigned("no time", lambda r: r.drop(TIME))
    yield _unsigned("no signature", lambda r: r.drop(SIGNATURE))
    long = sign_by(lambda good: "v0=" + "a" * 1_000_000)
    yield sent("1 MB long", long, 400, counted=refused("malformed"), closed=0.5)


def foreign_signatures() -> Iterator[Case]:
    """Yield signatures in other alphabets, and as bytes that are none."""
    for text in ("v0=é", "é", "v0=" + "é" * 64, "v0=\udce9", "v0=\udcff\udcfe", "v0=٠١٢", "v0=ｆ"):
        yield _unsigned(ascii(text), put((SIGNATURE, text)))


def wrong_times() -> Iterator[Case]:
    """Yield signatures of other times, and times that are none."""
    for off in (-301, 301, -302, 3_600, -86_400):
        yield _unsigned(f"{off} s", sign_at(off))
    for text in ("", "soon", "1.5", "-1", "1_0", "١٢٣", "0x10", "1" * 13, "1" * 5_000, "1e9"):
        yield _unsigned(text[:20], put((TIME, text)))
    yield _unsigned("the time of another request", lambda r: r.put(TIME, str(r.at + 1)))


def times_that_do() -> Iterator[Case]:
    """Yield signatures that are just young enough."""
    for off in (-299, 299):
        yield sent(f"{off} s", sign_at(off), 200, counted=ADMITTED, served=True, says=b"")


def _before(name: str, other: str | None) -> Mend:
    """Return a change by which another stands before the right one."""

    def change(request: Request) -> Request:
        good = request.get(name)
        return request.put(name, good if other is None else other).add(name, good)

    return change


def doubled() -> Iterator[Case]:
    """Yield headers that are there twice, in any order, right or wrong."""
    for name in (TIME, SIGNATURE):
        for other in (None, "0", ""):
            yield _unsigned(f"{name}, {other!r} behind", add(name, other))
            yield _unsigned(f"{name}, {other!r} before", _before(name, other))
        yield _unsigned(
            f"{name} in two cases",
            add(name.lower()),
        )


def reencoded() -> Iterator[Case]:
    """Yield the same JSON in other bytes, under the signature of the first."""
    for name, change in {
        "spaces": lambda body: json.dumps(json.loads(body), indent=1).encode(),
        "no spaces": lambda body: json.dumps(json.loads(body), separators=(",", ":")).encode(),
        "sorted": lambda body: json.dumps(json.loads(body), sort_keys=True).encode(),
        "a line break behind": lambda body: body + b"\n",
        "a byte order mark": lambda body: b"\xef\xbb\xbf" + body,
        "one byte less": lambda body: body[:-1],
        "one letter": lambda body: body.replace(b"Question", b"question"),
        "empty": lambda body: b"",
    }.items():
        yield _unsigned(name, swap(change))


# --- X217 to X223: what is in it --------------------------------------------------------------

UNREADABLE_BODIES: dict[str, bytes] = {
    "half": b"{not json",
    "a list": b"[]",
    "null": b"null",
    "a text": b'"x"',
    "a number": b"7",
    "nothing": b"",
    "100,000 lists": b"[" * 100_000,
    "50,000 objects": b'{"a":' * 50_000,
    "not a number": b'{"type":"event_callback","event":NaN}',
    "infinity": b'{"type":"event_callback","event":-Infinity}',
    "5,000 digits": b'{"a":' + b"9" * 5_000 + b"}",
    "UTF-16": '{"type":"event_callback"}'.encode("utf-16"),
    "broken UTF-8": b'{"type":"\xc3\x28"}',
    "two objects": b"{}{}",
}
UNREADABLE_FORMS = (
    b"payload={not json",
    b"payload=[]",
    b"payload=",
    b"payload=%FF%FE",
    b"a=1",
    b"x",
    b"",
    b"&" * 500 + b"=1",
    b"a=1&" * 200 + b"command=/bot",
)


def unreadable() -> Iterator[Case]:
    """Yield signed bodies that hold no object."""
    for name, raw in UNREADABLE_BODIES.items():
        yield sent(name, carry(raw), 400, counted=UNREADABLE, says=b"")
    for raw in UNREADABLE_FORMS:
        yield sent(
            f"the form {raw[:20]!r}",
            carry(raw, FORM),
            400,
            counted=UNREADABLE,
            says=b"",
        )


def eventless() -> Iterator[Case]:
    """Yield events without an event."""
    count = {**TAKEN, "slack_malformed event_callback": 1}
    for event in (None, [], "x", 7, True, [{"type": "app_mention"}]):
        change = tell_with(event=event)
        yield sent(json.dumps(event), change, 200, counted=count, says=b"")
    without = tell(lambda told: {name: told[name] for name in told if name != "event"})
    yield sent("none", without, 200, counted=count, says=b"")
    unknown = {**TAKEN, "slack_malformed unknown": 1}
    kinds: tuple[Any, ...] = (None, {}, [], 7, "x", "event_callback ")
    for kind in kinds:
        change = tell_with(type=kind)
        yield sent(f"type {kind!r}", change, 200, counted=unknown, says=b"")


CHALLENGE = {"type": "url_verification", "challenge": "c3VyZQ"}


def verified() -> Iterator[Case]:
    """Yield Slack's question whether we are there."""
    asked = json.dumps(CHALLENGE).encode()
    said = json.dumps({"challenge": "c3VyZQ"}).encode()
    yield sent("signed", lambda r: r.carry(asked), 200, counted=TAKEN, says=said)
    yield _unsigned("unsigned", lambda r: r.carry(asked).unsigned())
    yield _unsigned("signed by another", lambda r: replace(r, secret="0" * 32).carry(asked))
    yield _unsigned("signed long ago", lambda r: r.carry(asked).sign(-301))


def _bare(raw: bytes) -> Mend:
    """Return a change to an unsigned form."""
    return lambda r: replace(r.unsigned(), body=raw).put("Content-Type", FORM)


def looked_at() -> Iterator[Case]:
    """Yield looks at our certificate, and what only looks like one."""
    count = {"slack_requests ssl_check": 1}
    for raw in (
        b"ssl_check=1&token=x",
        b"token=x&ssl_check=1",
        b"ssl_check=1&command=%2Fbot&text=settings&team_id=T1",
    ):
        yield sent(raw.decode(), _bare(raw), 200, counted=count, says=b"")
    for raw in (
        b"ssl_check=2",
        b"ssl_check=1%00",
        b"ssl_check=10",
        b'{"ssl_check=1": 1}',
        b"xssl_check=1",
        b"ssl_check=1" + b"&a=1" * 1_000,
    ):
        yield _unsigned(raw[:30].decode(), _bare(raw))


def strangers() -> Iterator[Case]:
    """Yield events of workspaces that are not ours, or that name none."""
    count = {**TAKEN, "slack_ignored workspace": 1}
    names: dict[str, dict[str, Any]] = {
        "another workspace": {"team_id": "T9", "authorizations": [{"team_id": "T9"}]},
        "an organisation alone": {"team_id": None, "enterprise_id": "E1", "authorizations": []},
        "none": {"team_id": None, "authorizations": None},
        "of another type": {"team_id": 7, "authorizations": [5, None, "x", {"team_id": []}]},
        "a path": {"team_id": "../T1", "authorizations": []},
    }
    for name, change in names.items():
        told = tell_with(**change)
        yield sent(name, told, 200, counted=count, says=b"")
    command = b"command=%2Fbot&text=settings&team_id=T9&channel_id=C1&user_id=U1&trigger_id=1.2.a"
    yield sent(
        "a command",
        carry(command, FORM),
        200,
        counted=count,
        says=b"",
    )


def misnamed() -> Iterator[Case]:
    """Yield good events under other content types: it is the bytes that are signed."""
    for kind in (f"{JSON}; charset=utf-8", f"{JSON}; charset=nonsense", "text/x", "", "//"):
        yield sent(
            f"Content-Type {kind!r}",
            put(("Content-Type", kind)),
            200,
            counted=ADMITTED,
            served=True,
            says=b"",
        )


ROWS = (
    Row(
        "X206",
        "a valid signed event, also in pieces, under any content type, or replayed",
        "200 after the commit; however often it comes, one turn",
        lambda: (case for part in (good, misnamed) for case in part()),
    ),
    Row(
        "X208",
        "a signature that is wrong by a digit, a prefix, its case, its length",
        "401; nothing is read, stored or executed",
        wrong_signatures,
        instead="one of 1 MB is a header that is too long: 400, before there is anything to verify",
    ),
    Row("X209", "a signature that is no ASCII", "401, and no error in the log", foreign_signatures),
    Row("X211", "a time more than five minutes away, or no time", "401", wrong_times),
    Row("X212", "a time just within five minutes", "200, served", times_that_do),
    Row("X214", "two times, or two signatures", "401, whichever of them is right", doubled),
    Row("X215", "the same JSON in other bytes", "401", reencoded),
    Row("X217", "signed, but no object", "400, counted as unreadable", unreadable),
    Row(
        "X218",
        "signed, but no event in it, or of no known kind",
        "200 and counted: repeated it would make no more sense",
        eventless,
    ),
    Row("X220", "url_verification", "signed: the challenge; else 401", verified),
    Row("X221", "ssl_check=1, unsigned", "200 and nothing executed", looked_at),
    Row("X223", "another workspace, or none", "200, counted, nothing executed", strangers),
)
