"""What every test shares: which event loop it runs on, and how Hypothesis searches."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
import structlog
from aiohttp import web_app
from hypothesis import HealthCheck, settings

from tests import decoders
from tests.virtual import VirtualLoop

LONGEST = (
    *("test_fault_table", "test_chaos_", "test_page_", "test_turns_slack", "test_mask_pages"),
    *("test_edits_", "test_gate", "test_turns_pictures", "test_http_rows", "test_input_rows"),
    *("test_storage_quotas_model", "test_main", "test_splitting", "test_slack_deliveries"),
    "test_files_",
)
LoopFactory = Callable[[], asyncio.AbstractEventLoop]

# The same examples on every run and every machine: a failure is never a matter of luck.
settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    print_blob=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
# HYPOTHESIS_PROFILE=search looks for new examples, at length.
settings.register_profile(
    "search", parent=settings.get_profile("ci"), derandomize=False, max_examples=5000
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


# Half the wall time of the tests that store something was the disk's, and none of them cuts the
# power: a kill -9 loses nothing of what memory holds, either.
MEMORY = Path("/dev/shm")
MEMORY_BYTES = 2 * 1024**3


def _is_roomy(folder: Path) -> bool:
    """Tell whether a folder takes all the tests' files: a container's may be of 64 MB."""
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free >= MEMORY_BYTES


def pytest_configure(config: pytest.Config) -> None:
    """Name our marks; keep the tests' files in memory, where nobody said another place."""
    config.addinivalue_line("markers", "virtual: run on virtual time (tests/virtual.py)")
    if "TMPDIR" not in os.environ and _is_roomy(MEMORY):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
        tempfile.tempdir = str(MEMORY)
    # By the number of tests a long module of few would come last (xdist's own order).
    config.option.loadscopereorder = False
    # By default structlog shows every local of every frame, in colours: a second for each.
    structlog.dev.ConsoleRenderer.get_active().exception_formatter = structlog.dev.plain_traceback


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let the garbage collector never again walk what stays for good: thousands of tests."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """End the decoders that bots left to the next."""
    decoders.end_all()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest modules, so that no process waits for one of them at the end."""
    items.sort(key=lambda item: not item.path.name.startswith(LONGEST))


def pytest_runtest_teardown() -> None:
    """Forget the handlers of a test's servers: aiohttp keeps a thousand, each with its whole world.

    They grew to half a gigabyte, which every collection of garbage had to walk.
    """
    cast(Any, web_app)._cached_build_middleware.cache_clear()


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, LoopFactory]:
    """Give tests marked `virtual` (and their fixtures) a loop that jumps over waits."""
    if item.get_closest_marker("virtual"):
        return {"virtual": VirtualLoop}
    return {"real": asyncio.new_event_loop}
