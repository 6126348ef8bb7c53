"""What every test shares: which event loop it runs on, and how Hypothesis searches."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping

import pytest
from hypothesis import HealthCheck, settings

from tests.virtual import VirtualLoop

LONGEST = (
    *("test_page_", "test_chaos_", "test_fault_table", "test_slack_deliveries"),
    *("test_input_rows", "test_files_"),
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


def pytest_configure(config: pytest.Config) -> None:
    """Name our marks."""
    config.addinivalue_line("markers", "virtual: run on virtual time (tests/virtual.py)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest modules, so that no process waits for one of them at the end."""
    items.sort(key=lambda item: not item.path.name.startswith(LONGEST))


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, LoopFactory]:
    """Give tests marked `virtual` (and their fixtures) a loop that jumps over waits."""
    if item.get_closest_marker("virtual"):
        return {"virtual": VirtualLoop}
    return {"real": asyncio.new_event_loop}
