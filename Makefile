# One command each: `make setup`, `make demo`, `make test`, `make check`, `make bench`.
# Steps are stamped: they run again only when their lock file changes.
# Compiled at once, because the account that the services run as may not write here, and
# every start of the program would compile all it needs again (3.4 s instead of 1.5 s).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
STAMPS := $(VENV)/.stamps
SCALE ?= small
PORT ?= 8000
# Compiled here too: `yimaqing setup` runs as the services' account and writes into its home only.
TRANSLATIONS := $(patsubst %.po,%.mo,$(shell find src/yimaqing -path '*/LC_MESSAGES/django.po'))
FONTS := src/yimaqing/ui/paper/fonts
FRONT := $(shell find src/yimaqing -path '*/static/build' -prune -o \( -name '*.ts' -o -name '*.css' -o -name '*.html' -o -name '*.jinja' \) -type f -print 2>/dev/null)

.PHONY: setup setup-spark demo test test-spark check bench help browser

help:
	@echo 'make setup   Python and npm packages, translations, front end'
	@echo 'make demo    everything, with synthetic households; SCALE=small|prefecture PORT=8000'
	@echo 'make test    lint, types, walls, front-end tests, tests'
	@echo 'make check   lint, types and walls only'
	@echo 'make setup-spark, make test-spark   the optional Apache Spark (needs Java 17), and its tests'
	@echo 'make bench   every benchmark; writes bench/results.json and docs/reference'

setup: $(STAMPS)/python $(TRANSLATIONS) $(STAMPS)/front $(FONTS)/OFL.txt

demo: setup
	@$(BIN)/yimaqing demo --scale $(SCALE) --port $(PORT)

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy src demo bench tests conftest.py manage.py
	$(BIN)/lint-imports
	npm run --silent types
	npm run --silent lint

test: check browser
	npm run --silent test
	$(BIN)/pytest -n auto --dist loadfile

setup-spark: setup $(STAMPS)/spark

# Every rule and check on Spark, and a cluster of a master and two workers on this machine.
test-spark: setup-spark
	$(BIN)/pytest -m spark src/yimaqing/analytics tests/spec tests/spark

bench: setup
	$(BIN)/yimaqing bench all --write

# The distribution's Chromium drives journeys and screenshots. Only root can install it.
browser:
	@if command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
	    || command -v google-chrome >/dev/null; then exit 0; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -q && apt-get install -y -q --no-install-recommends chromium fonts-noto-cjk; \
	else \
	    echo 'chromium is missing: install it (apt-get install chromium fonts-noto-cjk)' >&2; exit 1; \
	fi

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo 'Python 3.11 or newer is needed; name it: make PYTHON=/path/to/python3.11' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	    || { echo "Python's venv module is missing: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(STAMPS)/uv-$(UV_VERSION): $(VENV)/pyvenv.cfg
	@mkdir -p $(STAMPS)
	$(BIN)/python -m pip install -q --disable-pip-version-check 'uv==$(UV_VERSION)'
	@touch $@

$(STAMPS)/python: requirements.lock pyproject.toml $(STAMPS)/uv-$(UV_VERSION)
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip sync -q --compile-bytecode --python $(BIN)/python requirements.lock
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	@$(BIN)/python -m compileall -q src
	@touch $@

$(STAMPS)/spark: requirements-spark.lock $(STAMPS)/python
	@command -v java >/dev/null || [ -n "$$JAVA_HOME" ] \
	    || { echo 'Java 17 is missing: apt-get install openjdk-17-jre-headless' >&2; exit 1; }
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install -q --python $(BIN)/python --require-hashes \
	    --compile-bytecode -r requirements-spark.lock
	@touch $@

$(TRANSLATIONS): %.mo: %.po | $(STAMPS)/python
	@$(BIN)/python -m yimaqing.config.catalogues $<

node_modules/.package-lock.json: package.json package-lock.json
	@command -v npm >/dev/null || { echo 'npm is missing: install Node.js 20.19 or newer' >&2; exit 1; }
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# Two weights of Noto Sans SC with their licence, for PDFs: nothing is looked for at run time.
$(FONTS)/OFL.txt: node_modules/.package-lock.json src/yimaqing/ui/paper/prepare.py | $(STAMPS)/python
	@$(BIN)/python -m yimaqing.ui.paper.prepare node_modules/@expo-google-fonts/noto-sans-sc $(FONTS)

$(STAMPS)/front: node_modules/.package-lock.json vite.config.ts tsconfig.json $(FRONT) | $(STAMPS)/python
	npm run --silent build
	@touch $@
