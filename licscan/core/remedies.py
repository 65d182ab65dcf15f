"""What can be done about a finding of change or control, in one place so that the words stay the same."""

from __future__ import annotations

from licscan.core.text import text

PIN = text("pin the 40-digit commit wherever the model is loaded")
ARCHIVE = text("keep licence, card, use policy and NOTICE with their hashes: `licscan lock SUBJECT --archive DIR`")
LOCK = text("write a lock file with `licscan lock SUBJECT` and let `licscan check` fail on drift")
MIRROR = text("mirror the weights in-house where the grant permits copies, and record their hashes")
ACCEPTANCE = text("record who accepted which text, and when")
SECOND_SOURCE = text("name a second source for the part and test it at each release")
CONTRACT = text("get a paid licence or a written confirmation from the licensor")
RETRAIN = text("initialise the part anew and train it")
SWAP = text("replace the part by one from another source")
WAIT = text("wait and watch newly released bases for 30 days")
THRESHOLDS = text("check users and revenue against the thresholds every year")
NOTICES = text("ship licence, attribution and NOTICE of every inherited part: `licscan notice SUBJECT`")
DISCLOSE = text("name the part and its origin on the card, in `base_model` or in prose")
EXCEPTION = text("record an exception with a reason and an owner: a waiver in licscan.toml")
ASK = text("ask the publisher which it is, and keep the answer")
CORRECT = text("correct the registry for this organisation in the policy file")
COUNSEL = text("take advice on whether the list reaches this use")
COMPARE = text("compare the weights: `licscan compare A B`")
WITHDRAW = text("withdraw the claim of own training for this part")
VENDOR = text("copy the code into your own repository and load it from there")
OFFLINE = text("test that the model loads and runs without a network")
DOCUMENT = text("document the re-use of the architecture")
TOKENIZER = text("train a tokenizer of your own")

BY_COST = (
    PIN,
    LOCK,
    ARCHIVE,
    NOTICES,
    DISCLOSE,
    ACCEPTANCE,
    DOCUMENT,
    CORRECT,
    ASK,
    COMPARE,
    THRESHOLDS,
    OFFLINE,
    VENDOR,
    MIRROR,
    WAIT,
    WITHDRAW,
    CONTRACT,
    SECOND_SOURCE,
    COUNSEL,
    EXCEPTION,
    SWAP,
    TOKENIZER,
    RETRAIN,
)
"""Ways out from the cheapest to the dearest; what a rule words for one case alone comes before all of them."""
