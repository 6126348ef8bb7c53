"""The faults of Discord, F01 to F14 and F16 to F25, each with its variants."""

from __future__ import annotations

from tests.fault_rows import Row
from tests.fault_rows_gateway import GATEWAY_ROWS
from tests.fault_rows_inputs import INPUT_ROWS
from tests.fault_rows_places import PLACE_ROWS
from tests.fault_rows_posts import POST_ROWS

ROWS: tuple[Row, ...] = (*GATEWAY_ROWS, *POST_ROWS, *PLACE_ROWS, *INPUT_ROWS)
