# Two commands matter: `make demo` and `make test`. Each makes what it needs first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
BENCH_STAMP := $(VENV)/.installed-bench
ASSETS := webmap/static/vendor/.installed
WORKERS ?= 2

.PHONY: demo serve test lint format bench docs assets wheel clean

demo: $(STAMP) $(ASSETS)
	$(BIN)/mangqu demo demo

serve: $(STAMP) $(ASSETS)
	@test -d demo/panjin || $(BIN)/mangqu demo demo
	$(BIN)/mangqu serve demo/panjin

test: $(STAMP) $(ASSETS)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(BENCH_STAMP)
	$(BIN)/python -m tests.benchmarks

docs: $(STAMP) $(ASSETS)
	$(BIN)/python docs/make_figures.py

wheel: $(STAMP) $(ASSETS)
	$(BIN)/python -m build --wheel --outdir dist

assets: $(ASSETS)

$(STAMP): setup.cfg pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[parquet,china,test,lint]"
	touch $@

$(BENCH_STAMP): $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[bench]"
	touch $@

$(ASSETS): package.json package-lock.json webmap/static/vendor.json webmap/assets.py | $(STAMP)
	$(BIN)/python -m webmap.assets
	touch $@

clean:
	rm -rf $(VENV) node_modules webmap/static/vendor demo artefacts build dist *.egg-info
