"""What the bot tells the people who run it."""

from __future__ import annotations

from bot.errors import BackendFault
from bot.notices import FAULTS


def account_trouble(backend: str, fault: BackendFault) -> str:
    """Tell an admin that a backend turns the bot away."""
    what, _ = FAULTS[fault]
    return (
        f"{what} The service is `{backend}`; people who ask it get no answer and are not charged. "
        "Check its key and its account; I try again every minute by myself."
    )


def files_not_permitted_here(platform: str, workspace: str, permission: str) -> str:
    """Tell an admin that no file can be read in a workspace."""
    return (
        f"I am not allowed to read files in the {platform} workspace `{workspace}`; people who "
        f"send me one there get no answer and are not charged. Add {permission} to the app and "
        "reinstall it; I tell you once a day."
    )


def low_credits(backend: str, left_micros: int, limit_micros: int) -> str:
    """Tell an admin that an account runs dry."""
    return (
        f"The account at `{backend}` has ${left_micros / 1_000_000:.2f} left, which is below "
        f"${limit_micros / 1_000_000:.2f}. Top it up before answers stop; I tell you once."
    )
