"""The exception tree; each error carries one sentence fit for the person who meets it.

BotError
    ConfigError            settings are wrong (exit 78)
    StoreError             the database refused
        Fenced             another worker owns the turn now
    Refused                a limit, a block or a missing price forbids a step
    PlatformError          a platform call did not succeed
        PlatformRefused    it was surely not done
            TooLong            the text is over the platform's limit
            Gone               the message, thread or channel is no longer there
            Lost               a message of ours cannot be changed any more; its place is there
            Forbidden          a permission is missing
            Throttled          too many requests; not done
            TooBig             a file is over the size that is taken
            Elsewhere          a file is only linked: its bytes lie with another service
            NotAFile           what is shown as a file is a page of the platform's own
        PlatformUnknown    it may have been done: look before repeating
    BackendError           a model did not answer
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.ports.quotas import Refusal


class BotError(Exception):
    """Something went wrong."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or type(self).__doc__ or "")


class ConfigError(BotError):
    """The settings are wrong."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class StoreError(BotError):
    """The database did not take the change."""


class Fenced(StoreError):
    """Another worker owns this turn now."""


class Refused(BotError):
    """A limit, a block or a missing price forbids this step: nothing was started."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.kind}: {refusal.use}")
        self.refusal = refusal


class PlatformError(BotError):
    """The platform call did not succeed.

    `code` is the platform's own error code as text, for logs and rules.
    """

    def __init__(self, message: str = "", *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class PlatformRefused(PlatformError):
    """The platform refused the call; nothing was done."""


class TooLong(PlatformRefused):
    """The text is over the platform's limit."""


class Gone(PlatformRefused):
    """The message, thread or channel is no longer there."""


class Lost(PlatformRefused):
    """A message of ours cannot be changed any more: what it was to say needs a new one.

    Its place is still there. Of a message whose absence somebody wanted `Gone` is raised.
    """


class Forbidden(PlatformRefused):
    """A permission is missing. `permission` names it as the platform's settings do."""

    def __init__(self, message: str = "", *, code: str = "", permission: str = "") -> None:
        super().__init__(message, code=code)
        self.permission = permission


class Throttled(PlatformRefused):
    """The platform asks to wait `retry_after` seconds; nothing was done."""

    def __init__(self, message: str = "", *, code: str = "", retry_after: float = 1.0) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


class TooBig(PlatformRefused):
    """The file is over the size that is taken."""


class Elsewhere(PlatformRefused):
    """The file's bytes lie with another service, to which the bot has no access."""


class NotAFile(PlatformRefused):
    """What the platform shows as a file is a page of its own, that no bytes are given out of."""


class PlatformUnknown(PlatformError):
    """The call may or may not have been done."""


class BackendFault(StrEnum):
    """The classes of failure that differ in what a person can do next.

    `PACED`: too many requests wait for our own limit per minute; nothing left. `INTERRUPTED`:
    the process died while a request was under way that may not be made twice.
    """

    AUTH = "auth"
    INTERRUPTED = "interrupted"
    FUNDS = "funds"
    BUSY = "busy"
    PACED = "paced"
    BLOCKED = "blocked"
    INVALID = "invalid"
    TOO_LONG = "too_long"
    NO_MODEL = "no_model"
    TIMEOUT = "timeout"
    CUT = "cut"
    UPSTREAM = "upstream"
    UNREACHABLE = "unreachable"
    PROTOCOL = "protocol"


class BackendError(BotError):
    """The model service did not answer.

    `ambiguous`: the request left and may have been run (and paid). `status` is the HTTP
    status or 0. `detail` is the provider's own words, cut and redacted, for logs only.
    `names_picture`: the provider's complaint is about a picture of the request;
    `names_message`: it is about the message of that number, counted from 0. `of_account`: it
    turns the bot's whole account away, whatever model is asked for.
    """

    def __init__(
        self,
        fault: BackendFault,
        *,
        status: int = 0,
        detail: str = "",
        ambiguous: bool = False,
        retry_after: float | None = None,
        names_picture: bool = False,
        names_message: int | None = None,
        of_account: bool = False,
    ) -> None:
        super().__init__(f"{fault}: {detail}" if detail else str(fault))
        self.fault = fault
        self.status = status
        self.detail = detail
        self.ambiguous = ambiguous
        self.retry_after = retry_after
        self.names_picture = names_picture
        self.names_message = names_message
        self.of_account = of_account
