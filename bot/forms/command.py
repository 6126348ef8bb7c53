"""The command that asks for an edited picture, as every platform registers it."""

from __future__ import annotations

from bot.edits import LEAST_COMPRESSION, MOST_COMPRESSION
from bot.forms import texts
from bot.ports import Command, Option, OptionKind

# Discord takes up to 6,000 characters in one option:
# https://docs.discord.com/developers/interactions/application-commands
MOST_PROMPT = 6_000
MOST_NUMBER = 12

# A table is registered once, whatever model is set: these are what the model takes that it is
# written for (https://www.segmind.com/models/gpt-image-1-edit-mini/api). What another model does
# not know is said when the command is used.
SIZES = ("auto", "1024x1024", "1536x1024", "1024x1536")
QUALITIES = ("auto", "low", "medium", "high")
BACKGROUNDS = ("opaque", "transparent")
FORMATS = ("png", "jpeg", "webp")
MODERATIONS = ("auto", "low")

# The options of one file each; the first is the picture to edit, the last the mask.
PICTURES = ("image", "image2", "image3", "image4", "image5")
MASK = "mask"
MASK_FROM = "mask_from"
TRANSPARENCY = "transparency"

NAME = "edit-image"


def _choice(name: str, description: str, values: tuple[str, ...]) -> Option:
    choices = tuple((texts.choice(value), value) for value in values)
    return Option(name, OptionKind.TEXT, description, choices=choices)


COMMAND = Command(
    NAME,
    texts.COMMAND,
    (
        Option("prompt", OptionKind.TEXT, texts.OPTION_PROMPT, least=1, most=MOST_PROMPT),
        Option(PICTURES[0], OptionKind.FILE, texts.OPTION_IMAGE),
        Option("picture", OptionKind.TEXT, texts.OPTION_PICTURE, least=1, most=MOST_NUMBER),
        _choice("size", texts.OPTION_SIZE, SIZES),
        _choice("quality", texts.OPTION_QUALITY, QUALITIES),
        Option(MASK, OptionKind.FILE, texts.OPTION_MASK),
        _choice(MASK_FROM, texts.OPTION_MASK_FROM, (TRANSPARENCY,)),
        _choice("background", texts.OPTION_BACKGROUND, BACKGROUNDS),
        _choice("format", texts.OPTION_FORMAT, FORMATS),
        Option(
            "compression",
            OptionKind.INTEGER,
            texts.OPTION_COMPRESSION,
            least=LEAST_COMPRESSION,
            most=MOST_COMPRESSION,
        ),
        _choice("moderation", texts.OPTION_MODERATION, MODERATIONS),
        *(Option(name, OptionKind.FILE, texts.OPTION_REFERENCE) for name in PICTURES[1:]),
    ),
    opens=True,
)
