# Each target works on a fresh clone with only Python 3.11+ and make.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# Compiled once: the tests alone start some hundred processes.
export PYTHONDONTWRITEBYTECODE :=
PYTEST := $(PY) -m pytest
# Workers wait now and then, so there is one more than cores, each with a database of its own; who is
# done first takes over from the others.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
PARALLEL = --numprocesses $(WORKERS) --maxprocesses 8 --dist worksteal

# First of three; always the same, so that what a server was told stays right.
STAND_IN_PORT ?= 8090

# What phones ask: the tests whose outcome can depend on where engine, devices and messages live.
OF_PHONES = $(addprefix tests/api/,activation inbox operations push standard)

.PHONY: run demo stand-in test check lint fix bench messages errors screenshots lock install

install: ## create the virtual environment with the locked dependencies
	@$(PYTHON) enrollment_server/install.py

run: install ## serve a seeded demo bank on HOST:PORT, in the foreground
	@exec $(PY) -m enrollment_server.local serve

demo: install ## the main job, visible: a phone against a server of its own; ARGS="--powerauth remote --push remote" puts another behind it
	@exec $(PY) -m enrollment_server.local demo $(ARGS)

stand-in: install ## Apple, Google and Huawei beside `make run`: shows what phones hear; then env $$(cat var/push-stand-in/settings.env) make run
	@exec $(PY) -m enrollment_server.local push_stand_in --folder var/push-stand-in --port $(STAND_IN_PORT) --application demo-bank --show

test: install ## the whole suite on PostgreSQL, then the main path on SQLite and with everything on a second server; or ARGS="tests/inbox -k read"
ifdef ARGS
	@$(PYTEST) $(ARGS)
else
	@$(PYTEST) tests/protocol --cov=powerauth.protocol --cov-branch --cov-report=term --cov-fail-under=100
	@$(PYTEST) $(PARALLEL) --ignore=tests/protocol
	@TEST_DATABASE=sqlite $(PYTEST) $(PARALLEL) -m main_path
	@TEST_POWERAUTH=remote TEST_PUSH=remote $(PYTEST) $(PARALLEL) -m "main_path and not embedded" $(OF_PHONES)
endif

check: install ## the tests that need no browser, no other processes and no races: for every change
	@$(PYTEST) $(PARALLEL) -m "not browser and not processes and not races"

lint: install ## formatting, rules, types, import contracts, migrations
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy .
	@$(VENV)/bin/lint-imports
	@$(PY) -m bandit -q -r -ll -c pyproject.toml .
	@$(PY) -m enrollment_server.local makemigrations --check --dry-run
	@$(PY) -m enrollment_server.local messages --check
	@$(PY) -m enrollment_server.local error_table --check
	@$(PY) -m enrollment_server.local check --fail-level WARNING
	@$(PY) -m enrollment_server.local spectacular --validate --fail-on-warn --file /dev/null
	@$(PY) -m enrollment_server.local spectacular --validate --fail-on-warn --file /dev/null \
		--generator-class enrollment_server.openapi.documents.IntegrationDocument
	@$(PY) -m enrollment_server.local spectacular --validate --fail-on-warn --file /dev/null \
		--generator-class enrollment_server.openapi.documents.IntegrationDocumentV4

fix: install ## apply what lint can repair by itself
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

bench: install ## speed and cost of the hot paths; ROWS=list,authorize COMPARE=REV ARGS="--front|--generations --repeat 5 --json FILE"
	@exec $(PY) -m enrollment_server.local bench $(if $(ROWS),--rows $(ROWS)) $(if $(COMPARE),--compare $(COMPARE)) $(ARGS)

messages: install ## bring the catalogues of translators up to date with the code, and compile them
	@$(PY) -m enrollment_server.local messages

errors: install ## write docs/errors.md from the code
	@$(PY) -m enrollment_server.local error_table

screenshots: install ## pictures of the back office for the documentation; needs Chromium
	@exec $(PY) -m enrollment_server.local screenshots

lock: install ## refresh the lock files after a change of pyproject.toml
	@$(PY) -m uv pip compile pyproject.toml --python-version 3.11 --universal --generate-hashes --no-strip-extras --no-header -q -o requirements.txt
	@$(PY) -m uv pip compile pyproject.toml --group dev --python-version 3.11 --universal --generate-hashes --no-strip-extras --no-header -q -c requirements.txt -o requirements-dev.txt
