# make demo: a whole exchange on this machine. make test: everything one machine can test. See README.md.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: help setup demo test ray-or-skip test-kubernetes test-long simulate-faults check packages clients data-clients s3 ray validators bench bench-clearing bench-peers cleaning-peers clean

help:
	@sed -n 's/^#: //p' $(MAKEFILE_LIST)

#: make setup      the virtual environment in .venv, from the pinned, hashed lock
setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; this is " + sys.version.split()[0])'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "python3-venv is missing; as root: apt-get install -y python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@echo "installing the pinned packages (one or two minutes the first time) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock 2>$(VENV)/pip.log \
		|| { cat $(VENV)/pip.log >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . 2>>$(VENV)/pip.log \
		|| { cat $(VENV)/pip.log >&2; exit 1; }
	@echo "compiling the kernels of the clearing engine, the simulator and the cleaner (about a minute the first time) …"
	@$(BIN)/python -m gridtie.market.engine.warm & engine=$$!; $(BIN)/python -m gridtie.cleaning.warm && wait $$engine
	@$(BIN)/gridtie simulate examples/logs/*.sacct --policies easy,market >/dev/null
	@touch $@

#: make demo       identify, certify, offer, submit, fail over, settle: for real, under 90 s (ARGS=--keep leaves it serving)
demo: setup
	@$(BIN)/gridtie demo $(ARGS)

SLURM := slurmctld slurmd slurm-client slurmrestd slurm-wlm-jwt-plugin munge
BOOKS := slurmdbd mariadb-server
# Tests of $(1) need $(3), which the packages $(2) bring, and bring up the services $(4) themselves, never as this machine's.
# Where the packages cannot be had the tests are skipped, and say so.
GET = @lacking=; for program in $(3); do command -v $$program >/dev/null || lacking=yes; done; [ -z "$$lacking" ] || \
	{ [ "$$(id -u)" = 0 ] && apt-get update -qq && RUNLEVEL=1 apt-get install -y -qq --no-install-recommends $(2) >/dev/null && \
	{ [ -z "$(4)" ] || [ ! -d /run/systemd/system ] || systemctl disable -q --now $(4); }; } || \
	echo "SKIPPED: tests of $(1). As root: apt-get install -y --no-install-recommends $(2)" >&2

#: make packages   Debian packages that the tests of sandboxes, containers and Slurm need (as root; otherwise says what to do)
packages:
	$(call GET,sandboxes,bubblewrap,bwrap,)
	$(call GET,containers,podman runc,podman runc,podman.socket podman podman-restart podman-auto-update.timer)
	$(call GET,real Slurm clusters,$(SLURM),slurmctld slurmrestd munged,slurmctld slurmd slurmrestd munge)
	$(call GET,Slurm's accounting,$(BOOKS),slurmdbd mariadbd,slurmdbd mariadb)

# Of what a test needs of the package index, where that cannot be had, the test is skipped, and says so.
ray-or-skip:
	@[ -e .ray/ready ] || PIP_RETRIES=1 PIP_TIMEOUT=20 timeout 400 $(MAKE) --no-print-directory ray || \
		echo "SKIPPED: the test of a real Ray cluster, which needs: make ray" >&2

#: make check      format, lint, types, import contracts
check: setup
	$(BIN)/ruff format --check src tests benchmarks examples
	$(BIN)/ruff check src tests benchmarks examples
	$(BIN)/mypy
	$(BIN)/lint-imports

# Bytecode is kept whatever the caller's environment says: tests start hundreds of processes, which would compile it each.
export PYTHONDONTWRITEBYTECODE :=

# Tests that compute come first: those of agents, sandboxes and schedulers mostly wait, and should find cores when they do not.
# What takes longest stands first, and is begun in this order, so that no core is idle at the end while another has minutes left.
# Clusters of Slurm have the machine to themselves: beside other tests one run in some hundreds was lost by its daemons.
# So has Ray's: 22 processes and 2 GB, which a cluster of two nodes starts with, would make others late.
COMPUTING := $(addprefix tests/,faults api cli simulator flow certification cleaning cleaner laws market data store client dispatch identity ledger metering registry values)
WAITING := $(addprefix --ignore=,$(COMPUTING))
CLUSTERS := tests/adapters/sites/slurm tests/story/test_slurm.py tests/adapters/sites/ray

# Real processes on two busy cores can be late. What fails is run once more, alone, and both are printed: a test that fails
# twice is broken, one that passes then is unsteady and waits to be mended.
TRY = $(BIN)/pytest -rsfE $(1) $(2) $(ARGS) || { s=$$?; [ $$s = 5 ] || { [ $$s = 1 ] && echo "UNSTEADY or broken: once more, alone" >&2 && \
	$(BIN)/pytest -rsfE $(1) $(ARGS) --maxfail 1 --last-failed --last-failed-no-failures none; }; }
SPREAD := --dist loadgroup --no-loadscope-reorder

#: make test       every test that one machine can run, under 15 minutes on two cores
test: setup packages ray-or-skip
	$(call TRY,-m "not long" $(COMPUTING),-n 2 $(SPREAD))
	$(call TRY,-m "not (long or slurm or ray)" $(WAITING),-n 3 $(SPREAD))
	$(call TRY,-m "(slurm or ray) and not long" $(CLUSTERS))

#: make test-kubernetes KUBECONFIG=FILE [IMAGE=…]   the sites' suite and a story on a real cluster of two nodes, left as it was but for namespaces
test-kubernetes: setup
	@test -n "$(KUBECONFIG)" || { echo "which cluster? make test-kubernetes KUBECONFIG=/path/to/kubeconfig" >&2; exit 2; }
	@test -r "$(KUBECONFIG)" || { echo "$(KUBECONFIG) cannot be read; nothing was tested" >&2; exit 2; }
	GRIDTIE_TEST_KUBECONFIG="$(abspath $(KUBECONFIG))" $(if $(IMAGE),GRIDTIE_TEST_IMAGE="$(IMAGE)") \
		$(BIN)/pytest -m "long or not long" tests/adapters/sites/kubernetes/test_contract.py tests/story/test_kubernetes.py $(ARGS)

#: make test-long  long campaigns: at least 100 kills of the server, and more
test-long: setup packages data-clients
	$(BIN)/pytest -m "long or clients" -rsP --timeout 7200 $(ARGS)

SEED ?= 1-10

#: make simulate-faults SEED=7 (or 1-1000): the exchange and its agents on a clock of their own, under faults (ARGS=--shrink)
simulate-faults: setup
	@cd tests && ../$(BIN)/python -m faults.campaign $(SEED) $(ARGS)

#: make s3         an S3 server (moto), in .s3, to test files and logs in a bucket in make test-long
s3: .s3/ready

.s3/ready:
	$(PYTHON) -m venv .s3
	.s3/bin/python -m pip install --quiet --disable-pip-version-check "moto[s3]==5.2.5" "flask==3.1.3" "flask-cors==6.0.5"
	@touch $@

#: make clients    Snakemake and Toil, in .clients, to run real workflows through a real site in make test-long
CLIENTS_PYTHON ?= $(firstword $(wildcard /usr/bin/python3) $(PYTHON))  # one that any user of this host may run
clients: .clients/ready

.clients/ready:
	$(CLIENTS_PYTHON) -m venv .clients/snakemake
	.clients/snakemake/bin/python -m pip install --quiet --disable-pip-version-check "snakemake==9.27.1" \
		"snakemake-executor-plugin-tes==0.1.3" "snakemake-storage-plugin-fs==1.1.3" "six==1.17.0"
	@# Every Snakemake task installs its storage plugin first: from here, for a sandbox reaches no index.
	.clients/snakemake/bin/python -m pip download --quiet --disable-pip-version-check --no-deps \
		-d .clients/snakemake/wheels "snakemake-storage-plugin-fs==1.1.3"
	@printf '[install]\nno-index = true\nno-deps = true\nfind-links = %s/.clients/snakemake/wheels\n' "$(CURDIR)" \
		>.clients/snakemake/pip.conf
	$(CLIENTS_PYTHON) -m venv .clients/toil
	.clients/toil/bin/python -m pip install --quiet --disable-pip-version-check "toil[cwl]==7.0.0" "toil-batch-system-tes==2.0.0"
	@command -v rsync >/dev/null || echo "rsync is missing, and Snakemake needs it. As root: apt-get install -y rsync" >&2
	@touch $@

#: make data-clients  delta-sharing, pandas, Polars, datasets and huggingface_hub, in .clients/data, to read data in make test
data-clients: .clients/data/ready

.clients/data/ready: requirements-data-clients.lock
	$(PYTHON) -m venv .clients/data
	@echo "installing clients that read data (about a minute, 650 MB) …"
	@.clients/data/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $< 2>.clients/data/pip.log \
		|| { cat .clients/data/pip.log >&2; exit 1; }
	@touch $@

#: make ray        Ray 2.60, NumPy and orjson, in .ray, for the tests on a real Ray cluster
ray: .ray/ready

.ray/ready: requirements-ray.lock
	$(PYTHON) -m venv .ray
	@echo "installing Ray (about two minutes the first time) …"
	@.ray/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-ray.lock 2>.ray/pip.log \
		|| { cat .ray/pip.log >&2; exit 1; }
	@touch $@

#: make validators  what checks our catalogue formats for others (mlcroissant, pyshacl, prov, OpenLineage), in .validators
validators: .validators/ready

.validators/ready:
	$(PYTHON) -m venv .validators
	.validators/bin/python -m pip install --quiet --disable-pip-version-check "mlcroissant==1.1.1" "pyarrow==26.0.1" \
		"rdflib==7.6.0" "pyshacl==0.40.1" "prov==3.2.3" "openlineage-python==1.54.0"
	@touch $@

#: make bench      every benchmark, each prints its table
bench: setup
	@for file in benchmarks/bench_*.py; do $(BIN)/python $$file || exit 1; done

#: make bench-clearing  the large engine: sizes, warm epochs, first clearing, scaling (ARGS=sizes for one of them)
bench-clearing: setup
	@$(BIN)/python -m benchmarks.clearing.bench $(ARGS)

#: make bench-peers installs dstack and solvers beside us (in .bench, not in our environment), to be measured in the same run
bench-peers: .bench/bin/dstack

.bench/bin/dstack:
	$(PYTHON) -m venv .bench
	.bench/bin/python -m pip install --quiet --disable-pip-version-check "dstack[server]==0.22.5" "cvxpy==1.9.3" "ecos==2.0.14" "ortools==9.15.6755"

#: make cleaning-peers installs Presidio, datatrove, datasketch and data-juicer (in .peers, not in our environment), to be measured beside our cleaning
cleaning-peers: .peers/ready

# data-juicer comes without its own list of needs, which has a web interface and asks for older versions than the others
# do; its operators for personal data run with these. No model is among them: none is on the package registry.
.peers/ready:
	$(PYTHON) -m venv .peers/common
	.peers/common/bin/python -m pip install --quiet --disable-pip-version-check "presidio-analyzer==2.2.366" "spacy==3.8.18" \
		"tldextract==5.4.0" "phonenumbers==9.0.43" "datatrove==0.10.1" "orjson==3.13.0" "tokenizers==0.23.3" "xxhash==3.6.0" "fasteners==0.20" "jieba==0.42.1" "datasketch==2.0.0"
	$(PYTHON) -m venv .peers/data-juicer
	.peers/data-juicer/bin/python -m pip install --quiet --disable-pip-version-check --no-deps "py-data-juicer==1.6.1"
	.peers/data-juicer/bin/python -m pip install --quiet --disable-pip-version-check "datasets==5.2.0" "loguru" "jsonargparse[signatures]" \
		"psutil" "pydantic>=2" "dill==0.3.8" "multiprocess==0.70.16" "tabulate" "pillow" "requests" "httpx" "regex" "emoji==2.2.0" \
		"lz4" "zstandard" "jsonlines" "gitpython" "dep-logic" "wget" "beautifulsoup4" "mwparserfromhell" "tomli" "tomli-w" "aiohttp"
	@touch $@

#: make clean      remove the virtual environment and caches
clean:
	rm -rf $(VENV) .bench .peers .clients .s3 .ray .validators .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
