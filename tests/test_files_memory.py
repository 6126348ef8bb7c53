"""What reading files costs the bot's own memory: measured in a process of its own, and printed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench import pictures
from tests.corpus import picture_rows

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rows")
    pictures.lay_rows(folder)
    return folder


def test_all_bad_pictures_together_leave_the_bot_small(rows: Path) -> None:
    told = pictures.in_own_process("rows", rows)
    print({name: round(value, 1) for name, value in told.items()})
    assert told["files"] == len(picture_rows.rows())
    assert told["read"] > 100
    # Bytes that the table itself has at most, 10 MB, are in the bot's hands while it reads them.
    assert told["peak"] <= pictures.GROWTH_MB
    assert told["growth"] <= pictures.GROWTH_MB
    assert told["worker"] <= 768


def test_nothing_that_decodes_is_imported_by_the_bot() -> None:
    code = """
import sys
import adapters.fetch, adapters.files.reader, storage.blobs
heavy = {"PIL", "pypdf", "pillow_heif", "multiprocessing"}
print(*sorted(heavy & {name.partition(".")[0] for name in sys.modules}))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
