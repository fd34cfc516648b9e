# `make run` and `make test` do all of their own set-up: they need Python 3.11+ and make.
PYTHON ?= python3
PORT ?= 8050
VENV ?= .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: run test lint lint-js bench chaos families screenshots clean

run: $(VENV)/.run
	@exec $(BIN)/prunelab up --port $(PORT)

test: $(VENV)/.dev
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@if command -v npm >/dev/null || [ -n "$(PRUNELAB_REQUIRE_NODE)" ]; \
	then $(MAKE) --no-print-directory lint-js; \
	else echo "npm is not here: the JavaScript is not linted."; fi

lint-js: node_modules/.installed
	node_modules/.bin/biome check --error-on-warnings

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks $(ARGS)

chaos: $(VENV)/.dev
	$(BIN)/python -m tests.chaos $(ARGS)

families: $(VENV)/.dev
	$(BIN)/python -m tests.families $(ARGS)

screenshots: $(VENV)/.dev
	$(BIN)/python -m docs.screenshots

clean:
	rm -rf $(VENV) node_modules

$(VENV)/.run: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "PruneLab needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	@echo "Installing PruneLab into $(VENV); the first time takes a few minutes …"
	@$(PYTHON) -m venv $(VENV)
	@$(INSTALL) --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	@echo "Installing what tests and benchmarks need …"
	@$(INSTALL) --editable '.[dev]'
	@touch $@

node_modules/.installed: package.json package-lock.json
	npm ci --silent --no-audit --no-fund
	@touch $@
