"""Every text of the forms: names, labels, and what is said to the person alone.

English only for now, and all of it here, so that a translation has one file to read. Titles and
the words of buttons have at most 24 characters, labels 45, hints 100:
https://docs.slack.dev/reference/views, https://docs.discord.com/developers/components/reference
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import StoredPicture
from bot.ports import Spent
from bot.text import clean_output, excerpt

NOTHING_DONE = "Nothing was changed or charged."
NOTHING_CHARGED = "Nothing was charged."
MOST_LABEL = 45
# A line of a list to choose from: https://docs.slack.dev/reference/block-kit/composition-objects
MOST_CHOICE = 75

# --- the command -----------------------------------------------------------------------------
# A description has at most 100 characters:
# https://docs.discord.com/developers/interactions/application-commands#application-command-object

COMMAND = "Edit a picture by words; without a picture or words a form asks for them"
OPTION_PROMPT = "What is to change, for example: make the sky pink"
OPTION_IMAGE = "The picture to edit"
OPTION_PICTURE = "A picture of this thread by its number, like #2"
OPTION_SIZE = "The size of the result, in pixels"
OPTION_QUALITY = "How fine the result is; finer costs more"
OPTION_BACKGROUND = "What is behind the things in the picture"
OPTION_FORMAT = "The kind of file that is made"
OPTION_COMPRESSION = "How much of a jpeg or webp is kept: 1 (small file) to 100 (all of it)"
OPTION_MODERATION = "How strictly the service looks at what it makes"
OPTION_MASK = "A picture of the same size, light or see-through where it may change"
OPTION_MASK_FROM = "Let only the see-through part of the picture change, instead of a mask"
OPTION_REFERENCE = "One more picture to take something from"

_CHOICES = {
    "1024x1024": "1024x1024 (square)",
    "1536x1024": "1536x1024 (landscape)",
    "1024x1536": "1024x1536 (portrait)",
}


def choice(value: str, *, shown: bool = True) -> str:
    """Return how a word of the service's is shown in a list; `shown`: such pictures are."""
    words = _CHOICES.get(value, value)
    return words if shown else f"{words} (stands here as a file, not as a picture)"


# --- forms -----------------------------------------------------------------------------------

TITLE = "Edit a picture"
TITLE_UNDO = "Go back"
SEND = "Edit"
SEND_UNDO = "Show it"

LABEL_PROMPT = "What is to change"
LABEL_PICTURE = "The picture to edit"
LABEL_UPLOAD = "Or upload: the first one is edited"
LABEL_IMAGE = "Upload: the first one is edited"
LABEL_REFERENCES = "More pictures to take something from"
LABEL_SIZE = "Size of the result"
LABEL_QUALITY = "Quality (finer costs more)"
LABEL_MASK = "Mask: light where it may change"
LABEL_MASK_FROM = "What may change"
LABEL_BACKGROUND = "Background"
LABEL_FORMAT = "Kind of file"
LABEL_COMPRESSION = "Compression of jpeg and webp (1 to 100)"
LABEL_MODERATION = "Moderation"
LABEL_VERSION = "Which one"

WHERE_MASK = "Everything, or where a mask lets it"
WHERE_TRANSPARENT = "Only where the picture is see-through"
ALL_OF_THEM = "The first, with the others as references"
HINT_MASK = "As large as the picture; light or see-through where it may change"
HINT_COMPRESSION = "100 keeps everything; counts for jpeg and webp only"
HINT_UNDO = "It is posted once more, and later edits go on from it. This costs nothing."


def hint_prompt(price: str) -> str:
    """Say what one edit costs, beside where its words are written."""
    return f"For example: make the sky pink. One edit costs {price}."


def hint_kept(length: int, price: str) -> str:
    """Say what becomes of words that are too long to be shown, and what one edit costs."""
    return f"Left empty, your {length:,} characters stay as they are. One edit costs {price}."


def hint_pictures(public: bool) -> str:
    """Say where pictures go."""
    if public:
        return "They are uploaded to the picture service, and can be opened by their address."
    return "They are sent to the picture service."


