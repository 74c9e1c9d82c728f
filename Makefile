# make demo    a freight quote from Xi'an to Constanța as a page to open
# make test    all tests               (make test ARGS="-k tariff" for some)
# make check   the linters
# make lock    newer versions of everything this project depends on
# make clean   remove whatever make has made
#
# Each makes .venv first: nothing but Python 3.11 or newer and make is needed, and nothing outside this folder
# is touched but the caches of pip and uv.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test check lock clean

PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11
ARGS ?=
HTML := demo/quote.html

unexport PYTHONHOME PYTHONPATH VIRTUAL_ENV
export PYTHONUTF8 := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt),)
export UV_SYSTEM_CERTS ?= 1
endif

# uv reads no pip settings: where pip has an index of its own, tell uv.
INDEX = $(or $(UV_DEFAULT_INDEX),$(PIP_INDEX_URL),$(shell cat .venv/index 2>/dev/null))
UV = $(if $(INDEX),UV_DEFAULT_INDEX='$(INDEX)') .venv/bin/uv

# A .venv without an interpreter (its Python was upgraded) or copied here from elsewhere is made anew.
$(shell [ -x .venv/bin/python ] && \
	{ [ ! -e .venv/place ] || [ "$$(cat .venv/place)" = "$(CURDIR)" ]; } || rm -rf .venv)

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

demo: .venv/.run
	@mkdir -p $(dir $(HTML))
	.venv/bin/karvan quote "Xi'an" Constanța --ready 2025-03-03 --cargo 1x40HC \
		--commodity "household appliances" --tonnes 14 --html $(HTML)
	@echo "Open in a browser: $(CURDIR)/$(HTML)"

test: .venv/.dev
	.venv/bin/python -m pytest $(ARGS)

check: .venv/.dev
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy --strict src
	.venv/bin/lint-imports

# uv.lock names the index it was made from and is not kept; the exported lists hold names, versions and hashes only.
lock: EXPORT = $(UV) export --quiet --frozen --no-emit-project --format requirements-txt
lock: .venv/.dev
	@$(UV) lock --quiet --upgrade --python .venv/bin/python
	@$(EXPORT) --group dev --group bench --output-file requirements.lock
	@$(EXPORT) --no-default-groups --group build --output-file requirements-run.lock
	@! grep -nE '://|^ *-(i|f|-index|-extra-index|-find-links)' requirements.lock requirements-run.lock

clean:
	rm -rf .venv $(dir $(HTML)) build dist uv.lock .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# --- .venv -----------------------------------------------------------------------------------------------------------

# Adds to what is there, so that a demo does not take the tools of the tests away.
.venv/.run: pyproject.toml requirements-run.lock | .venv/bin/uv
	@echo "Installing Karvan into .venv"
	@$(UV) pip install --quiet --python .venv/bin/python --no-deps --require-hashes -r requirements-run.lock
	@$(UV) pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: pyproject.toml requirements.lock | .venv/bin/uv
	@echo "Installing Karvan and the tools of its tests into .venv"
	@$(UV) pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock
	@$(UV) pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
	@touch .venv/.run $@

# uv comes from the lock like all else, fetched by the first pip that can be had: the interpreter's own, the one in
# its ensurepip, or (Debian and Ubuntu put both in packages of their own) the one in python3-pip-whl, unpacked here.
.venv/bin/uv: | .venv/bin/python
	@set -e; \
	base=$$(.venv/bin/python -c 'import sys; print(sys._base_executable)'); \
	if "$$base" -m pip --python .venv/bin/python --version >/dev/null 2>&1; then \
		pip="$$base -m pip --python .venv/bin/python"; \
	elif .venv/bin/python -m ensurepip >/dev/null 2>&1; then \
		pip=".venv/bin/python -m pip"; \
	elif mkdir -p .venv/deb && \
		(cd .venv/deb && apt-get download python3-pip-whl && dpkg-deb -x *.deb .) >/dev/null 2>&1; then \
		pip="env PYTHONPATH=$$(echo .venv/deb/usr/share/python-wheels/pip-*.whl) .venv/bin/python -m pip"; \
	else \
		echo "This Python has neither pip nor ensurepip. Run this as root, then make again:" >&2; \
		echo "    apt-get update && apt-get install python3-venv" >&2; \
		exit 1; \
	fi; \
	(umask 077; $$pip config list | \
		sed -n "s/^\(global\|install\)\.index-url='\(.*\)'/\2/p" | tail -n 1 > .venv/index); \
	awk '/^[^ #]/ {wanted = /^uv==/} wanted' requirements-run.lock > .venv/uv.lock; \
	$$pip install --quiet --no-deps --require-hashes -r .venv/uv.lock; \
	rm -rf .venv/deb

.venv/bin/python:
	@set -e; \
	for python in $(PYTHON); do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			rm -rf .venv; \
			$$python -m venv --without-pip .venv; \
			pwd -P > .venv/place; \
			exit 0; \
		fi; \
	done; \
	echo "Karvan needs Python 3.11 or newer, and none of these is: $(PYTHON)." >&2; \
	echo "Install it (apt-get install python3), or name it: make PYTHON=/path/to/python3" >&2; \
	exit 1
