# Everything that is done with this repository. `make demo` and `make test` need Python 3.11 or newer (with venv and
# pip) and make: they set up .venv themselves. ARGS is passed on: make demo ARGS="--for 30s --json".

PYTHON ?= python3
VENV := .venv
PEERS := .venv-peers
BIN := $(VENV)/bin
ARGS ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

MEMBERS := shared services/ingest services/failure-detector services/advisor services/gateway \
	services/dashboard services/standalone cli lab
PEER_MEMBERS := shared services/failure-detector
IMAGE_MEMBERS := ingest failure-detector advisor gateway dashboard
DISTRIBUTIONS := kernel ingest failure-detector advisor gateway dashboard standalone cli lab
UV := 0.13.9

# Debian and Ubuntu split ensurepip off Python: where it is missing, the Python's own pip puts pip into the environment.
make_venv = { $(PYTHON) -m venv $(1) >/dev/null 2>&1 || { $(PYTHON) -m venv --clear --without-pip $(1) && \
	$(PYTHON) -m pip --python $(1)/bin/python install --quiet pip; } || \
	{ echo "No virtual environment could be made: apt-get install python3-venv (or python3-pip)" >&2; exit 1; }; }

.DEFAULT_GOAL := help
.PHONY: help install demo up cluster check format test test-all test-kafka bench accuracy peers reference lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 16

install: $(VENV)/.installed ## make .venv from the lock, with the members as editable installs

$(VENV)/.installed: requirements.lock $(MEMBERS:%=%/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Spotter needs Python 3.11 or newer, and $(PYTHON) is older or missing: name one with make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@test -x $(BIN)/python -a -x $(BIN)/pip || $(call make_venv,$(VENV))
	@echo "Installing into $(VENV) (under a minute) ..." >&2
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation $(MEMBERS:%=-e ./%)
	@touch $@

demo: install ## a whole gym on this machine: host, simulated lifters, live view (ARGS="--for 30s --json")
	@exec $(BIN)/spotter demo $(ARGS)

up: install ## the standalone host at 127.0.0.1:8700
	@exec $(BIN)/spotter up $(ARGS)

cluster: install ## the distributed host without containers: Kafka, every service a process, nginx
	@exec $(BIN)/spotter cluster $(ARGS)

check: install ## format, lint, strict types, dependency rules, own rules, reference and figures up to date
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/oxlint --deny-warnings services tests/javascript
	$(BIN)/python -m tools.checks
	$(BIN)/python -m tools.reference --check
	$(BIN)/python -m tools.figures --check

format: install ## put the sources into shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# A file's tests stay in one process, so that they share its fixtures.
PYTEST = $(BIN)/python -m pytest -q --dist loadfile --no-loadscope-reorder

test: install ## the tests of every part, within ten minutes; the last line counts the slow ones that are left out
	@exec $(PYTEST) -n 2 -m "not slow" $(ARGS)

test-all: $(if $(ARGS),install,test) ## all tests: those of `make test`, then the slow ones
	@exec $(PYTEST) -n 2 $(if $(ARGS),,-m slow) $(ARGS)

test-kafka: install ## the tests on real Apache Kafka, which must be there (Java 17 and Maven, or KAFKA_BOOTSTRAP)
	@SPOTTER_REQUIRE_KAFKA=1 exec $(BIN)/python -m pytest -q -m kafka $(ARGS)

bench: install peers ## throughput and latency as one table, with the machine
	@exec $(BIN)/python -m lab.bench $(ARGS)

accuracy: install ## how good the model is, on people and simulated: build/accuracy, and its figures in docs/accuracy (ARGS="--quick", "--recorded FOLDER", "--parts people,wide")
	@$(BIN)/python -m lab.accuracy $(ARGS)
	@$(BIN)/python -m tools.figures build/accuracy/figures.json

peers: install $(PEERS)/.installed ## .venv-peers: what the bench measures Spotter beside

$(PEERS)/.installed: lab/peers.lock $(PEER_MEMBERS:%=%/pyproject.toml)
	@test -x $(PEERS)/bin/python -a -x $(PEERS)/bin/pip || $(call make_venv,$(PEERS))
	@echo "Installing the bench's peers into $(PEERS) ..." >&2
	@$(PEERS)/bin/python -m pip install --quiet --require-hashes -r lab/peers.lock
	@$(PEERS)/bin/python -m pip install --quiet --no-deps --no-build-isolation $(PEER_MEMBERS:%=-e ./%)
	@touch $@

reference: install ## write docs/reference anew from the models
	$(BIN)/python -m tools.reference

# A lock names versions and hashes, never a registry. Compiled once for every Python from 3.11 on; versions that are
# locked stay unless ARGS=--upgrade or ARGS="--upgrade-package NAME" says otherwise.
LOCK = UV_CUSTOM_COMPILE_COMMAND="make lock" .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links $(DISTRIBUTIONS:%=--no-emit-package spotter-%) $(ARGS)

lock: ## compile the locks, the images' too, from the members' pyproject.toml files (ARGS=--upgrade for newer versions)
	@test -x .venv-lock/bin/pip || $(call make_venv,.venv-lock)
	@.venv-lock/bin/python -m pip install --quiet uv==$(UV)
	$(LOCK) -o requirements.lock requirements/members.in requirements/dev.in
	$(LOCK) -o lab/peers.lock lab/peers.in
	@for member in $(IMAGE_MEMBERS); do printf './shared\n./services/%s\n' $$member | \
		$(LOCK) -c requirements.lock -o deploy/locks/$$member.lock - || exit; done
	@printf './%s\n' $(filter-out lab,$(MEMBERS)) | $(LOCK) -c requirements.lock -o deploy/locks/standalone.lock -
	@echo hatchling | $(LOCK) -c requirements.lock -o deploy/locks/build.lock -

clean: ## take away all that make has made
	rm -rf $(VENV) $(PEERS) .venv-lock build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache deploy/kafka/target
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
