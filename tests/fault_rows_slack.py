"""The faults of Slack, F26 to F47, each with its variants, and what F01 is there."""

from __future__ import annotations

from tests.fault_rows import Row
from tests.fault_rows_events import EVENT_ROWS
from tests.fault_rows_slack_absences import ABSENCE_ROWS
from tests.fault_rows_slack_files import FILE_ROWS
from tests.fault_rows_slack_people import PEOPLE_ROWS
from tests.fault_rows_slack_places import PLACE_ROWS
from tests.fault_rows_slack_posts import POST_ROWS
from tests.fault_rows_slack_streams import STREAM_ROWS

ROWS: tuple[Row, ...] = (
    *ABSENCE_ROWS,
    *EVENT_ROWS,
    *STREAM_ROWS,
    *POST_ROWS,
    *PLACE_ROWS,
    *FILE_ROWS,
    *PEOPLE_ROWS,
)
