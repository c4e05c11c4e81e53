# make demo · make test · make test-long · make lint · make bench · make lock
PYTHON := python3
BIN := .venv/bin
PORT ?= 8000

.PHONY: demo test test-long lint bench lock

demo: .venv/run  ## install, load the demo data, and serve on 127.0.0.1:$PORT
	APP_MODE=$${APP_MODE:-demo} PORT=$(PORT) $(BIN)/python -m flask --app wsgi demo

test: .venv/test  ## install, and run the tests on SQLite, PostgreSQL and Redis
	$(BIN)/python -m pytest -n 2 -m "not long" $(TESTS)

test-long: .venv/test  ## the tests that take minutes: large imports, storms
	$(BIN)/python -m pytest -n 2 -m long

lint: .venv/test  ## ruff and mypy --strict, over code and tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: .venv/test  ## what a press costs, beside a bare Flask view in the same run
	$(BIN)/python -m benchmarks

lock: .venv/test  ## pin every dependency anew, with hashes
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --quiet --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra test --universal --generate-hashes --quiet --output-file requirements-test.lock

.venv/run: requirements.lock
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	touch $@

.venv/test: requirements-test.lock
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-test.lock
	touch $@ .venv/run
