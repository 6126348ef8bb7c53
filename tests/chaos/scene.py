"""How likely what is in one cycle, so that points that are seldom passed are passed too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# A point that is not met by then is tried another time, and the bot killed where it is.
PATIENCE_SECONDS = 3.0
PRESSES = {
    "stop": 0.3, "retry": 0.5, "continue": 0.2, "regenerate": 0.1, "good": 0.02, "bad": 0.05,
    "vary": 0.1, "paint": 0.6, "undo": 0.2, "adjust": 0.1, "base": 0.1, "remove": 0.05,
    "details": 0.02,
}  # fmt: skip
# Of what an edit goes through: the decoder's process takes a second to start.
EDITING_SECONDS = 9.0

# As long as nobody has to give up.
TURN_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Scene:
    """A share of cycles, of questions, or of looks."""

    # Of cycles.
    lost: float = 0.5
    refused: float = 0.1
    failing: float = 0.4
    silent: float = 0.05
    silence: float = 2.6
    often: int = 3
    # Posts are refused in threads; and above them, too, so that people are told alone.
    denied: float = 0.03
    shut: float = 0.02
    locked_out: float = 0.02
    patience: float = PATIENCE_SECONDS
    # Of cycles in which pictures take longer than the bot waits, which is `turn_seconds`.
    late: float = 0.0
    turn_seconds: float = TURN_SECONDS
    # Of cycles on Slack: acks are not heard, streams are refused, parts come to an end early,
    # the app becomes an agent or is one no more.
    deaf: float = 0.05
    unstreamed: float = 0.3
    short: float = 0.2
    agent: float = 0.1
    is_agent: bool | None = None
    # Of questions.
    long: float = 0.03
    bare: float = 0.04
    commands: float = 0.15
    queued: float = 0.5
    called_in: float = 0.04
    direct: float = 0.08
    texts: float = 0.08
    pictures: float = 0.02
    edits: float = 0.04
    # Of looks.
    taken_back: float = 0.004
    changed: float = 0.006
    pressing: float = 0.03
    asides: float = 0.005
    presses: Mapping[str, float] = field(default_factory=lambda: PRESSES)


def set_scene(point: str) -> Scene:
    """Return a scene in which a seldom point is likely to be passed."""
    name = point.partition(":")[2]
    match name:
        case "look" | "part_unknown":
            return Scene(lost=1.0)
        case "part_planned":
            return Scene(refused=1.0)
        case "end_undeliverable":
            return Scene(denied=1.0, failing=0.0)
        case "conclude_failed" | "end_failed":
            # Refused for ever: an error that comes in the midst of an answer leaves its beginning.
            return Scene(locked_out=1.0, often=20, queued=0.0)
        case "conclude_refused" | "end_refused":
            return Scene(bare=0.9)
        case "conclude_stopped" | "end_stopped":
            return Scene(pressing=0.1, presses={"stop": 1.0}, patience=6.0)
        case "conclude_cancelled" | "end_cancelled":
            return Scene(taken_back=0.05)
        case "dismiss":
            return Scene(pressing=0.2, failing=1.0, presses={"retry": 1.0, "continue": 1.0})
        case "chat.startStream" | "chat.appendStream" | "chat.stopStream":
            return Scene(unstreamed=0.0, refused=0.0, commands=0.05)
        case "chat.update":
            return Scene(unstreamed=1.0)
        case "chat.delete":
            # Slack deletes the Stop message of each answer that is streamed.
            return Scene(unstreamed=0.0, is_agent=False, failing=0.0)
        case "assistant.threads.setStatus" | "show_status":
            return Scene(unstreamed=0.0, silent=0.7, silence=1.0)
        case "agents.sessions.setStatus":
            return Scene(unstreamed=0.0, is_agent=True, silent=0.7, silence=1.0)
        case "upload" | "files.completeUploadExternal":
            return Scene(
                long=1.0, failing=0.0, lost=0.0, refused=0.0, commands=0.0, presses={}, patience=8.0
            )
        case "direct":
            return Scene(denied=1.0, shut=1.0, failing=0.0, patience=5.0)
        case "whisper":
            return Scene(denied=1.0, shut=1.0, failing=0.0, commands=0.9, patience=5.0)
        case "delete" | "DELETE /channels/{channel_id}/messages/{message_id}":
            # The status line comes after two seconds; then its question is taken back.
            return Scene(
                silent=1.0,
                silence=8.0,
                often=20,
                taken_back=0.04,
                patience=9.0,
                failing=0.0,
                commands=0.0,
            )
        case "submit_step" | "accept_step":
            return Scene(commands=0.7, queued=1.0)
        case "read_thread" | "add_overheard":
            return Scene(called_in=0.6)
        case "download" | "read_file" | "put_file":
            return Scene(texts=0.7)
        case "put_blob":
            return Scene(pictures=0.3, edits=0.4, patience=EDITING_SECONDS)
        case "remember" | "read_result":
            return Scene(edits=0.7, failing=0.0, patience=EDITING_SECONDS)
        case "show_picture":
            undone = {"undo": 1.0}
            return Scene(
                edits=0.6, failing=0.0, presses=undone, pressing=0.3, patience=EDITING_SECONDS
            )
        case "paint":
            painted = {"paint": 1.0}
            return Scene(
                edits=0.6, failing=0.0, presses=painted, pressing=0.3, patience=EDITING_SECONDS
            )
        case "await_result" | "result_came" | "forget_awaited":
            return Scene(
                edits=0.7, failing=0.0, late=1.0, turn_seconds=2.0, patience=EDITING_SECONDS
            )
        case "mark_told" | "tell":
            return Scene(locked_out=1.0, often=20, commands=0.5, failing=0.0, patience=5.0)
        case _:
            return Scene()
