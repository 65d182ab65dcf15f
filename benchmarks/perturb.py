"""Ways in which a licence text reaches a repository: reflowed, retitled, wrapped, damaged, added to."""

from __future__ import annotations

import html
import random
import re
import textwrap
from collections.abc import Callable

Change = Callable[[str, random.Random], str]

NAVIGATION = (
    "Hugging Face\nModels Datasets Spaces Community Docs Enterprise Pricing\nLog In Sign Up\nacme / big-model-7b\n"
    "like 1.2k\nFollow Acme 345\nText Generation Transformers Safetensors English conversational\n"
    "Model card Files and versions xet Community 12\nmain big-model-7b / LICENSE\nalice Upload folder using "
    "huggingface_hub 1a2b3c4 verified 3 months ago\nraw history blame contribute delete 11.4 kB\n\n"
)
FOOTER = "\n\nSystem theme\nCompany TOS Privacy About Careers\nWebsite Models Datasets Spaces Pricing Docs\n"
SENTENCE = "The Software may not be used for any commercial purpose."


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text."""
    return [one for one in re.split(r"\n\s*\n", text) if one.strip()]


def reflow(text: str, _: random.Random) -> str:
    """Every paragraph wrapped at 60 columns."""
    return "\n\n".join(
        textwrap.fill(" ".join(one.split()), 60, break_long_words=False, break_on_hyphens=False)
        for one in paragraphs(text)
    )


def one_line(text: str, _: random.Random) -> str:
    """Everything on one line."""
    return " ".join(text.split())


def retitle(text: str, _: random.Random) -> str:
    """Another heading over it, in place of the first line where that is a heading."""
    first, _sep, rest = text.lstrip().partition("\n")
    is_heading = len(first.split()) <= 12 and not re.search(r"\b(?!of|the|for|and|to|a|in|on|v\d)[a-z]{2,}", first)
    body = rest if is_heading else text
    return "ACME MODEL COMMUNITY AGREEMENT\n\n" + body


def as_html(text: str, _: random.Random) -> str:
    """A web page."""
    body = "".join(f"<p class='t'>{html.escape(one)}</p>\n" for one in paragraphs(text))
    menu = "<nav><ul><li><a href='/'>Home</a></li><li><a href='/m'>Models</a></li></ul></nav>"
    head = "<!doctype html><html><head><title>Legal</title><style>p { color: red }</style></head>"
    return f"{head}<body>{menu}<main>{body}</main><footer>&copy; 2026 Acme &amp; Co.</footer></body></html>"


def as_markdown(text: str, _: random.Random) -> str:
    """Headings, emphasis, quotes and escaped signs of markdown."""
    found = []
    for number, one in enumerate(paragraphs(text)):
        piece = re.sub(r"([*_])", r"\\\1", one)
        if len(piece.split()) < 10:
            piece = "## " + piece
        elif number % 4 == 0:
            piece = "> " + piece.replace("\n", "\n> ")
        elif number % 4 == 1:
            first, _gap, rest = piece.partition(" ")
            piece = f"**{first}** {rest}"
        found.append(re.sub(r"(https?://[^\s)>\]\"']+[\w/])", r"[\1](\1)", piece))
    return "\n\n".join(found)


def noise(text: str, chance: random.Random) -> str:
    """Three words of a hundred lost or misspelt."""
    pieces = re.split(r"(\s+)", text)
    for at, piece in enumerate(pieces):
        if piece.strip() and chance.random() < 0.03:
            if chance.random() < 0.5 or len(piece) < 3:
                pieces[at] = ""
            else:
                cut = chance.randrange(len(piece))
                pieces[at] = piece[:cut] + chance.choice("abcdefghijklmnop") + piece[cut + 1 :]
    return "".join(pieces)


def navigation(text: str, _: random.Random) -> str:
    """Copied from a web page together with its menus."""
    return NAVIGATION + text + FOOTER


def filled(text: str, _: random.Random) -> str:
    """Year and holder filled in."""
    text = re.sub(r"[<\[{](?:year|yyyy)[>\]}]", "2026", text, flags=re.IGNORECASE)
    text = re.sub(
        r"[<\[{](?:copyright holders?|owner|name of copyright owner|name of author|holder|organization)[>\]}]",
        "Acme AI Research, Inc.",
        text,
        flags=re.IGNORECASE,
    )
    return re.sub(r"(?i)\bthe copyright holder nor\b", "Acme AI Research, Inc. nor", text)


def no_appendix(text: str, _: random.Random) -> str:
    """Without the appendix that tells how to apply the licence."""
    cut = re.search(r"(?im)^\s*(?:end of (?:the )?terms and conditions|appendix: how to)", text)
    return text[: cut.start()] if cut else text


def commented(text: str, _: random.Random) -> str:
    """As a comment of a source file, with other line ends."""
    return "\ufeff" + "\r\n".join("# " + line for line in text.splitlines())


def typographic(text: str, _: random.Random) -> str:
    """Curly quotes, long dashes, no-break spaces."""
    text = re.sub(r"\"([^\"\n]{1,80})\"", "“\\1”", text)
    return text.replace("'", "’").replace(" - ", " – ").replace(". ", ".\u00a0")


PLAIN: tuple[tuple[str, Change], ...] = (
    ("as it is", lambda text, _: text),
    ("reflowed", reflow),
    ("on one line", one_line),
    ("retitled", retitle),
    ("HTML", as_html),
    ("markdown", as_markdown),
    ("3 % noise", noise),
    ("page around it", navigation),
    ("placeholders filled", filled),
    ("no appendix", no_appendix),
    ("as a comment", commented),
    ("typographic signs", typographic),
)


def added(text: str, _: random.Random) -> str:
    """One more sentence at the end."""
    return text.rstrip() + "\n\n" + SENTENCE + "\n"


def inserted(text: str, chance: random.Random) -> str:
    """One more sentence between two paragraphs."""
    parts = paragraphs(text)
    at = chance.randrange(1, len(parts)) if len(parts) > 1 else 1
    return "\n\n".join([*parts[:at], SENTENCE, *parts[at:]])


def removed(text: str, chance: random.Random) -> str:
    """One sentence less."""
    found = list(re.finditer(r"(?<=[.;] )[A-Z][^.;]{60,600}[.;](?=\s)", text[: int(len(text) * 0.95)]))
    if not found:
        return ""
    one = chance.choice(found)
    return text[: one.start()] + text[one.end() :]


def altered(text: str, chance: random.Random) -> str:
    """One "may" turned into "may not", one number into another."""
    found = list(re.finditer(r"\b(?:may|shall|can)\b(?! not)", text))
    if not found:
        return ""
    one = chance.choice(found)
    return text[: one.end()] + " not" + text[one.end() :]


EDITED: tuple[tuple[str, Change], ...] = (
    ("sentence added", added),
    ("sentence inserted", inserted),
    ("sentence removed", removed),
    ("may -> may not", altered),
)
