"""What the page is told when something cannot be done."""

from __future__ import annotations


class Refusal(Exception):
    """It cannot be done; the message is a sentence fit for the person."""
