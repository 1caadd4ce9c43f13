# Two commands do everything on a fresh machine with Python 3.11 and git: `make demo` and `make test`.
# uv installs, the one on the PATH or else one in .venv. Everything lands in .venv and build/.

SHELL := /bin/bash
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name))))
BIN := .venv/bin
UV := $(shell command -v uv)
PYTEST_ARGS ?=

INSTALL := $(if $(UV),$(UV),$(BIN)/uv) pip install --quiet --python

EXAMPLE := research_write

.PHONY: demo test check golden bench wheel clean

demo: .venv/ready-to-run ## build an example and run the generated package without network and keys
	@$(BIN)/agentc build examples/$(EXAMPLE)/workflow.yaml -o build/demo
	@echo "--- python -m $(EXAMPLE) run --simulate"
	@cd build/demo && ../../$(BIN)/python -m $(EXAMPLE) run --simulate \
		--input-file ../../examples/$(EXAMPLE)/input.json
	@echo "---"
	@echo "workflow            examples/$(EXAMPLE)/workflow.yaml"
	@echo "generated project   build/demo (start with $(EXAMPLE)/graph.py and $(EXAMPLE)/nodes.py)"
	@echo "run it again        cd build/demo && ../../$(BIN)/python -m $(EXAMPLE) run -i topic=bees --simulate"
	@echo "your own workflow   $(BIN)/agentc new mine"

# What fails beside all the others is tried once more by itself: some tests watch the clock.
test: .venv/ready-to-test ## all tests, the slow ones too
	@AGENTC_TEST_MLFLOW=$(CURDIR)/.venv/mlflow tools/with-docker bash -c \
		'"$$0" -m pytest -n auto "$$@" || "$$0" -m pytest --last-failed --last-failed-no-failures none "$$@"' \
		$(BIN)/python $(PYTEST_ARGS)

check: .venv/ready-to-test ## what a commit must pass: style, types, layers
	$(BIN)/ruff check .
	$(BIN)/black --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports

golden: .venv/ready-to-test ## write what the compiler generates now into golden/; read the diff
	$(BIN)/python -m pytest tests/golden -n auto --update-golden
	@git --no-pager diff --stat -- golden

bench: .venv/ready-to-test ## speed of check and build, as ratios
	$(BIN)/python -m bench

wheel: .venv/ready-to-test ## dist/agentc-*.whl
	$(BIN)/python -m build --wheel --outdir dist .

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "agentc needs Python 3.11 or newer" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "agentc needs Python 3.11 or newer")'
	@$(PYTHON) -m venv .venv
	@$(if $(UV),:,$(BIN)/python -m pip install --quiet --disable-pip-version-check uv)

.venv/ready-to-run: pyproject.toml | .venv/bin/python
	@$(INSTALL) $(BIN)/python --editable ".[run]"
	@touch $@

.venv/ready-to-test: pyproject.toml tools/system-packages | .venv/bin/python
	@tools/system-packages
	@$(INSTALL) $(BIN)/python --editable ".[run]" --group test
	@# An MLflow of its own: beside the generated packages it would be found, and slow every run down.
	@test -x .venv/mlflow/bin/mlflow || { $(PYTHON) -m venv .venv/mlflow && \
		$(INSTALL) .venv/mlflow/bin/python "mlflow>=3.17,<4" "litellm>=1.106.2,<1.107"; }
	@touch $@
