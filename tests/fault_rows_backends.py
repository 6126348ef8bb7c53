"""The faults of model services, F48 to F61 and F66, each with its variants."""

from __future__ import annotations

from tests.fault_rows import Row
from tests.fault_rows_answers import ANSWER_ROWS
from tests.fault_rows_history import HISTORY_ROWS
from tests.fault_rows_refusals import REFUSAL_ROWS
from tests.fault_rows_streams import STREAM_ROWS

ROWS: tuple[Row, ...] = (*REFUSAL_ROWS, *STREAM_ROWS, *ANSWER_ROWS, *HISTORY_ROWS)
