"""The faults of model services, F48 to F61 and F66, each with its variants."""

from __future__ import annotations

from tests.fault_rows import Row

ROWS: tuple[Row, ...] = ()
