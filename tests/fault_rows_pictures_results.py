"""Faults of edited pictures, on both platforms: F62, F65, what comes is none, or of elsewhere."""

from __future__ import annotations

from tests.fault_edits import ATTEMPTS, BROKEN_MAY_CHARGE, MADE, failing, rows_shown, rows_unusable
from tests.fault_rows import Called, Counted, Row
from tests.fault_services import work

SAME = (
    "(the image service sent the same picture back, and charged for it: ask for the change in "
    "other words)"
)
UNUSABLE_ROWS: list[Row] = [
    *rows_unusable(
        "F62",
        "JSON error with 200",
        "What should be a picture is a JSON error.",
        work(sends="json"),
        note=BROKEN_MAY_CHARGE,
        error="upstream",
        stored=(failing("upstream"),),
        instead=f"The service says itself what went wrong. {ATTEMPTS}",
    ),
    *rows_unusable(
        "F62",
        "HTML",
        "What should be a picture is a page.",
        work(sends="html"),
        stored=(failing("protocol"),),
    ),
    *rows_unusable(
        "F62",
        "0 bytes",
        "What should be a picture is empty.",
        work(sends="empty"),
        stored=(failing("protocol"),),
    ),
    *rows_unusable(
        "F62",
        "truncated PNG",
        "Half a picture comes.",
        work(sends="truncated"),
        error="unusable",
    ),
    *rows_unusable(
        "F62",
        "60 MB",
        "A picture with 60 MB behind it comes.",
        work(sends="huge"),
        stored=(failing("protocol"), Counted("fetches", 1, 'outcome="too_large"')),
    ),
    *rows_unusable(
        "F62",
        "no address",
        "A result is finished and names no picture.",
        work(sends="nothing"),
        stored=(failing("protocol"),),
    ),
    *rows_shown(
        "F62",
        "wrong content type",
        "A picture comes that is called text.",
        work(sends="as_text"),
        instead="The bytes tell what it is, and it is a picture.",
    ),
    *rows_shown(
        "F62",
        "same picture back",
        "The picture that was sent comes back.",
        work(sends="same"),
        note=SAME,
        stored=(Counted("images", 1),),
        instead="It is shown, so it is charged, which the note says.",
    ),
    *(
        row
        for variant, address in (
            ("another host", "https://pictures.example.net/a.png"),
            ("a private address", "http://169.254.169.254/latest/meta-data"),
            ("a name that looks alike", "https://images.segmind.com.example.net/a.png"),
            ("with a password", "https://user:word@images.segmind.com/a.png"),
            ("a file", "file:///etc/passwd"),
        )
        for row in rows_unusable(
            "F65",
            variant,
            "A result is said to lie where results never lie.",
            work(host=address),
            stored=(failing("protocol"),),
        )
    ),
    *(
        row
        for variant, address in (
            ("redirect to a private address", "http://169.254.169.254/latest/meta-data"),
            ("redirect to another host", "https://pictures.example.net/a.png"),
        )
        for row in rows_unusable(
            "F65",
            variant,
            "The address of a result leads on.",
            work(leads_to=address),
            met=(Called(MADE, status=302),),
            stored=(failing("protocol"), Counted("fetches", 1, 'outcome="not_allowed"')),
        )
    ),
]
