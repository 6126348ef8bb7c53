"""Every fault of the table that can be met here, played on the whole bot."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests import (
    fault_rows_backends,
    fault_rows_discord,
    fault_rows_limits,
    fault_rows_links,
    fault_rows_pictures,
    fault_rows_slack,
)
from tests.fault_acts import Mention, Say
from tests.fault_rows import Row, play
from tests.standins import CANARIES

IDS = [
    *(f"F{n:02}" for n in range(1, 64)),
    *(f"F{n:02}" for n in range(65, 73)),
    *("F97", "F98"),
]
ROWS: tuple[Row, ...] = (
    *fault_rows_discord.ROWS,
    *fault_rows_slack.ROWS,
    *fault_rows_backends.ROWS,
    *fault_rows_limits.ROWS,
)
# Those of edited pictures are played by `test_fault_table_pictures`, at the same time.
ELSEWHERE: tuple[Row, ...] = (*fault_rows_pictures.PICTURE_ROWS, *fault_rows_links.LINK_ROWS)


def test_every_fault_has_its_row() -> None:
    """A fault may have several rows, one after the other, each a variant of its own."""
    rows = (*ROWS, *ELSEWHERE)
    met = list(dict.fromkeys(row.id for row in rows))
    assert sorted(met) == IDS
    names = [row.name for row in rows]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("row", (*ROWS, *ELSEWHERE), ids=lambda row: row.name)
def test_a_row_says_all_that_comes_of_its_fault(row: Row) -> None:
    assert row.happens.endswith(".")
    assert row.acts
    assert row.met, "it does not say how its fault is known to have happened"
    assert row.sees
    assert row.stored
    assert row.ledger


@pytest.mark.virtual
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_a_fault_is_survived(
    row: Row, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    await survive(row, tmp_path, capfd)


async def survive(row: Row, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Play a row; nothing of it may end in a traceback or in a secret that is told."""
    raised: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: raised.append(context))
    await play(row, folder)
    said = "".join(capfd.readouterr())
    print(said)
    assert not raised
    assert "Traceback" not in said
    assert not [secret for secret in CANARIES if secret in said]
    assert not [words for words in _long_words(row) if words in said]


def _long_words(row: Row) -> list[str]:
    """Return what people wrote, where that is no short phrase that any log may hold."""
    texts = [act.text for act in row.acts if isinstance(act, Mention | Say)]
    return [text for text in texts if len(text) > 30]
