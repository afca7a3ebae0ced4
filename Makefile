# Two commands matter: `make demo` runs the product, `make test` passes the tests.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check
STAMP = $(VENV)/.installed
JOBS ?= 4

.PHONY: demo run test check bench test-deep messages lock clean

# What is installed is locked, so that a release of somebody else's changes nothing here by itself.
$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP)
	$(BIN)/itsmcomply demo

run: $(STAMP)
	$(BIN)/itsmcomply serve

# Everything runnable here, on SQLite and then on PostgreSQL; what is missing is named at the end with how to get it.
test: $(STAMP)
	$(BIN)/pytest -n $(JOBS) --dist loadgroup
	ITSMCOMPLY_TEST_DATABASE=postgres $(BIN)/pytest -n $(JOBS) --dist loadgroup

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/itsmcomply catalog check

bench: $(STAMP)
	$(BIN)/python -m tests.bench

# Hours, not minutes: more examples, more kills.
test-deep: $(STAMP)
	ITSMCOMPLY_PROPERTIES=deep ITSMCOMPLY_DEEP=1 $(BIN)/pytest

# Every sentence of the pages, for a translation: pybabel init/update/compile take it from there (docs/building.md).
messages: $(STAMP)
	mkdir -p itsmcomply/translations
	$(BIN)/pybabel -q extract -F pyproject.toml -k _l -k N_ -k NN_:1,2 -k counted:1,2 -k phrase -o itsmcomply/translations/messages.pot .

# The newest releases that pyproject.toml allows, with the digests of their files, for every platform and Python from 3.11.
lock:
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(VENV)-lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --extra dev --generate-hashes --no-header -o requirements.lock pyproject.toml
	rm -rf $(VENV)-lock

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
