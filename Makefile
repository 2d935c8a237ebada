.DEFAULT_GOAL := help
.PHONY: help run test lint bench lock

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' Makefile

run: ## set up what is missing and start Fifthcall on http://127.0.0.1:8000
	@bin/run $(ARGS)

test: ## set up and run every check: lint, types, tests on SQLite and PostgreSQL (BROWSER=0, ARGS='-k word')
	@bin/test $(ARGS)

lint: ## the checks that run nothing: style, types, import layers
	@bin/setup test && PARTS=lint bin/ci

bench: ## measure against the limits (ARGS go to the bench)
	@bin/setup test && .venv/bin/python -m bench $(ARGS)

lock: ## resolve the dependencies in pyproject.toml anew (needs uv)
	uv pip compile --quiet --upgrade $(LOCK) --output-file requirements.lock
	uv pip compile --quiet --upgrade $(LOCK) --group test --constraints requirements.lock \
		--output-file requirements-test.lock

LOCK := pyproject.toml --universal --python-version 3.11 --extra postgres --extra providers --extra phone --group build \
	--generate-hashes --no-annotate --custom-compile-command 'make lock'
