# Lares: `make run` starts it, `make test` checks it. Both can be repeated.
.DEFAULT_GOAL := help
.PHONY: help run build test check bench conformance soak format
SHELL := /bin/bash

help: ## what can be made
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: ## install what is missing, build, fetch the default models, start Lares
	@scripts/setup run
	@scripts/run $(ARGS)

build: ## build the program only
	@scripts/setup build
	@scripts/build --product lares

test: ## install what the tests need and run them all
	@scripts/setup test packages
	@scripts/check --setup

check: ## what CI checks, with what is installed already
	@scripts/check

bench: ## compare with the named peers (ONLY=inference, maskbench, learn, classics, sequences, things, home, city, control for one part; ONLY=g2p, hours, alone)
	@scripts/setup bench $(ONLY)
	@scripts/bench $(ONLY)

conformance: ## the long checks with other people's clients and suites
	@scripts/setup conformance
	@scripts/conformance

soak: ## hours of mixed load, memory watched
	@scripts/setup test
	@scripts/soak

format: ## format the Swift sources in place
	@swift format -i -r Sources Tests Benchmarks Package.swift
