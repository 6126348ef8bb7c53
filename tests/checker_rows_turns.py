"""Promises about turns: one for each message that asks (I1), in their order (I3)."""

from __future__ import annotations

from tests.checker_case import Breaks, Case, add_row, add_seen, both, row, said, turn
from tests.checker_runs import by_command, edited
from tests.evidence import Command
from tests.violation import Kind


def swap_turns(case: Case) -> None:
    case.change("turn", {"id": "t2"}, ended_at=3999, started_at=3500)


TURNS: Breaks = {
    "no turn": (
        "I1", Kind.LOST, "message 2500 has no turn",
        add_seen(said(2500, "hello?", addressed=True)),
    ),
    "follow-up without turn": (
        "I1", Kind.LOST, "message 2500 has no turn", add_seen(said(2500, "hello?")),
    ),
    "answered what was not asked": (
        "I1", Kind.OTHER, "asked for nothing",
        lambda case: case.change("turn", {"id": "t2"}, source="1500"),
    ),
    "two turns for a message": (
        "I1", Kind.DOUBLED, "has 2 turns", add_row(turn(9, source="2000", channel="11")),
    ),
    "turn never ends": (
        "I1", Kind.LOST, "is not over",
        lambda case: case.change("turn", {"id": "t2"}, state="delivering", ended_at=None),
    ),
    "turns swapped": ("I3", Kind.DISORDER, "came before", swap_turns),
    "messages swapped": (
        "I3", Kind.DISORDER, "came before",
        both(
            lambda case: case.change("part", {"turn": "t3"}, message="2050"),
            lambda case: case.see(3100, id="2050"),
        ),
    ),
    "command without turn": (
        "I1", Kind.LOST, "command 4000 was taken up and has no turn",
        lambda case: case.world.commands.append(Command("4000", "ask", "deferred")),
    ),
    "form without turn": (
        "I1", Kind.LOST, "command 4000 was taken up and has no turn",
        lambda case: case.world.commands.append(Command("4000", "form", "deferred")),
    ),
    "edit without turn": (
        "I1", Kind.LOST, "command 4000 was taken up and has no turn",
        lambda case: case.world.commands.append(
            Command("4000", "edit-image", "answered", text="Editing")
        ),
    ),
    "command with two turns": (
        "I1", Kind.DOUBLED, "command 4000 has 2 turns",
        both(by_command, add_row(turn(9, kind="ask", source="4000", channel="11"))),
    ),
    "other command with a turn": (
        "I1", Kind.OTHER, "the command new 4000 has a turn",
        both(by_command, lambda case: case.world.commands.append(Command("4000", "new", "x"))),
    ),
    "command of nobody": (
        "I1", Kind.OTHER, "nobody used that command",
        both(by_command, lambda case: case.world.commands.clear()),
    ),
    "change without offer": (
        "I1", Kind.LOST, "was changed, and nothing was offered",
        both(
            lambda case: setattr(case, "calm", True),
            lambda case: case.world.edited.update({"2000": 6500}),
        ),
    ),
    "offer without change": (
        "I1", Kind.OTHER, "nobody changed that question",
        both(edited, lambda case: case.world.edited.clear()),
    ),
    "two offers": (
        "I1", Kind.DOUBLED, "has 2 offers",
        both(edited, add_row(turn(9, kind="edited", about="t2", answer=""))),
    ),
    "cannot read, said twice": (
        "I1", Kind.DOUBLED, "said a short while ago",
        both(
            *(
                lambda case, name=name: case.change(
                    "turn", {"id": name}, error="unreadable", outcome="refused"
                )
                for name in ("t2", "t3")
            )
        ),
    ),
    "sticker answered": (
        "I1", Kind.OTHER, "asked for nothing", lambda case: case.see(2000, says=False),
    ),
    "answered where a mention is needed": (
        "I1", Kind.OTHER, "asked for nothing",
        both(
            add_row(row("setting", platform="discord", workspace="1", channel="10", thread="",
                        name="mentions", value="always", author="7", at=5)),
            lambda case: case.see(2000, at=6),
        ),
    ),
    "not answered where none is needed": (
        "I1", Kind.LOST, "message 1500 has no turn",
        both(
            add_row(row("setting", platform="discord", workspace="1", channel="10", thread="",
                        name="mentions", value="never", author="7", at=5)),
            lambda case: case.see(1500, at=6),
        ),
    ),
}  # fmt: skip
