"""The faults of Discord, F01 to F14 and F16 to F25, each with its variants."""

from __future__ import annotations

from tests.fault_acts import Mention, StartThread
from tests.fault_rows import Called, Row, Turn, charged, shows

ANSWER = "{*}SIMULATED{*}"
THREAD = "POST /channels/{channel_id}/messages/{message_id}/threads"

ROWS: tuple[Row, ...] = (
    Row(
        id="F16",
        happens="Somebody has already started a thread at the question.",
        acts=(Mention("What is a monad?"), StartThread("q")),
        met=(Called(THREAD, code=160004),),
        sees=(shows("q", ANSWER),),
        stored=(
            Turn(
                "q",
                "answered",
                parts=("answer sent",),
                history=("user: What is a monad?", f"assistant: {ANSWER}"),
            ),
        ),
        ledger=(charged(),),
    ),
)