def price(known: tuple[int, int] | None, *, set_here: bool) -> str:
    """Say what one picture costs; `set_here`: by the word of the person who runs the bot."""
    if known is None:
        return "what the picture service charges (its price is not known here)"
    if set_here:
        return f"at most ${amount(known[1])}"
    # To the cent, and never less than it is.
    least, most = (amount(-(-micros // 10_000) * 10_000) for micros in known)
    return f"about ${least}" + (f" to ${most}" if most != least else "")


def amount(micros: int) -> str:
    """Return millionths of a dollar as a number with two digits or, where it needs them, more."""
    whole, rest = divmod(micros, 1_000_000)
    digits = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{whole:,}.{digits}"


def numbered(picture: StoredPicture, what: str = "") -> str:
    """Return a picture's line in a list to choose from."""
    sent = f"sent by {picture.name}" if picture.name else "a picture"
    words = what or (picture.prompt if picture.made else "") or sent
    shown = excerpt(clean_output(words), MOST_CHOICE - 12)
    return f"#{picture.number}: {shown}"


def newest(name: str) -> str:
    """Return the line of what is edited where nothing is chosen: what was posted last."""
    before = "What I upload; else the newest: "
    return before + excerpt(clean_output(name) or "a picture", MOST_CHOICE - len(before))


def posted(name: str, place: int) -> str:
    """Return the line of a picture that has no number yet; `place` counts from 1."""
    return f"{place}. {excerpt(clean_output(name) or 'a picture', MOST_CHOICE - 12)}"


RESULT = "the result"
BEFORE = "the picture before"

# --- what is wrong with a form ---------------------------------------------------------------

NO_PROMPT = "Write what is to change, for example: make the sky pink."
NO_PICTURE = "Choose a picture, or upload one."
TWO_MASKS = "Take either a mask or the see-through part, not both."
NO_SUCH_MASK = "Only `transparency` can be written; a mask itself is attached in the form."
NOT_A_NUMBER = "Write the number of a picture, like #2."
NOT_OFFERED = "Choose one of the list."
TOO_MANY_MASKS = "Upload one mask."


def too_long(most: int, length: int) -> str:
    """Say that words are too many."""
    return f"At most {most:,} characters, these are {length:,}."


def too_many(most: int) -> str:
    """Say how many pictures a model takes."""
    return f"The model takes at most {most} pictures, the one to edit included."


def one_of(choices: Sequence[str]) -> str:
    """Say what the model takes."""
    return f"The model takes {', '.join(choices)}." if choices else "The model has no such choice."


def between(least: str, most: str) -> str:
    """Say which numbers are taken."""
    return f"A whole number from {least} to {most}, digits only."


FORMAT_TRANSPARENT = "jpeg has no transparent parts: take png or webp, or an opaque background."

# --- what is told alone ----------------------------------------------------------------------

NOT_STORED = (
    "I could not read or store that (the bot's disk may be full). Nothing was charged. Try again"
    " in a while, or tell the person who runs this bot."
)
FAILED = (
    "Something went wrong inside the bot. Nothing was charged. Try again; if it stays so, tell"
    " the person who runs this bot."
)
NO_SERVICE = (
    "No service that edits pictures is set up here. Nothing was charged. Ask the person who runs"
    " this bot to set SEGMIND_API_KEY."
)
UNKNOWN = f"I do not know this any more. {NOTHING_CHARGED} Use `/edit-image` instead."
NO_PICTURE_THERE = (
    f"There is no picture in this message that I can edit. {NOTHING_CHARGED} Choose *Edit image*"
    " at a message with a picture (png, jpeg, webp or gif), or use `/edit-image`."
)
GONE = (
    f"This picture is not kept any more, or was deleted. {NOTHING_CHARGED} Send it once more, and"
    " say `edit:` and what to change."
)
NOT_THERE = (
    f"What you pressed belongs to a picture that I do not know any more. {NOTHING_CHARGED} Use"
    " `/edit-image` instead."
)
NO_EARLIER = (
    f"There is no earlier version of this picture any more. {NOTHING_CHARGED} Press *Edit again*"
    " to change it."
)
LINKS_OFF = (
    "The page to paint a mask on cannot be reached from outside here: PUBLIC_URL is not set."
    f" {NOTHING_CHARGED} Attach a mask to `/edit-image` instead: a picture of the same size, light"
    " where it may change."
)
ONLY_ADMINS = (
    "What an edit cost is shown to admins only (who may manage this server or workspace, and"
    f" those whom the person who runs me named). {NOTHING_CHARGED} Ask one of them."
)
RIGHTS_UNKNOWN = (
    "What an edit cost is shown to admins only, and I could not find out in time whether you are"
    f" one. {NOTHING_CHARGED} Press the button again in a moment."
)
NOT_YOURS = (
    f"This form was opened by somebody else. {NOTHING_CHARGED} Use `/edit-image` for one of your"
    " own."
)
FORM_LOST = f"I do not have this form any more. {NOTHING_CHARGED} Open it once more, and send it."
FORM_EXPIRED = f"This form was open for too long. {NOTHING_CHARGED} Open it once more, and send it."
FORM_USED = (
    "This form was sent already; its answer is in the conversation. Nothing more was charged."
    " Open it once more for another edit."
)
ONLY_IN_THREADS = (
    f"Pictures have numbers within a thread only. {NOTHING_DONE} Attach the picture here, or use"
    " the number in its thread."
)


def no_such_number(number: int, known: Sequence[int]) -> str:
    """Say that a thread has no such picture."""
    shown = ", ".join(f"#{each}" for each in known[-10:])
    has = f"It has {shown}." if known else "It has none."
    return (
        f"This thread has no picture #{number} that is still kept. {has} {NOTHING_CHARGED} Take"
        " another number, or attach a picture."
    )


def flawed(flaws: Sequence[tuple[str, str]]) -> str:
    """Say what is wrong with a command's options."""
    lines = " ".join(f"`{name}`: {why}" for name, why in flaws)
    return f"I could not take that. {lines} {NOTHING_DONE} Use the command again."


def paint(url: str, price: str, minutes: int) -> str:
    """Give the link of the page to paint a mask on."""
    return (
        f"Paint where the picture may change: <{url}>\nThe link works once, for {minutes} minutes,"
        f" and whoever has it can use it for you. Opening it costs nothing; the edit costs {price}."
    )


# --- details ---------------------------------------------------------------------------------


def details(picture: StoredPicture | None, spent: Spent | None) -> str:
    """Tell admins what an edit cost, who made it and what was chosen."""
    lines = ["**Details** (only you see this)"]
    if spent is not None:
        lines.append(f"• Cost: {_cost(spent)}")
        lines.append(f"• Model: `{spent.model}`, {_seconds(spent)}")
        if tokens := _tokens(spent):
            lines.append(f"• Tokens: {tokens}")
        lines.append(f"• Request: `{spent.request_id or 'no id is known'}`")
    if picture is not None and not picture.made:
        lines.append(f"• As it was sent: #{picture.number}, {_size(picture)}")
    elif picture is not None:
        chosen = picture.options
        named = {
            "size": chosen.size,
            "quality": chosen.quality,
            "background": chosen.background,
            "format": chosen.format,
            "compression": "" if chosen.compression is None else str(chosen.compression),
            "moderation": chosen.moderation,
        }
        words = ", ".join(f"{name} {value}" for name, value in named.items() if value)
        masked = ", with a mask" if picture.masked else ""
        lines.append(f"• Chosen: {words or 'nothing, so the service did'}{masked}")
        made_of = ", ".join(f"#{number}" for number in picture.inputs)
        made_of = made_of or "nothing that is known"
        lines.append(f"• Made of {made_of}: #{picture.number}, {_size(picture)}")
    return "\n".join(lines)


def _size(picture: StoredPicture) -> str:
    return f"{picture.width} × {picture.height}"


def _cost(spent: Spent) -> str:
    if spent.ended_at is None:
        return "not known before it is done"
    if not (spent.charge.images or spent.charge.micros):
        return "nothing was charged"
    images = f"{spent.charge.images} image{'' if spent.charge.images == 1 else 's'}"
    if spent.usage.cost_micros is None and not spent.charge.micros:
        return f"{images}; the service did not say what it cost, and no price is set"
    said = "by the list price" if spent.estimated else "as the service said"
    return f"${amount(spent.charge.micros)} ({said}), {images}"


def _seconds(spent: Spent) -> str:
    if spent.ended_at is None:
        return "not done yet"
    return f"{(spent.ended_at - spent.started_at) / 1000:.0f} s"


def _tokens(spent: Spent) -> str:
    usage = spent.usage
    counts = (("in", usage.prompt), ("out", usage.completion))
    return ", ".join(f"{count:,} {way}" for way, count in counts if count is not None)


# --- the page of a link ----------------------------------------------------------------------

LINK_UNKNOWN = "There is nothing here."
LINK_EXPIRED = (
    f"This link was good for 15 minutes, which are over. {NOTHING_CHARGED} Press “Paint a mask”"
    " below the picture for a new one."
)
LINK_USED = (
    "This link was used already: its edit is in the conversation. Nothing more was charged. Press"
    " “Paint a mask” below a picture for another."
)
LINK_GONE = (
    f"The picture of this link is not kept any more, or was deleted. {NOTHING_CHARGED} Ask for"
    " another edit in the conversation."
)
LINK_REFUSED = (
    f"You may not edit there now. {NOTHING_CHARGED} The link can still be used: ask in the"
    " conversation why, and try again."
)
LINK_FAILED = (
    f"The bot could not store that. {NOTHING_CHARGED} The link can still be used: try again in a"
    " moment."
)
LINK_TAKEN = (
    "Taken. The edited picture appears in the conversation once it is made; you can close this"
    " page."
)


def mask_too_large(most: int) -> str:
    """Say how large a mask may be."""
    return (
        f"The mask is over {most // (1024 * 1024)} MB. {NOTHING_CHARGED} Paint with fewer edges,"
        " and send it again."
    )


def mask_unread(why: str) -> str:
    """Say why a mask cannot be taken."""
    return f"{why} {NOTHING_CHARGED} Paint it once more, and send it again."


def prompt_flawed(why: str) -> str:
    """Say why the words cannot be taken."""
    return f"{why} {NOTHING_CHARGED} Change the words, and send it again."


def page_price(price: str) -> str:
    """Say on the page what sending it costs, as a sentence."""
    return f"Sending this costs {price}; nothing else does."
