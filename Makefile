# The project's few commands. Everything uses cargo's dev profile, so that RocksDB's
# C++ (about 25 minutes on two cores) is compiled once for all of them.

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
# The virtual environment of the tools that come ready-built: the dependency checker, the NATS
# server, the OpenAPI validator.
TOOLS       ?= $(CURDIR)/.cache/tools
# The package wordpress wants a web server with PHP, which the tests do not: named in this order, it is
# content with these two instead of Apache.
WORDPRESS   := mini-httpd php-cgi php php-mysql mariadb-server-core wordpress
DATA_DIR    ?= ./data
LISTEN      ?= 127.0.0.1:8080

.DEFAULT_GOAL := help
.PHONY: help run build test check fmt bench build-packages test-packages tools

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

run: build ## install what the build lacks, build, and serve on 127.0.0.1:8080 with everything embedded
	cargo run --quiet --package havefunnels -- serve --data-dir $(DATA_DIR) --listen $(LISTEN)

build: build-packages ## build the service
	cargo build --locked --package havefunnels

test: build-packages test-packages tools ## install and start what the tests need, and run them all
	tests/services/with-services.sh $(TOOLS) cargo test --locked --workspace

check: build-packages tools ## check formatting, lints, documentation, scripts, and the licences and sources of the dependencies
	@deploy/require-packages.sh shellcheck
	shellcheck .ci/run deploy/*.sh deploy/nats/*.sh tests/services/*.sh
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- --deny warnings
	RUSTDOCFLAGS='--deny warnings' cargo doc --locked --workspace --no-deps --document-private-items
	$(TOOLS)/bin/cargo-deny --locked check bans licenses sources

fmt: ## format the code
	cargo fmt --all

bench: build-packages tools ## measure the ratios and write benches/RESULTS.md
	HAVEFUNNELS_TEST_TOOLS=$(TOOLS) CARGO_INCREMENTAL=0 cargo bench --locked --profile dev --bench ratios

build-packages:
	@deploy/require-packages.sh build-essential libclang-dev

test-packages:
	@deploy/require-packages.sh postgresql php-cli php-curl chromium libjs-jquery dovecot-imapd dovecot-pop3d python3-aiosmtpd chasquid openssl $(WORDPRESS)

tools: $(TOOLS)/.installed

$(TOOLS)/.installed: deploy/tools.txt tests/services/validator.txt
	@deploy/require-packages.sh python3-venv
	python3 -m venv $(TOOLS)
	$(TOOLS)/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement deploy/tools.txt
	$(TOOLS)/bin/pip install --quiet --disable-pip-version-check --requirement tests/services/validator.txt
	touch $@
