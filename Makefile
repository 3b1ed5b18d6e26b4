# Two commands matter: `make up` serves the office, `make test` proves it. Both set themselves up.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PORT ?= 8000
HOST ?= 127.0.0.1
RUN := .venv/bin/
export PORT HOST DATA_DIR

.PHONY: help install up test check cover bench lock messages fmt mutants clean

help:
	@echo 'make up        serve a demonstration office (PORT=8000, DATA_DIR=…, DATABASE_URL=…, REDIS_URL=…)'
	@echo 'make test      run every test, with real servers and a real browser'
	@echo 'make install   only .venv, packages, front-end assets and translations'
	@echo 'make check     lint, types, import contracts, templates'
	@echo 'make fmt       format the sources'
	@echo 'make bench     the speed comparison'
	@echo 'make cover     every branch of the rule core, by its tests without a database'
	@echo 'make mutants   mutation tests of the pure parts'
	@echo 'make messages  renew the translation catalogues from the sources'
	@echo 'make lock      renew the pinned dependencies'
	@echo 'make clean     remove what make made here, never the data'

# Tries every usual name, because a name found on the path may still not run or be too old.
define find_python
found=; bare=
for candidate in $(PYTHON) python3.13 python3.12 python3.11 python3 python; do
    version=$$("$$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    found="$$found $$candidate ($$version)"
    "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || continue
    if "$$candidate" -c 'import ensurepip, venv' 2>/dev/null; then echo "$$candidate"; exit 0; fi
    bare=$${bare:-$$version}
done
if [ -n "$$bare" ]; then
    echo "Python $$bare is here, but cannot make a virtual environment: its ensurepip is missing." >&2
    echo "On Debian or Ubuntu: apt-get install python$$bare-venv" >&2
else
    echo "Guishu needs Python 3.11 or newer. Found:$${found:- none}." >&2
    echo "Install one (on Debian or Ubuntu: apt-get install python3 python3-venv), or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2
fi
exit 1
endef
export find_python

install: .venv/installed
	@$(RUN)python -m config.assets
	@$(RUN)python -m config.messages compile

.venv/installed: requirements/develop.lock
	@python=$$(sh -c "$$find_python") && { test -x $(RUN)python || "$$python" -m venv .venv; }
	@echo 'Installing the locked packages …'
	@$(RUN)python -m pip install -qq --disable-pip-version-check --require-hashes -r $<
	@touch $@

# `exec`, so that a signal to make reaches the launcher itself and not a shell between.
up: install
	@exec $(RUN)python -m config.up

test: install
	@$(RUN)python -m pytest -n 2 $(ARGS)

check: install
	$(RUN)ruff check .
	$(RUN)ruff format --check .
	$(RUN)mypy
	$(RUN)lint-imports
	$(RUN)python -m config.messages missing
	git ls-files -co --exclude-standard 'templates/*.html' '*/templates/*.html' | xargs -r $(RUN)djade --check --target-version 5.2

fmt: install
	-$(RUN)ruff check --fix .
	$(RUN)ruff format .
	-git ls-files -co --exclude-standard 'templates/*.html' '*/templates/*.html' | xargs -r $(RUN)djade --target-version 5.2

bench: install
	@$(RUN)python -m tests.bench $(ARGS)

cover: install
	$(RUN)python -m pytest tests/attribution --ignore tests/attribution/test_verifier.py -m 'not django_db' -q -n 2 --cov=attribution.policy --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=100

mutants: install
	$(RUN)mutmut run
	$(RUN)mutmut results

messages: install
	@$(RUN)python -m config.messages update
	@$(RUN)python -m config.messages compile

# The locker lives in a throwaway environment: it is no dependency of the product.
LOCK := build/locker/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --upgrade
lock: .venv/installed
	$(RUN)python -m venv --clear build/locker
	build/locker/bin/python -m pip install -qq --disable-pip-version-check uv
	$(LOCK) pyproject.toml --group embedded --group develop -o requirements/develop.lock
	$(LOCK) --constraint requirements/develop.lock pyproject.toml -o requirements/server.lock
	$(LOCK) --group node -o requirements/node.lock
	$(RUN)python -m config.assets lock
	rm -rf build/locker

clean:
	rm -rf .venv build node_modules mutants .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .benchmarks
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find config/locale -name '*.mo' -delete
