# `make run` and `make test` need nothing but Python 3.11+, make and a POSIX shell.
# One virtual environment serves both: the development packages are a superset of the
# runtime ones, and are installed only when something asks for them. A stamp named after
# the lock's checksum makes every later start instant; a changed lock makes it stale.

VENV := .venv
PYTHON := $(VENV)/bin/python
sum = $(shell cksum < $(1) | tr ' ' '-')
RUN_STAMP := $(VENV)/.run-$(call sum,requirements.lock)
DEV_STAMP := $(VENV)/.dev-$(call sum,requirements-dev.lock)

.DEFAULT_GOAL := help
.PHONY: help run test lint format chaos bench pictures clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: $(RUN_STAMP) ## Start the bot; without tokens: a playground in the browser
	@exec $(PYTHON) -m bot

# Where bytecode may not be written (as in container images) each process compiles all anew.
test: $(DEV_STAMP) ## Run the whole test suite (no internet needed)
	@unset PYTHONDONTWRITEBYTECODE; $(PYTHON) -m pytest -n auto --dist loadfile --durations=10

lint: $(DEV_STAMP) ## Check style, types and the import rule
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@$(VENV)/bin/lint-imports

format: $(DEV_STAMP) ## Format the code and apply safe fixes
	@$(PYTHON) -m ruff check --fix-only .
	@$(PYTHON) -m ruff format .

chaos: $(DEV_STAMP) ## Kill the bot hundreds of times and check what it left
	@$(PYTHON) -m tests.chaos $(ARGS)

bench: $(DEV_STAMP) ## Measure, each figure beside its floor or peer
	@$(PYTHON) -m tests.bench $(ARGS)

pictures: $(DEV_STAMP) ## Photograph the playground for the README (docs/)
	@$(PYTHON) -m tests.pictures_of_readme

clean: ## Remove the virtual environment and the caches (never data/)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# The first Python that really runs (a version manager's shim may be there and fail) and
# has venv and ensurepip (Debian packs them apart) makes the environment.
define MAKE_VENV
set -e; \
if $(PYTHON) -m pip --version >/dev/null 2>&1; then exit 0; fi; \
bare=; \
for python in python3.13 python3.12 python3.11 python3; do \
  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
  if "$$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then \
    echo "Making $(VENV) with $$("$$python" --version) (once)"; \
    "$$python" -m venv --clear $(VENV); \
    exit 0; \
  fi; \
  bare="$${bare:-$$("$$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')}"; \
done; \
if [ -n "$$bare" ]; then echo "$$bare has no venv module. Install it:  sudo apt-get install -y $$bare-venv" >&2; \
else echo "Python 3.11 or newer is needed. Install it:  sudo apt-get install -y python3 python3-venv" >&2; fi; \
exit 1
endef

# $(1): what it is for, $(2): the lock
define INSTALL
echo "Installing what $(1) needs (once, from $(2))"; \
$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r $(2)
endef

$(RUN_STAMP): requirements.lock
	@$(MAKE_VENV)
	@[ -e $(DEV_STAMP) ] || { $(call INSTALL,running,requirements.lock); }
	@rm -f $(VENV)/.run-*
	@touch $@

$(DEV_STAMP): requirements-dev.lock
	@$(MAKE_VENV)
	@$(call INSTALL,developing,requirements-dev.lock)
	@rm -f $(VENV)/.dev-*
	@touch $@
