# Bình Yên: `make run` brings up the whole platform, `make test` proves it. Needs Linux, make and Python 3.11, 3.12 or 3.13.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run stop status logs clean trace test check model evaluate bench soak env-example docs relock environment test-environment

PY := .venv/bin/python
LOCAL := $(PY) -m deploy.local
# The first of these that can make an environment.
PYTHON = $(shell for p in .venv/bin/python python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1 && echo $$p && break; done)
NO_PYTHON = found=$$(python3 --version 2>/dev/null || echo "không có · none"); \
	if python3 -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1; \
	then echo "✗ $$found thiếu venv/ensurepip: hãy cài gói python3-venv."; echo "  $$found has no venv/ensurepip: install the package python3-venv."; \
	else echo "✗ Cần Python 3.11, 3.12 hoặc 3.13 (máy này: $$found)."; echo "  Python 3.11, 3.12 or 3.13 is needed (here: $$found)."; fi; exit 1

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

environment:
	@p="$(PYTHON)"; if [ -z "$$p" ]; then $(NO_PYTHON); fi; $$p deploy/local/venv.py run

test-environment:
	@p="$(PYTHON)"; if [ -z "$$p" ]; then $(NO_PYTHON); fi; $$p deploy/local/venv.py test

run: environment ## everything up, history replayed, live page (DEMO=0 empty; DETACH=1 return when ready; SEED=2; REPLAY_SCALE=0.1)
	@exec $(LOCAL) run

stop: environment ## end everything that `make run` started
	@$(LOCAL) stop

status: environment ## each part: up, port, memory, lag (STATUS=json)
	@$(LOCAL) status

logs: environment ## the end of the logs, then what comes (PART=ingest for one; FOLLOW=0 returns)
	@$(LOCAL) logs $(PART)

clean: environment ## delete this installation's data, logs and secrets
	@$(LOCAL) clean

trace: environment ## one message's path, from webhook to counter
	@BINHYEN_PLATFORM=$${BINHYEN_LOCAL:-.local}/platform.json $(PY) -m deploy.demo.trace

check: test-environment ## ruff, strict types, the house's import contracts
	@$(PY) -m ruff check . && $(PY) -m ruff format --check .
	@$(PY) -m mypy --strict $(wildcard services shared deploy tests bench docs)
	@.venv/bin/lint-imports --no-cache

test: check ## every check and test (REQUIRE_BROWSER=1: fail without a Chromium)
	@$(PY) -m pytest -n 2 --dist loadgroup -m "not soak"

model: test-environment ## learn understanding's model anew from the training text (some minutes; the same text, the same model)
	@OMP_NUM_THREADS=1 $(PY) -m services.triage.training fit

evaluate: test-environment ## what understanding is worth on messages it has not seen: figures, confusions, the worst twenty
	@$(PY) -m services.triage.training evaluate

soak: test-environment ## the longer fault and load runs
	@$(PY) -m pytest -m soak

bench: test-environment ## the whole path, as ratios in one run
	@$(PY) -m bench

bench-triage: test-environment ## understanding on one core; draining a backlog beside a bare loop (BENCH_WRITE=1 writes the page)
	@$(PY) -m bench.triage

env-example: test-environment ## write .env.example from the settings
	@$(PY) -m deploy.images.env_example

docs: env-example ## write the pages that are made from the code, and .env.example
	@$(PY) -m docs.generate

relock: test-environment ## resolve every dependency again: Python packages and Kafka's jars
	@$(PY) deploy/local/venv.py relock
	@$(LOCAL) relock
