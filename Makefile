# The one door: every step of .ci/run is one of these. `make` alone lists them.
PYTHON := .venv/bin/python
.PHONY: help demo test check fmt lock bench ci

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

demo: ## the main job from nothing, then the server
	python3 manage.py demo

test: ## all tests on SQLite; make test ARGS="tests/core -k audit"
	python3 manage.py test $(ARGS)

.venv/.lock-stamp: requirements.txt requirements-dev.txt
	python3 congress_portal/bootstrap.py test

check: .venv/.lock-stamp ## lint, types, import contracts, migrations, deployment check
	PATH="$(CURDIR)/.venv/bin:$$PATH" .ci/check

fmt: .venv/.lock-stamp ## format code and templates
	.venv/bin/ruff check --fix --exit-zero .
	.venv/bin/ruff format .
	find templates -name '*.html' -exec .venv/bin/djade --target-version 5.2 {} + || true

lock: .venv/.lock-stamp ## resolve pyproject.toml into the two lock files again
	.ci/lock $(ARGS)

bench: .venv/.lock-stamp ## measure speed; each script prints its figures beside its peers
	for script in tests/bench/bench_*.py; do echo "== $$script"; $(PYTHON) $$script || exit 1; done

ci: ## everything, as a clean checkout would
	.ci/run
