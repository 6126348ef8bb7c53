"""The same nonce for the same message, for ever: a platform then knows a repeat for one."""

from __future__ import annotations

import base64
from hashlib import blake2b

from bot.ports import Purpose

# Discord allows 25 characters: https://docs.discord.com/developers/resources/message
NONCE_CHARACTERS = 25


def nonce(turn: str, purpose: Purpose, index: int) -> str:
    """Return the nonce of a message of a turn (or of whatever else has a name of its own).

    Part and purpose are in it, so that a notice can never swallow the answer.
    """
    digest = blake2b(f"{turn}|{purpose}|{index}".encode(), digest_size=15).digest()
    return base64.b32encode(digest).decode().lower()[:NONCE_CHARACTERS]
