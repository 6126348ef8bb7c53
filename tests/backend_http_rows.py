"""Broken HTTP: statuses, times to wait, connections that end."""

from __future__ import annotations

from bot.errors import BackendFault
from tests.backend_rows import (
    CHAT,
    GOOD,
    PROTOCOL,
    RESULT,
    STATUS,
    STOPPED,
    SUBMIT,
    UPSTREAM,
    V1,
    ended,
    native,
    row,
)
from tests.backend_wire import (
    BROKEN_HTTP,
    CHUNKED,
    DONE,
    STOP,
    chunk,
    chunked,
    head,
    raw,
    refuse,
)


def add_http() -> None:
    """Add the rows of HTTP."""
    CLASSES = {
        204: PROTOCOL,
        206: PROTOCOL,
        301: PROTOCOL,
        302: PROTOCOL,
        304: PROTOCOL,
        307: PROTOCOL,
        418: BackendFault.INVALID,
        420: BackendFault.BUSY,
        499: BackendFault.TIMEOUT,
        **dict.fromkeys(range(520, 531), UPSTREAM),
        524: BackendFault.TIMEOUT,
        529: BackendFault.BUSY,
    }
    UNKNOWN_FATE = {499, 520, 524}
    for status, fault in CLASSES.items():
        handler = (
            raw(head(status))
            if status in (204, 304)
            else refuse(status, {}, Location="http://127.0.0.1:9/stolen")
        )
        row(
            "X196",
            str(status),
            [CHAT, V1, SUBMIT],
            handler,
            fault=fault,
            ambiguous=status in UNKNOWN_FATE,
        )
        if status < 400:
            row("X196", str(status), [STATUS], handler, fault=PROTOCOL, ambiguous=True, tries=5)
    row(
        "X196",
        "103 and 100 first",
        [CHAT],
        raw(
            b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n",
            head(),
            chunk("ok"),
            STOP,
            DONE,
        ),
        **STOPPED,
    )
    FAR, PAST = "Wed, 21 Oct 2099 07:28:00 GMT", "Wed, 21 Oct 2015 07:28:00 GMT"
    for value in ("0", "-5", "1e9", FAR, PAST, "soon", "86400", "-1"):
        for id_ in ("X197", "F48"):
            for tongue, good in ((CHAT, GOOD), (V1, refuse(200, native()))):
                for status in (429, 503):
                    row(
                        id_,
                        f"{status}: {value}",
                        [tongue],
                        refuse(status, {}, Retry_After=value),
                        good,
                        tries=2,
                        within=31,
                        **STOPPED,
                    )
    for value in ("2099-01-01T00:00:00Z", "1970-01-01T00:00:00", "soon", "", "1799999999", "99"):
        reset = {"x_rate_limit_reset_at_utc": value}
        row(
            "X197",
            f"reset {value!r}",
            [V1],
            refuse(429, {}, **reset),
            refuse(200, native()),
            tries=2,
            within=31,
            **STOPPED,
        )
    for status in (429, 503):
        row(
            "F48",
            f"{status} for ever",
            [CHAT, V1, SUBMIT],
            refuse(status, {}),
            fault=BackendFault.BUSY,
            tries=3,
            within=10,
        )
    row(
        "F48",
        "the polls are refused for a while",
        [STATUS],
        *([refuse(429, {}), refuse(503, {})] * 3),
        ended(native()),
        tries=None,
        **STOPPED,
    )

    for n, handler in enumerate(BROKEN_HTTP):
        id_ = "X200" if 5 <= n <= 7 else "X199"
        row(id_, f"broken {n}", [V1, SUBMIT], handler, ambiguous=True)
        row(id_, f"broken {n}", [RESULT], handler, ended(native()), tries=2, **STOPPED)
    for n, cut in enumerate((b"", b"5", b"5\r\nab", b"0\r\n", b"0\r\n\r\n")):
        row(
            "X199",
            f"cut {n}",
            [CHAT],
            raw(CHUNKED, *chunked(chunk("a")), cut),
            text="a",
            fault=BackendFault.CUT,
            ambiguous=True,
        )
    for size in (b"zz", b"-5", b"f" * 20):
        row(
            "X200",
            str(size),
            [CHAT],
            raw(CHUNKED, *chunked(chunk("a")), 1.0, size + b"\r\nhello\r\n"),
            text="a",
            fault=None,
            ambiguous=True,
        )


add_http()
