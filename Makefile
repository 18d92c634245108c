# Every habit is one word. `make` alone lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH := .venv-bench
PYTEST_ARGS ?= -n auto --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help setup models demo test check bench bench-setup docs lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(VENV)/.packages: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Ciak needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing the pinned packages into $(VENV) (about 250 MB to fetch the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

setup: $(VENV)/.packages ## environment with pinned packages, and the few Debian packages
	@$(BIN)/python tools/system.py espeak-ng

models: setup ## fetch the models of the default backends (says how much, resumes)
	@$(BIN)/python tools/demo.py --models-only

demo: setup ## the whole journey on a clip: FILM=clip.mp4, else test material, else our own film
	@$(BIN)/python tools/demo.py $(if $(FILM),--film "$(FILM)") $(if $(TO),--to "$(TO)")

test: setup ## all tests (fetches the models that they need, Chromium, alsa-utils, openssl)
	@$(BIN)/python tools/system.py chromium alsa-utils openssl
	@$(BIN)/python tools/demo.py --models-only || echo "tests that need the missing models will be skipped"
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

check: setup ## ruff, mypy --strict, the floors, and nothing private in what is committed
	@$(BIN)/ruff check --no-cache .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python tools/hygiene.py

bench-setup: setup ## the judges' own environment
	@$(BIN)/python tools/system.py libc++1 ffmpeg
	@test -x $(BENCH)/bin/python || $(PYTHON) -m venv $(BENCH)
	@$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt

bench: bench-setup models ## all figures, into benchmarks/results (hours); ONLY="asr speed" for some
	@$(BIN)/python benchmarks/run_all.py $(ONLY)

docs: setup ## the generated parts of the documentation, from the code
	@$(BIN)/python tools/contracts.py
	@$(BIN)/python tools/figures.py

lock: ## requirements.lock anew from pyproject.toml (needs pip-tools)
	@$(PYTHON) tools/lock.py

clean: ## what can be made again: environments, caches, the demo's output (models stay)
	rm -rf $(VENV) $(BENCH) demo dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
