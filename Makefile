# Needs Python 3.11 or newer with pip and venv, and a package registry. Nothing else.
PYTHON ?= python3
VENV := .venv
READY := $(VENV)/ready

# Where it is set, some hundred processes would each compile what none of them may keep.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test slow long lint format types check lock clean

demo: $(READY)
	@$(VENV)/bin/zancrawler demo

test: $(READY)
	@$(VENV)/bin/python -m pytest -q -n 3

slow: $(READY)
	@$(VENV)/bin/python -m pytest -q -n 3 --dist loadfile -m slow

long: $(READY)
	@$(VENV)/bin/python -m pytest -q -n 2 -m long

lint: $(READY)
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/lint-imports

format: $(READY)
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

types: $(READY)
	@$(VENV)/bin/mypy

check: lint types test slow

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo 'zancrawler needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=python3.12'; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@echo 'Setting up $(VENV) from requirements.lock ...'
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(VENV)/bin/python -m compileall -q -j 0 $(VENV)/lib zancrawler >/dev/null || true  # pip would use one core
	@touch $@

# Needs uv. Raises every pinned version to the newest that pyproject.toml allows.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --group dev --upgrade pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) demo-archive .mypy_cache .ruff_cache .pytest_cache
