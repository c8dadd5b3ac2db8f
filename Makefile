# Two commands do everything: `make run` and `make test`. Run `make` alone for the list.

PYTHON      ?= python3 python3.14 python3.13 python3.12 python3.11
PORT        ?=
ADDRESS     ?=
TORCH_INDEX ?=
BENCH       ?=
PART        ?=
SAMPLE      ?=
WALKS       ?= 20
ACTIONS     ?= 40
SEED        ?= 1

VENV   := .venv
STAMPS := $(VENV)/.stamps
PY     := $(VENV)/bin/python
# Python compiles what it imports by itself; to compile all of it takes half of an installation's time.
PIP    := $(PY) -m pip install --disable-pip-version-check --no-compile $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))
APP    := $(PY) -m gates run $(if $(PORT),--port $(PORT)) $(if $(ADDRESS),--address $(ADDRESS))

# What one process has compiled the next one finds, whatever the machine's own setting: without, all of torch is
# compiled again by each of the hundred processes that tests start.
unexport PYTHONDONTWRITEBYTECODE
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run dev test check lint types unit browser packages bench walk mutate format weights screenshot clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile
	@echo "Variables: PORT=8501  ADDRESS=0.0.0.0 (share on the network)  PYTHON=python3.12"
	@echo "           WALKS=200  ACTIONS=40  SEED=1 (random walks through the app; SAMPLE=60 SEED=2 draws mistakes)"
	@echo "           TORCH_INDEX=https://download.pytorch.org/whl/cpu (a small torch, without CUDA)"

run: $(STAMPS)/app ## install what is missing and start the app
	@$(APP)

dev: $(STAMPS)/app ## the app, reloading on every save
	@PYTHONPATH=. $(APP) --server.fileWatcherType auto --server.runOnSave true

# What keeps one core busy goes on beside something else: the system's packages beside pip, the types beside tests.
test: $(STAMPS)/venv ## format, lint, types and every test
	@$(MAKE) -j2 lint packages
	@$(MAKE) -j2 types unit
	@$(MAKE) browser
	@$(PY) -m pytest tests/browser -n 2 --dist worksteal

check: lint types ## format, lint and types only

lint: $(STAMPS)/dev
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .

types: $(STAMPS)/dev
	$(PY) -m mypy

unit: $(STAMPS)/dev ## the tests that need no browser
	@$(PY) -m pytest --ignore tests/browser -n 2 --dist worksteal

browser: $(STAMPS)/dev
	@$(PY) -m tests.browser.chromium

# The same before Playwright is here; where the system has no package, `browser` takes Playwright's.
packages: $(STAMPS)/venv
	@$(PY) -m tests.browser.chromium --system

bench: $(STAMPS)/dev browser ## the benchmarks, or some: make bench BENCH=engine
	@$(PY) -m tests.bench $(BENCH)

walk: $(STAMPS)/dev browser ## random walks through the app, resumed where they were stopped
	@$(PY) -m tests.browser.walker --walks $(WALKS) --actions $(ACTIONS) --seed $(SEED)

mutate: $(STAMPS)/mutate ## which small mistakes in a part no test finds: make mutate PART=inputs
	@$(PY) -m tests.mutate $(PART) $(if $(SAMPLE),--sample $(SAMPLE) --seed $(SEED))

format: $(STAMPS)/dev ## put the code into shape
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

weights: $(STAMPS)/app ## train the small networks of assets/weights again (some minutes)
	@$(PY) -m gates.training.make_pretrained

screenshot: browser ## make the README's picture again, from the running app
	@$(PY) -m tests.browser.screenshot

clean: ## remove the virtual environment and every cache
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment that is already there and new enough is kept.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
$(STAMPS)/venv:
	@if $(PY) -c '$(NEW_ENOUGH)' 2>/dev/null && $(PY) -m pip --version >/dev/null 2>&1; then \
	  mkdir -p $(STAMPS) && touch $@ && exit 0; \
	fi; \
	for python in $(PYTHON); do \
	  if "$$python" -c '$(NEW_ENOUGH)' 2>/dev/null; then \
	    "$$python" -m venv --clear $(VENV) && mkdir -p $(STAMPS) && touch $@ && exit 0; \
	    echo "$$python could not make a virtual environment. On Debian or Ubuntu: apt install python3-venv" >&2; \
	    exit 1; \
	  fi; \
	done; \
	echo "Gatescope needs Python 3.11 or newer, and found none (looked for: $(PYTHON))." >&2; \
	echo "Install one from https://www.python.org/downloads/ or name it: make run PYTHON=/path/to/python3" >&2; \
	exit 1

$(STAMPS)/app: requirements.txt $(STAMPS)/venv
	@echo "Installing the app's requirements into $(VENV). This happens once and takes a few minutes."
ifeq ($(TORCH_INDEX),)
	@if [ "$$(uname -s)" = Linux ]; then \
	  echo "If gigabytes of CUDA come down and are not wanted: stop, and give TORCH_INDEX (see 'make')."; fi
endif
	@$(PIP) -r requirements.txt
	@touch $@

$(STAMPS)/mutate: requirements-mutate.txt $(STAMPS)/dev
	@$(PIP) -r requirements-mutate.txt
	@touch $@

$(STAMPS)/dev: requirements-dev.txt $(STAMPS)/app
	@echo "Installing what the tests need into $(VENV)."
	@$(PIP) -r requirements-dev.txt
	@touch $@
