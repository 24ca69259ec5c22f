# Two commands a newcomer needs:  make demo   and   make test
# Everything CI does:             make check

GO       ?= go
BUF      := $(GO) tool -modfile=tools/go.mod buf
LINT     := $(GO) tool -modfile=tools/lint/go.mod golangci-lint
VERSION  ?=
LDFLAGS  := -s -w $(if $(VERSION),-X github.com/adbferry/adbferry/pkg/daemon.release=$(VERSION))
MAINS    := ./controller/cmd/adbferry ./agent/cmd/adbferry-agent ./sim/cmd/adbferry-sim
FUZZTIME ?= 2s
KILLS    ?= 200
SCHEDULES ?= 10000
REAL     ?= 300
SEED     ?= 1

.PHONY: build test demo demo-schema chaos schedules bench lint format generate check tidy-check generate-check cross fuzz clean need-gcc need-drivers

build: ## static binaries in bin/
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/ $(MAINS)

demo: build ## 50,000 rows from San Jose to Phoenix, on the simulator
	PATH="$(CURDIR)/bin:$$PATH" bash examples/sanjose-to-phoenix/run.sh

demo-schema: build ## a deliberately difficult schema of 35 tables, on the simulator
	PATH="$(CURDIR)/bin:$$PATH" bash examples/torture/run.sh

chaos: ## 200 kills of real processes at random moments; KILLS and SEED choose others
	$(GO) test ./examples/chaos -count=1 -v -timeout 2h -kills $(KILLS) -stops 40 -seed $(SEED)

# With the race detector, except for the tests that cancel calls inside go-ora:
# the driver's own cancel path races (docs/architecture.md, "Tests"), so those
# are in files with "!race" in their build line and run once more without it.
NORACE = $(shell grep -rl '^//go:build .*!race' --include='*_test.go' .)

test: need-gcc need-drivers ## every test; none may be skipped
	( $(GO) test -race -json ./... ; \
	  $(GO) test -json -run "^($$(sed -n 's/^func \(Test[A-Za-z0-9_]*\)(t .*/\1/p' $(NORACE) | paste -sd'|'))$$" $(sort $(dir $(NORACE))) ) | \
	  $(GO) -C tools run ./mustrun mustrun/tests.txt

bench: build ## measured speed and memory, printed
	bash tools/bench.sh

lint:
	$(LINT) run ./...

format:
	$(LINT) fmt ./...
	$(BUF) format -w

generate: ## protobuf code
	$(BUF) generate

check: tidy-check generate-check lint cross test fuzz demo demo-schema ## all of CI
	@echo "check: everything passed"

tidy-check:
	$(GO) mod tidy -diff
	$(GO) mod verify

generate-check:
	$(BUF) format --diff --exit-code
	$(BUF) lint
	bash tools/breaking.sh $(BUF)
	bash tools/fresh.sh $(BUF)

cross:
	for target in linux/amd64 linux/arm64 darwin/arm64; do \
		echo "build $$target" && CGO_ENABLED=0 GOOS=$${target%/*} GOARCH=$${target#*/} $(GO) build -o /dev/null $(MAINS) || exit 1; \
	done

fuzz: ## a few seconds of every fuzz target
	FUZZTIME=$(FUZZTIME) bash tools/fuzz.sh

need-gcc: # the race detector links with a C compiler
	@command -v gcc >/dev/null || { apt-get update -q && apt-get install -y -q --no-install-recommends gcc libc6-dev; }

need-drivers: # the drivers that judge the simulator beside go-ora
	@bash tools/judges.sh

clean:
	rm -rf bin .demo
