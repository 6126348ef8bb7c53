"""How long tests wait in real time for what has to come: a busy machine is slow, not wrong.

Nothing is asserted by it: what comes is seen at once, and what never comes fails a little later.
"""

SECONDS = 60.0
# Of which a browser's test may need two before it is ended as a whole.
MILLISECONDS = 30_000
