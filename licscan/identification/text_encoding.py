"""Bytes of a licence file as text: which encoding it is, and what is no text at all."""

from __future__ import annotations

import codecs
import html
import re

PDF = "pdf"
BINARY = "binary"
NOT_TEXT = frozenset({PDF, BINARY})
"""What `decode` answers in place of an encoding for files that it does not read."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 65536
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MOST_CONTROLS = 0.002
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_BLOCK = re.compile(
    r"</?(?:p|div|br|li|ul|ol|h[1-6]|tr|table|section|article|pre|blockquote|main|body)\b[^<>]{0,800}>", re.IGNORECASE
)
_UNSEEN = re.compile(
    r"<(script|style|head|svg|noscript|nav|footer)\b.{0,200000}?</\1\s*>|<!--.{0,20000}?-->", re.IGNORECASE | re.DOTALL
)
_TAG = re.compile(r"</?(?!https?:|mailto:)[a-zA-Z!][^<>]{0,800}>")
_LINK = re.compile(r"!?\[([^\[\]]{0,500})\]\((?:[^()\s]{0,800})\)")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3}|_{1,3})(?=\S)(.{1,300}?)(?<=\S)\1(?![\w*])")
_LINE_MARK = re.compile(r"^ {0,3}(?:#{1,6} |> ?|```\w{0,20}$|\|)", re.MULTILINE)


def decode(raw: bytes) -> tuple[str, str]:
    """The text and its encoding; an empty text and `pdf` or `binary` for what is no text."""
    if b"%PDF-" in raw[:1024]:
        return "", PDF
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _marked(raw, encoding)
    if (wide := _wide(raw[:_SAMPLE])) is not None:
        return raw.decode(wide, "replace"), wide
    if _is_binary(raw[:_SAMPLE]):
        return "", BINARY
    try:
        # A file that was read only in part may end inside a letter.
        return codecs.getincrementaldecoder("utf-8")().decode(raw, final=False), "utf-8"
    except UnicodeDecodeError:
        return _old(raw)


def _marked(raw: bytes, encoding: str) -> tuple[str, str]:
    width = {"utf-16": 2, "utf-32": 4}.get(encoding, 1)
    text = raw[: len(raw) - len(raw) % width].decode(encoding, "replace")
    return ("", BINARY) if "\x00" in text else (text, encoding)


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of mostly Latin text is zero."""
    if len(sample) < 4:
        return None
    even, odd = sample[0::2], sample[1::2]
    for zeros, others, encoding in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if zeros.count(0) > 0.7 * len(zeros) and others.count(0) < 0.02 * len(others) + 1:
            return encoding
    return None


def _is_binary(sample: bytes) -> bool:
    return b"\x00" in sample or len(_CONTROL.findall(sample)) > _MOST_CONTROLS * len(sample) + 1


def _old(raw: bytes) -> tuple[str, str]:
    """Encodings from before Unicode: double-byte where high bytes come in pairs, otherwise Western."""
    runs = [len(one) for one in _HIGH_RUN.findall(raw[:_SAMPLE])]
    if runs and sum(one for one in runs if one > 1) > 0.8 * sum(runs):
        leads = [one[at] for one in _HIGH_RUN.findall(raw[:_SAMPLE]) for at in range(0, len(one), 2)]
        hangul = sum(0xB0 <= one <= 0xC8 for one in leads) / len(leads)
        for encoding in ("cp949", "gb18030") if hangul > 0.85 else ("gb18030", "cp949"):
            try:
                return codecs.getincrementaldecoder(encoding)().decode(raw, final=False), encoding
            except UnicodeDecodeError:
                continue
    try:
        return raw.decode("cp1252"), "latin-1" if raw.decode("latin-1") == raw.decode("cp1252") else "cp1252"
    except UnicodeDecodeError:
        return raw.decode("latin-1"), "latin-1"


def readable(text: str) -> str:
    """An HTML page or a markdown file as plain text, paragraphs kept, for people and for fingerprints alike."""
    if re.search(r"<(?:!doctype|html|body|p|div|pre|br|h[1-6])\b", text[:100_000], re.IGNORECASE):
        text = _TAG.sub("", _BLOCK.sub("\n\n", _UNSEEN.sub("\n\n", text)))
        text = html.unescape(text)
    else:
        text = _LINE_MARK.sub("", _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", text)))
        text = re.sub(r"\\([\\`*_{}\[\]()#+\-.!>|~])", r"\1", text)
    lines = [line.rstrip() for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
