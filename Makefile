# The two commands: `make demo` and `make test`. Both set up a private environment first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := .demo
AWAY := $(or $(TMPDIR),/tmp)/vankien-wheel
LOCK := --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet
DOCUMENTS := $(wildcard corpus/documents/*.pdf corpus/documents/*.docx corpus/documents/*.html corpus/documents/*.txt corpus/documents/*.jsonl corpus/documents/*.csv)

.PHONY: help setup setup-dev demo test lint wheel bench docs lock documents clean

help:
	@echo "make demo   set up, extract corpus/documents, show what was found"
	@echo "make test   set up, check style and types, run all tests"
	@echo "make bench  run the benchmarks and print their table"
	@echo "make docs   how-to pages, codebook pages and API reference in build/docs"

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# The lock is complete and hashed; the package itself is then installed without resolving.
$(VENV)/.runtime: constraints.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: constraints-dev.txt $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints-dev.txt
	@touch $@

setup: $(VENV)/.runtime
setup-dev: $(VENV)/.dev

demo: setup
	@rm -rf $(DEMO)
	$(BIN)/vankien extract $(DOCUMENTS) --out $(DEMO)/results
	$(BIN)/vankien info $(DEMO)/results --tables

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint
	$(BIN)/python -m pytest
	$(MAKE) --no-print-directory wheel

# The built wheel in an empty environment, away from the checkout, must work the same.
wheel: setup-dev
	@rm -rf $(AWAY) && mkdir -p $(AWAY)
	$(BIN)/python -m build --wheel --no-isolation --outdir $(AWAY)/dist . >/dev/null
	$(PYTHON) -m venv $(AWAY)/env
	$(AWAY)/env/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	$(AWAY)/env/bin/python -m pip install --quiet --disable-pip-version-check --no-deps $(AWAY)/dist/*.whl
	$(BIN)/python tests/wheel_check.py $(AWAY) $(BIN)/vankien
	@rm -rf $(AWAY)

bench: setup-dev
	$(BIN)/python -m tests.benchmarks

docs: setup-dev
	$(BIN)/python -m vankien.display.docs build/docs

documents: setup-dev
	$(BIN)/python corpus/documents/compose.py

# Rewrites the lock files (needs uv); they hold versions and hashes, never addresses.
lock:
	uv pip compile pyproject.toml --extra build --extra dev $(LOCK) --output-file constraints-dev.txt
	uv pip compile pyproject.toml --extra build --constraints constraints-dev.txt $(LOCK) --output-file constraints.txt

clean:
	rm -rf $(VENV) $(DEMO) dist build .mypy_cache .ruff_cache
