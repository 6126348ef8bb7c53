"""What stands with an edited picture: what was asked, of which picture, by what. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import EditOptions, StoredPicture
from bot.text import escape, excerpt, is_blank

PROMPT_CHARACTERS = 600
# Discord allows 1,024 for a file, Slack 2,000 for a picture:
# https://docs.discord.com/developers/components/reference#unfurled-media-item-structure,
# https://docs.slack.dev/reference/block-kit/blocks/image-block
ALT_CHARACTERS = 500
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


def caption(
    prompt: str,
    inputs: Sequence[int],
    number: int,
    model: str,
    options: EditOptions,
    *,
    masked: bool,
) -> str:
    """Return what was asked, which picture came of which, by what model, with what chosen."""
    chosen = [options.size, options.quality, options.background, options.format]
    if options.compression is not None:
        chosen.append(f"compression {options.compression}")
    if options.moderation:
        chosen.append(f"moderation {options.moderation}")
    if masked:
        chosen.append("only within a mask")
    facts = [lineage(inputs, number), f"`{model}`", *filter(None, chosen)]
    return f"**{_words(prompt)}**\n{' · '.join(facts)}"


def lineage(inputs: Sequence[int], number: int) -> str:
    """Say which picture came of which: `#1 + #3 → #4`."""
    return f"{' + '.join(f'#{each}' for each in inputs)} → #{number}"


def shown_again(picture: StoredPicture) -> str:
    """Return the caption of a picture that somebody went back to."""
    if not picture.made:
        return f"**Back to #{picture.number}**\nas it was sent; it is edited next"
    return f"**Back to #{picture.number}**, which is edited next\n{of(picture)}"


def of(picture: StoredPicture) -> str:
    """Return the caption of a picture that was made."""
    return caption(
        picture.prompt,
        picture.inputs,
        picture.number,
        picture.model,
        picture.options,
        masked=picture.masked,
    )


def _words(prompt: str) -> str:
    """Return a prompt on one line that no markup runs out of."""
    words = escape(excerpt(prompt, PROMPT_CHARACTERS))
    return words if not is_blank(words) else "Edited"


def describe(picture: StoredPicture) -> str:
    """Return what a picture's alternative text says."""
    if picture.made:
        words = f"Picture #{picture.number}, edited: {picture.prompt}"
    elif picture.name:
        words = f"Picture #{picture.number}, sent by {picture.name}"
    else:
        words = f"Picture #{picture.number}, as it was sent"
    return excerpt(words, ALT_CHARACTERS)


def file_name(picture: StoredPicture, mime: str) -> str:
    """Return the name of a picture's file; `mime` is what it was encoded as."""
    return f"picture-{picture.number}.{_ENDINGS.get(mime, 'png')}"
