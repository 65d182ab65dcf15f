"""Every rule, in one written-out tuple."""

from licscan.rule import Rule

RULES: tuple[Rule, ...] = ()
