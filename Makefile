.DEFAULT_GOAL := help
PYTHON ?= python3
SCALE ?= quick
RESULTS ?= results
# The long scales train for days: there only what is at hand is drawn, unless RUN=--run says so.
RUN ?= $(if $(filter smoke quick,$(SCALE)),--run)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help install figures report test check regress format bench clean

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

format: install ## Format the code in place
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: install ## Time the update and the data against PyTorch (installs it beside, in .bench-venv)
	test -x .bench-venv/bin/python || $(PYTHON) -m venv .bench-venv
	.bench-venv/bin/python -m pip install --quiet --editable '.[bench]'
	.bench-venv/bin/python benchmarks/shapeset.py
	.bench-venv/bin/python benchmarks/update.py
	.bench-venv/bin/python benchmarks/overhead.py

clean: ## Remove the environments and all caches; results stay
	rm -rf $(VENV) .bench-venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage* dist build
