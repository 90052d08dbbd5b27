# Everything starts from here, on a machine with Python 3.11 or newer; `.venv` is made on the way.
PYTHON ?= python3
BIN := .venv/bin
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
endif

.PHONY: run test test-local check format constraints clean

run: .venv/made  ## the main job: the built-in systems over the whole corpus, offline
	$(BIN)/refusals run

test: .venv/made  ## every test, then the distribution of our own in tests/downstream
	$(BIN)/python -m pytest -n 2 --dist loadscope
	$(BIN)/python -m pytest tests/downstream/check_distribution.py

test-local: .venv/made  ## models that run in this process, with the CPU build of torch in an environment of its own
	BIN=$(BIN) bash .ci/local

check: .venv/made  ## format, lint, types, corpus and tests: what must be green before a commit
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(MAKE) test

format: .venv/made
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

constraints: .venv/made  ## write down the versions that are installed
	$(BIN)/python -m pip freeze --exclude-editable --exclude refusals > constraints.txt

clean:
	rm -rf .venv .venv-local dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/made: pyproject.toml constraints.txt
	@if command -v uv >/dev/null 2>&1; then \
		uv venv --allow-existing --quiet .venv && \
		uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --group dev --editable . ; \
	else \
		$(PYTHON) -m venv .venv && \
		$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1' && \
		$(BIN)/python -m pip install --quiet --constraint constraints.txt --group dev --editable . ; \
	fi
	@touch $@
