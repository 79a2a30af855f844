# make run    builds the screen and the program, starts the sample company
# make test   runs every check there is; .ci/run calls it
# make build  leaves the program in bin/beichen
# make bench  measures it against its peers and writes docs/benchmarks.md: 45 minutes on two cores;
#             EVENTS=50M,100M adds larger histories. make bench-quick takes 3 and writes nothing
# make profile says anew which calls are worth inlining (cmd/beichen/default.pgo): after a change
#             of how journeys are counted
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
export GOFLAGS ?= -buildvcs=auto

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
GO_FILES := $(shell find cmd internal -name '*.go' -not -name '*_test.go') $(shell find internal -name '*.sql' -o -name '*.json' -path '*/messages/*' -o -name '*.yaml' -path '*/demo/*')
WEB_FILES := $(shell find web/src -type f) web/index.html web/vite.config.ts web/tsconfig.json web/package.json

# Packages whose promises are about goroutines: they run under the race detector.
RACE := ./internal/capture ./internal/eventlog ./internal/identity ./internal/live \
        ./internal/journey/... ./internal/nodes/... ./internal/ledger/... ./internal/access/... \
        ./internal/httpapi

# What takes longest begins first, so that it is not waited for alone.
LONGEST := ./internal/warehouse/clickhouse ./internal/app

# ClickHouse, 566 MB: the peer of benchmarks, and what the cluster's tests run.
ENGINE := internal/warehouse/clickhousetest/engine

.PHONY: run build bench bench-quick profile test check-go check-web check-browser check-race schema clean
run: build
	./bin/beichen demo

build: bin/beichen
bin/beichen: $(GO_FILES) cmd/beichen/default.pgo go.mod go.sum internal/webui/dist/index.html
	go build -ldflags '-X main.version=$(VERSION)' -o $@ ./cmd/beichen

web/node_modules/.package-lock.json: web/package-lock.json web/package.json
	npm --prefix web ci --no-audit --no-fund
	touch $@
internal/webui/dist/index.html: web/node_modules/.package-lock.json $(WEB_FILES)
	npm --prefix web run build
	find internal/webui/dist -mindepth 1 -not -name README -delete
	cp -r web/dist/. internal/webui/dist/
	touch $@

test: check-web check-go check-race check-browser
	@echo "All checks passed."

check-web: web/node_modules/.package-lock.json web/apitypes/node_modules/.package-lock.json
	npm --prefix web/apitypes run check
	npm --prefix web run typecheck
	npm --prefix web run lint
	npm --prefix web test

# The proofs with the real clients need their packages and a browser; those of the
# ledger, PostgreSQL.
check-go: build e2e/node_modules/.package-lock.json e2e/clients/node_modules/.package-lock.json $(ENGINE)/node_modules/.package-lock.json
	scripts/browser
	scripts/postgres
	test -z "$$(gofmt -l bench cmd internal)" || { gofmt -l bench cmd internal; echo "run gofmt -w on these"; exit 1; }
	go vet ./...
	go tool staticcheck ./...
	@# What is survived is mostly waited for, and printed.
	go test -v ./internal/app/survival >bin/survived.log 2>&1 & survived=$$!; failed=0; \
	go test $(LONGEST) $$(go list ./... | grep -v internal/app/survival) || failed=1; \
	wait $$survived || failed=1; cat bin/survived.log; exit $$failed

check-race: $(ENGINE)/node_modules/.package-lock.json
	scripts/postgres
	go test -race -short $(RACE)

check-browser: build e2e/node_modules/.package-lock.json e2e/clients/node_modules/.package-lock.json
	scripts/browser
	npm --prefix e2e test

e2e/node_modules/.package-lock.json: e2e/package-lock.json e2e/package.json
	npm --prefix e2e ci --no-audit --no-fund
	touch $@
e2e/clients/node_modules/.package-lock.json: e2e/clients/package-lock.json e2e/clients/package.json
	npm --prefix e2e/clients ci --no-audit --no-fund
	touch $@

bench: bin/bench build
	bin/bench -write docs/benchmarks.md $(if $(EVENTS),-larger $(EVENTS))
bench-quick: bin/bench build
	bin/bench -quick
bin/bench: $(GO_FILES) $(shell find bench -name '*.go') go.mod go.sum $(ENGINE)/node_modules/.package-lock.json
	go build -o $@ ./bench
$(ENGINE)/node_modules/.package-lock.json: $(ENGINE)/package-lock.json $(ENGINE)/package.json
	npm --prefix $(ENGINE) ci --no-audit --no-fund
	touch $@

# Go inlines by what a run of the program spent its time on: https://go.dev/doc/pgo.
profile:
	go test ./internal/journey -run '^$$' -bench 'Measure$$|Draft' -benchtime 200x -cpuprofile cmd/beichen/default.pgo -o /dev/null

# After a change of the API: writes its description and the screen's types of it.
schema: web/apitypes/node_modules/.package-lock.json
	go test ./internal/httpapi -run TestTheCommittedDescriptionIsTheServedOne -update
	npm --prefix web/apitypes run generate
web/apitypes/node_modules/.package-lock.json: web/apitypes/package-lock.json web/apitypes/package.json
	npm --prefix web/apitypes ci --no-audit --no-fund
	touch $@

clean:
	rm -rf bin web/dist e2e/out
	find internal/webui/dist -mindepth 1 -not -name README -delete
