"""How large what people send may be, and what is made of it."""

from __future__ import annotations

# 40 megapixels are 160 MB as RGBA. The decoder works within the memory below, of which
# converting and scaling such a picture take three times as much as the picture.
MOST_PIXELS = 40_000_000
MOST_ASPECT = 20
LEAST_SIDE = 64

# What every model takes: more is scaled down on their side anyway.
FIT_SIDE = 2_048
FIT_BYTES = 4_000_000

# What a service makes: the most that its bytes may be, and come to when they are encoded anew.
RESULT_BYTES = 64 * 1024 * 1024
# Less than 4 MB is what image models take.
MASK_BYTES = 4 * 1024 * 1024 - 1

TEXT_CHARACTERS = 32_000
PDF_PAGES = 200

# Of one job in the decoder's process: its memory in all, the processor time of a job, and the
# time that its caller waits. The last is longer since a busy machine gives little of itself.
MEMORY_BYTES = 768 * 1024 * 1024
CPU_SECONDS = 10
WAIT_SECONDS = 25.0
# A PDF is read for so long, and what was read until then is used.
PDF_SECONDS = 6.0
