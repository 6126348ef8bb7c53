"""Promises about what is kept (I11), and what people deleted (I12)."""

from __future__ import annotations

from pathlib import Path

from tests.checker_case import Breaks, add_row, attached, both, interaction, row
from tests.checker_runs import (
    deleted,
    drawn,
    gone_on_from,
    gone_on_from_again,
    gone_on_from_unheard,
    withdrawn,
)
from tests.violation import Kind

ERASURE: Breaks = {
    "picture lost": (
        "I11", Kind.OTHER, "is not kept",
        both(
            add_row(attached(2, blob="0" * 64)),
            lambda case: setattr(case, "blobs", Path(__file__).parent / "vendor"),
        ),
    ),
    "deleted words kept": (
        "I12", Kind.OTHER, "is still stored: 'and now?'",
        both(deleted, lambda case: case.change("message", {"turn": "t3"}, text="and now?")),
    ),
    "deleted file kept": (
        "I12", Kind.OTHER, "of a deleted message is still kept",
        both(deleted, add_row(attached(3, text="secret"))),
    ),
    "deleted quote kept": (
        "I12", Kind.OTHER, "what quotes a deleted message still has: 'so'",
        both(deleted, lambda case: case.change(
            "message", {"turn": "t2"}, quote_source="3000", quote_text="so")),
    ),
    "deleted place kept": (
        "I12", Kind.OTHER, "is still stored", lambda case: case.world.gone.add("1000"),
    ),
    "picture lost from the line": (
        "I11", Kind.OTHER, "picture #1 in 1000 is not kept",
        both(drawn, lambda case: setattr(case, "blobs", Path(__file__).parent / "vendor")),
    ),
    "mask lost": (
        "I11", Kind.OTHER, "the mask of turn t2 is not kept",
        both(
            add_row(row("mask", turn="t2", blob="0" * 64, created_at=1)),
            lambda case: setattr(case, "blobs", Path(__file__).parent / "vendor"),
        ),
    ),
    "deleted picture kept": (
        "I12", Kind.OTHER, "came with a deleted message and is still kept",
        both(withdrawn, lambda case: case.change("picture", {"number": 1}, blob="x")),
    ),
    "deleted words kept with a picture": (
        "I12", Kind.OTHER, "still has the deleted words 'pink'",
        both(withdrawn, lambda case: case.change("picture", {"number": 2}, prompt="pink")),
    ),
    "deleted words kept in a form": (
        "I12", Kind.OTHER, "draft d1 goes on from a deleted message",
        both(withdrawn, lambda case: case.change("draft", {"id": "d1"}, revoked=0)),
    ),
    "a form about what was deleted since": (
        "I12", Kind.OTHER, "draft d3 goes on from a deleted message",
        both(gone_on_from, lambda case: case.change("draft", {"id": "d3"}, created_at=10)),
    ),
    "a form about what was deleted since, unheard": (
        "I12", Kind.OTHER, "draft d3 goes on from a deleted message",
        both(
            gone_on_from_unheard,
            lambda case: case.change("draft", {"id": "d3"}, created_at=10),
        ),
    ),
    "a form about what a button made and was deleted since": (
        "I12", Kind.OTHER, "draft d3 goes on from a deleted message",
        both(
            gone_on_from_again,
            lambda case: case.change("draft", {"id": "d3"}, created_at=10),
        ),
    ),
    "deleted words kept in a later form": (
        "I12", Kind.OTHER, "draft d3 goes on from a deleted message",
        both(gone_on_from, lambda case: case.change("draft", {"id": "d3"}, prompt="pink")),
    ),
    "row without its turn": (
        "I11", Kind.OTHER, "foreign_key_check",
        add_row(interaction("t77", "")),
    ),
}  # fmt: skip
