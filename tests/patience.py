"""How long tests wait in real time for what has to come: a busy machine is slow, not wrong.

Nothing is asserted by it: what comes is seen at once, and what never comes fails a little later.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 60.0
# Of which a browser's test may need two before it is ended as a whole.
MILLISECONDS = 30_000


@contextmanager
def linear(most: float = 20.0) -> Iterator[None]:
    """Fail what takes the processor far longer than what grows with its input's length.

    That takes tenths of a second of a megabyte; what grows with the square of it takes hours.
    Smaller inputs have a smaller bound.
    """
    gc.disable()  # a pass over the whole test run's memory would count
    try:
        before = time.process_time()
        yield
        spent = time.process_time() - before
    finally:
        gc.enable()
    assert spent < most
