# SPDX-License-Identifier: MIT
#
# The front door. Meson builds; this file only names the things to do.

PREFIX ?= /usr/local

.DEFAULT_GOAL := all
.NOTPARALLEL:
.PHONY: all help run lab node python test check browsers long bench install clean
.PHONY: fuzz differential coverage mutation faults soak sbom
.PHONY: build build-tests setup-run setup-lab setup-python setup-test setup-bench

all: build ## Install what is missing, and build build/cors and build/ngx_http_cors_module.so

help: ## List these targets
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1 |\2/p' $(firstword $(MAKEFILE_LIST)) | \
	  awk -F '|' '{ printf "%-16s%s\n", $$1, $$2 }'

setup-run:
	@scripts/setup run

setup-lab:
	@scripts/setup run lab

setup-python:
	@scripts/setup run python

setup-test:
	@scripts/setup run lab python test

setup-bench:
	@scripts/setup run bench

build: setup-run
	@test -e build/build.ninja || meson setup --prefix '$(PREFIX)' -Dtests=false build
	@meson compile -C build

build-tests: setup-test
	@meson setup $$(test ! -e build/build.ninja || echo --reconfigure) -Dtests=true build
	@meson compile -C build

run: build lab ## The lab, and the gateway before a demo API, or yours: UPSTREAM=http://... POLICY=FILE
	@demo/run

lab: setup-lab ## The lab's page: build/lab, for `cors lab` or any static host
	@lab/build

node: setup-lab ## The package for Node: build/node/libcors-*.tgz, for npm install
	@bindings/node/build

python: setup-python ## The package for Python: build/python/dist, for pip install
	@bindings/python/build

test: build-tests lab node python ## Run make check and every test suite
	@scripts/test

check: build-tests lab node python ## Formatting, linters, both compilers, house rules, manifests
	@scripts/check

browsers: build-tests ## Record new scenarios in real Chromium and Firefox, and print the agreement
	@tests/browsers/record
	@tests/browsers/record_characters

long: build-tests ## The closed loop of both halves with a million pairs
	@build/tests/closed_loop/closed-loop 1000000

bench: setup-bench build node python ## Measure libcors beside its peers, and write bench/README.md and its chart
	@bench/run

fuzz: build-tests ## Fuzz every parser and engine, TIME=60 seconds in all
	@tests/fuzz/run --time $(or $(TIME),60)

differential: build-tests lab node python ## Ask everything that answers the same question, TIME=60 seconds in all
	@tests/differential/run --time $(or $(TIME),60)

coverage: setup-test ## Which lines and branches of the core the tests run
	@tests/coverage/run

mutation: setup-test ## Whether the tests notice faults that are put into the core
	@tests/mutation/run

faults: build-tests ## Fail allocations, reads, writes, connects and more, one by one
	@tests/faults/run

soak: build-tests ## Good and hostile traffic through the gateway, TIME=120 seconds in all
	@tests/soak/run --time $(or $(TIME),120)

sbom: build lab node python ## The bill of materials: build/libcors.cdx.json, as CycloneDX
	@scripts/sbom

install: build lab ## Install below PREFIX (/usr/local), in DESTDIR if that is set
	@meson configure build --prefix '$(PREFIX)'
	@DESTDIR='$(DESTDIR)' meson install -C build
	@mkdir -p '$(DESTDIR)$(PREFIX)/share/libcors'
	@rm -rf '$(DESTDIR)$(PREFIX)/share/libcors/lab'
	@cp -R build/lab '$(DESTDIR)$(PREFIX)/share/libcors/lab'

clean: ## Remove what was built
	rm -rf build
