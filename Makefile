.DEFAULT_GOAL := help
PYTHON ?= python3
SCALE ?= quick
RESULTS ?= results
# The long scales train for days: there only what is at hand is drawn, unless RUN=--run says so.
RUN ?= $(if $(filter smoke quick,$(SCALE)),--run)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LOWEST := .lowest-venv

.PHONY: help install figures report test check regress lowest format bench clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(STAMP) ## Make a virtual environment in .venv with the package and its tools

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

figures: install ## Run what is missing at SCALE=quick, draw figures and Table 1; longer scales: draw alone
	@# Exit code 4: data are not available; what needs none has been drawn.
	$(BIN)/glorot-repro figures $(RUN) --scale $(SCALE) --results $(RESULTS); code=$$?; \
	test $$code -eq 0 -o $$code -eq 4 || exit $$code; \
	$(BIN)/glorot-repro table1 $(RUN) --scale $(SCALE) --results $(RESULTS) && exit $$code

report: install ## Write results/SCALE/report.html, one page that needs no network (SCALE=quick)
	$(BIN)/glorot-repro report --scale $(SCALE) --results $(RESULTS)

test: install ## Run the tests, with coverage
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal --cov --cov-report=term:skip-covered --cov-fail-under=90

check: install ## Format, lint, types and tests: what CI runs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(MAKE) test

regress: install ## Compare the curves of configs/ci.yaml with those in results/baselines/ci
	$(BIN)/glorot-repro check configs/ci.yaml

lowest: ## Run a small network with the lowest versions that pyproject.toml allows, in .lowest-venv
	@# Of the oldest Python if it is there: for the newest, the oldest packages have no wheels.
	python3.11 -m venv --clear $(LOWEST) || $(PYTHON) -m venv --clear $(LOWEST)
	sed -n '/^dependencies/,/^]/s/.*"\(.*\)>=\(.*\)".*/\1==\2/p' pyproject.toml >$(LOWEST)/versions.txt
	test -s $(LOWEST)/versions.txt
	$(LOWEST)/bin/python -m pip install --quiet --no-compile --requirement $(LOWEST)/versions.txt .
	$(LOWEST)/bin/glorot-repro --help >$(LOWEST)/help.txt
	$(LOWEST)/bin/glorot-repro schema >$(LOWEST)/schema.json
	$(LOWEST)/bin/glorot-repro run tanh --scale smoke --quiet --results $(LOWEST)/results
	$(LOWEST)/bin/glorot-repro plot --quantity activation --out $(LOWEST)/plot.png $(LOWEST)/results/smoke/tanh/*
	$(LOWEST)/bin/glorot-repro report --results $(LOWEST)/results $(LOWEST)/results/smoke/tanh/*

format: install ## Format the code in place
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: install ## Time the update and the data against PyTorch (installs it beside, in .bench-venv)
	test -x .bench-venv/bin/python || $(PYTHON) -m venv .bench-venv
	.bench-venv/bin/python -m pip install --quiet --editable '.[bench]'
	.bench-venv/bin/python benchmarks/shapeset.py
	.bench-venv/bin/python benchmarks/update.py
	.bench-venv/bin/python benchmarks/parts.py
	.bench-venv/bin/python benchmarks/overhead.py

clean: ## Remove the environments and all caches; results stay
	rm -rf $(VENV) $(LOWEST) .bench-venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage* dist build
