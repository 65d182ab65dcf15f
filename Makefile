# `make check` is everything that must hold; `make fix` repairs what can be repaired.
PYTHON ?= python3
BIN := .venv/bin

$(BIN)/licscan: setup.cfg pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q -c constraints.txt -e '.[dev]'
	touch $@

.PHONY: check fix generated latest lowest constraints
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

# The suite on the newest releases of everything that setup.cfg asks for, and on the lowest that it allows.
latest:
	$(PYTHON) -m venv --clear .venv-latest
	.venv-latest/bin/pip install -q --upgrade -e '.[dev]'
	.venv-latest/bin/python -m pytest

lowest:
	$(PYTHON) -m venv --clear .venv-lowest
	$(PYTHON) scripts/lowest_versions.py > .venv-lowest/constraints.txt
	.venv-lowest/bin/pip install -q -c .venv-lowest/constraints.txt -e '.[dev]'
	.venv-lowest/bin/python -m pytest

# The newest releases on which the suite passed become the versions that `.ci/run`, the README and `make check` install.
constraints: latest
	{ head -n 2 constraints.txt; .venv-latest/bin/pip freeze --all --exclude pip --exclude-editable; } > .venv-latest/constraints.txt
	mv .venv-latest/constraints.txt constraints.txt
