# What a newcomer types. Every step is an ordinary command, shown before it runs; nothing is done twice.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup engine trees demo test lint benchmark clean

sudo := $(if $(filter 0,$(shell id -u)),,sudo)
bin := .venv/bin
comma := ,

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.system .venv/.packages ## everything a command or test needs; done once
	@$(MAKE) --no-print-directory -j2 engine trees

engine: .venv/.packages
	@$(bin)/gigaworks engine install

trees: .venv/.system .venv/.packages
	@$(sudo) $(bin)/gigaworks lab trees

# $(call install,PACKAGES): from the mirror that this computer's own apt names; what is there is left alone
define install
@echo "setup: system packages"
@missing=$$(for p in $(1); do dpkg-query -W -f '$${Status}' "$$p" 2>/dev/null | grep -q 'ok installed' || echo "$$p"; done | xargs); \
 if [ -n "$$missing" ]; then \
   echo "setup: installing $$missing"; \
   $(sudo) mkdir -p /etc/postgresql-common; \
   test -e /etc/postgresql-common/createcluster.conf || echo 'create_main_cluster = false' | $(sudo) tee /etc/postgresql-common/createcluster.conf >/dev/null; \
   $(sudo) apt-get update -q; \
   $(sudo) env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing; \
 fi
@mkdir -p .venv && touch $@
endef

.venv/.system: system-packages.txt
	$(call install,$$(sed '/^# for tests only/$(comma)$$d; s/[#].*//' $<))

.venv/.system-tests: system-packages.txt
	$(call install,$$(sed 's/[#].*//' $<))

.venv/.packages: requirements.lock pyproject.toml
	@echo "setup: Python packages into .venv, each checked against its hash"
	@test -x $(bin)/python || python3 -m venv .venv
	@$(bin)/python -m pip install --disable-pip-version-check --require-hashes --no-deps --progress-bar off -r requirements.lock | sed -u -n 's/^Collecting \([^ ]*\).*/setup:   \1/p; /^Successfully/s/ installed.*//p'
	@$(bin)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: setup ## the whole job: a small site declared, built, proven, broken, healed and taken down
	@$(sudo) tests/demo.sh

test: setup .venv/.system-tests lint ## what .ci/run calls
	@$(sudo) $(bin)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: .venv/.packages ## style, types, layers
	@$(bin)/ruff check .
	@$(bin)/ruff format --check .
	@$(bin)/mypy
	@$(bin)/lint-imports --no-cache

benchmark: setup ## the figures of the README
	@$(sudo) $(bin)/python -m tests.benchmarks
	@$(sudo) $(bin)/python -m tests.benchmarks.hosts --readme

lock: ## make requirements.lock anew from pyproject.toml
	@uv pip compile --quiet --all-extras --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements.lock pyproject.toml

clean: ## what can be made again
	@rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
