"""Which words under a picture ask for nothing: thanks, praise, a face, a word to somebody else.

An edit costs money, so what may well be a remark is taken for one; `edit:` before it says that
it is none. Pure.
"""

from __future__ import annotations

import re
import unicodedata

# What people say when they like it, or have had enough; a remark has at least one of these.
_PRAISE_WORDS = """
    thanks thank thankyou thx ty tysm cheers lovely nice great good cool awesome amazing beautiful
    perfect wonderful brilliant excellent fantastic superb gorgeous stunning impressive neat sweet
    love loved better best wow whoa yay woah omg lol lmao haha hahaha hehe ok okay yes yeah yep yup
    no nope nah welldone bravo congrats agreed exactly right true funny cute pretty super
    danke dankeschön schön super toll klasse prima perfekt ja nein
    merci beau belle joli jolie parfait génial oui non
    gracias genial bonito bonita perfecto hermoso sí si
    obrigado obrigada lindo linda perfeito ótimo sim não
    grazie bello bella bellissimo bellissima perfetto
    bedankt mooi prachtig tack fint tak kiitos dziękuję dzięki piękne
    спасибо круто красиво класс отлично да нет дякую
    ありがとう ありがとうございます すごい いいね かわいい はい
    谢谢 謝謝 很好 漂亮 好 감사합니다 고마워요 고마워 좋아요 teşekkürler güzel شكرا תודה धन्यवाद
"""
# What stands around such a word, and asks for nothing by itself.
_AROUND_WORDS = """
    a an and are bot but for i id im is isnt it its ive just like looks looking man me much my of oh
    one pic picture image photo really result so such that thats the these they this those to too
    very was way well what work job you your youre dude mate all everyone guys lot lots bit done
    sehr das ist so ein eine dir euch vielen dank und gut
    très c cest est beaucoup le la les ça
    muy muchas mucho es que qué está
    muito muita é que
    molto grazie tante è
    heel dank je wel erg очень большое это
"""
_PRAISE, _AROUND = frozenset(_PRAISE_WORDS.split()), frozenset(_AROUND_WORDS.split())
_EMOJI_NAME = re.compile(r":[A-Za-z0-9_+-]{1,64}:")
_TO_OTHERS = re.compile(r"\A[\s,]*@\w")
_NAMES_OTHERS = re.compile(r"(?<![\w@])@\w")
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile("['’ʼ`]")


def is_remark(text: str) -> bool:
    """Tell whether words ask the bot for nothing at all."""
    if _TO_OTHERS.match(text):
        return True
    said = unicodedata.normalize("NFC", _EMOJI_NAME.sub(" ", text)).casefold()
    words = _WORD.findall(_APOSTROPHES.sub("", said))
    words = [word for word in words if any(map(str.isalnum, word))]
    if not words:
        return bool(text.strip())
    return all(map(_is_said, words)) and any(_squeezed(word) & _PRAISE for word in words)


def names_others(text: str) -> bool:
    """Tell whether words name another person, who may be whom they are for."""
    return _NAMES_OTHERS.search(text) is not None


def _is_said(word: str) -> bool:
    return bool(_squeezed(word) & (_PRAISE | _AROUND))


def _squeezed(word: str) -> set[str]:
    """Return a word, and what it may be without the letters that joy draws out: `sooo`."""
    return {word, re.sub(r"(.)\1{2,}", r"\1", word), re.sub(r"(.)\1{2,}", r"\1\1", word)}
