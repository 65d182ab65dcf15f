# `make check` is everything that must hold; `make fix` repairs what can be repaired.
PYTHON ?= python3
BIN := .venv/bin

$(BIN)/licscan: setup.cfg pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q -e '.[dev]'
	touch $@

.PHONY: check fix generated
check: $(BIN)/licscan
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

fix: $(BIN)/licscan generated
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python -m pytest --update

# What is made from other files of this repository; a test fails when one of them is stale.
generated: $(BIN)/licscan
	$(BIN)/python scripts/compile_knowledge.py
	$(BIN)/python scripts/compile_lineage.py
	$(BIN)/python scripts/compile_registry.py
	$(BIN)/python scripts/build_rule_pages.py
