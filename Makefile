# Everything done twice has a target. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# Further arguments: make test ARGS="-k stage -x", make bench ARGS=sign
ARGS ?=
JOBS ?= 2

.PHONY: help
help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.PHONY: setup setup-run
setup: python-found ## Everything needed to run and to test; does nothing when nothing changed
	@$(PYTHON) -m tools.setup test

setup-run: python-found ## Only what is needed to run
	@$(PYTHON) -m tools.setup run

.PHONY: python-found
python-found:
	@"$(or $(PYTHON),python3)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: sudo apt-get install python3 python3-venv, or make PYTHON=/path/to/python3.11 …" >&2; exit 1; }

.PHONY: run demo
run: setup-run ## The server on the embedded database
	@$(BIN)/yunqian serve $(ARGS)

demo: setup-run ## The model ceremony, ready to be played
	@$(BIN)/yunqian demo $(ARGS)

.PHONY: test test-fast
test: setup ## Set up and run every test, on SQLite and PostgreSQL
	@$(BIN)/python -m tools.run_tests -n $(JOBS) --dist worksteal $(ARGS)

test-fast: ## The tests that take no journey, without set-up
	@$(BIN)/python -m tools.run_tests -n $(JOBS) --dist worksteal -m "not slow and not browser" $(ARGS)

.PHONY: check format docs
check: setup ## Style, types, arrows, templates, translations, documents, page sources
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m tools.check_arrows
	@$(BIN)/python -m tools.check_templates
	@$(BIN)/python -m tools.check_translations
	@$(BIN)/python -m tools.check_docs
	@$(BIN)/python -m tools.error_codes
	@$(BIN)/python -m tools.npm run check

format: ## Put the Python sources in order
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

docs: setup-run ## Write docs/errors.md anew; check the documents: links, codes of refusals
	@$(BIN)/python -m tools.error_codes --write
	@$(BIN)/python -m tools.check_docs

.PHONY: fuzz
fuzz: setup ## Mutate good files and kits; none may pass (ARGS="--seconds 600 --seed 1")
	@$(BIN)/python -m tools.fuzz $(ARGS)

.PHONY: bench screenshots
bench: setup ## Measure, and compare with the limits (ARGS="--write" for docs/benchmarks.md)
	@$(BIN)/python -m bench $(ARGS)

screenshots: setup ## Pictures of the pages for the documents
	@$(BIN)/python -m tools.screenshots $(ARGS)

.PHONY: lock
lock: ## Choose versions anew and write them down with their hashes
	@$(BIN)/python -m tools.lock $(ARGS)

.PHONY: wheel
wheel: setup ## dist/yunqian-….whl with pages and texts inside
	@$(BIN)/python -m hatchling build -t wheel

.PHONY: clean
clean: ## Remove what was made (not var/, where data is kept)
	@rm -rf .venv node_modules static dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
