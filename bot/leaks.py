"""Keep the bot's own secrets out of what a model writes, before anything is shown or stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.text import clean_signs

REMOVED = "(removed)"
# A shorter value would be cut out of ordinary words.
SHORTEST_SECRET = 6


class Guard:
    """Replace secrets in one growing text, however its pieces cut them.

    `leaked` is called for each that was found. An end that may be the beginning of a secret is
    held back until more has come.
    """

    def __init__(self, secrets: Iterable[str], leaked: Callable[[], None]) -> None:
        self._secrets = tuple(secret for secret in secrets if len(secret) >= SHORTEST_SECRET)
        self._firsts = frozenset(secret[0] for secret in self._secrets)
        self._longest = max(map(len, self._secrets), default=0)
        self._leaked = leaked
        self._held = ""

    def feed(self, text: str) -> str:
        """Take the next piece and return what may be shown now."""
        text = self._held + clean_signs(text)
        for secret in self._secrets:
            if secret in text:
                for _ in range(text.count(secret)):
                    self._leaked()
                text = text.replace(secret, REMOVED)
        kept = self._find_begun(text)
        self._held = text[kept:]
        return text[:kept]

    def end(self) -> str:
        """Return what was held back; no more comes."""
        held, self._held = self._held, ""
        return held

    def _find_begun(self, text: str) -> int:
        """Return where a secret may begin that goes on beyond the end."""
        for at in range(max(0, len(text) - self._longest + 1), len(text)):
            if text[at] in self._firsts:
                tail = text[at:]
                if any(secret.startswith(tail) for secret in self._secrets):
                    return at
        return len(text)
