"""The section of docs/reference/accuracy.md on sentences of cards about licences."""

from __future__ import annotations

from tests.truth.measure_licenses import Score, cases, measure

LANGUAGES = {
    "en": "English",
    "ko": "Korean",
    "zh": "Chinese",
    "ja": "Japanese",
    "fr": "French",
    "de": "German",
    "es": "Spanish",
}


def section() -> str:
    """Recall and precision by language, on `tests/truth/license_sentences.toml`."""
    rows = [_row(name, measure(code)) for code, name in LANGUAGES.items()]
    due = sum(1 for is_due, _ in cases() if is_due)
    total = sum(1 for _ in cases())
    return "\n".join(
        [
            "## Sentences of cards about licences",
            "",
            "A card is tagged with a free licence and says one sentence more. A sentence that limits the weights, or",
            "names another licence for them, must make the licence disputed; a sentence that limits nothing, or speaks",
            "of code, data, a demo or somebody else's model, must not. The file is",
            f"`tests/truth/license_sentences.toml`: {total} sentences in the words of cards; {due} limit something.",
            "",
            "| language | limits heard | of | look-alikes that disputed | of | recall | precision |",
            "|---|---:|---:|---:|---:|---:|---:|",
            *rows,
            _row("together", measure()),
            "",
            "The sentences were written in four lots, and the rules were mended after each. The last lot shows what to",
            "expect of a wording that nobody has seen: of its 40 limits 30 were heard (recall 0.75), of its 40",
            "look-alikes one disputed (precision 0.97), before the rules knew them.",
        ]
    )


def _row(name: str, score: Score) -> str:
    heard = score.fired - len(score.misnamed)
    quiet = score.quiet
    return (
        f"| {name} | {heard} | {score.fired + len(score.missed)} | {len(score.invented)} | {quiet} "
        f"| {score.recall:.2f} | {score.precision:.2f} |"
    )
