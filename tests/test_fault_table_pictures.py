"""The faults of edited pictures, played on the whole bot beside those of the rest of the table."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fault_rows import Row
from tests.test_fault_table import ELSEWHERE, survive


@pytest.mark.virtual
@pytest.mark.parametrize("row", ELSEWHERE, ids=lambda row: row.name)
async def test_a_fault_is_survived(
    row: Row, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    await survive(row, tmp_path, capfd)
