"""What fails because it takes far too long, and what only waits for the garbage."""

from __future__ import annotations

import gc

import pytest

from tests import patience


def test_what_takes_too_long_fails_and_garbage_is_collected_again() -> None:
    with pytest.raises(AssertionError), patience.linear(1e-6):
        assert sum(range(100_000)) > 0
    assert gc.isenabled()
    with patience.linear():
        assert not gc.isenabled()
