# Everything runs with make and the .NET 10 SDK; `make demo` and `make test` are the two commands of a fresh clone.
# The only network it uses is the package restore.

export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
export DOTNET_SKIP_FIRST_TIME_EXPERIENCE := 1

SOLUTION := Webhook.sln
CONFIG   ?= Release
# What make produces apart from bin/ and obj/; not in git.
OUT      := artifacts
RESULTS  := $(OUT)/test-results
SERVER   := $(OUT)/publish/server
RID      ?= linux-$(if $(filter aarch64 arm64,$(shell uname -m)),arm64,x64)
# Budget of the shipped server (MB of 1024 × 1024 bytes).
MAX_SERVER_MB := 45

.DEFAULT_GOAL := help
.PHONY: help build test e2e demo run golden fmt lint check bench trim clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Build everything; warnings are errors
	@dotnet build $(SOLUTION) -c $(CONFIG) --verbosity quiet -clp:NoSummary

test: build ## Run all tests and print one summary
	@rm -rf $(RESULTS)
	@status=0; \
	dotnet test $(SOLUTION) -c $(CONFIG) --no-build --logger "console;verbosity=minimal" --logger trx --results-directory $(RESULTS) || status=$$?; \
	.ci/test-summary $(RESULTS) || status=$$?; \
	exit $$status

e2e: ## Test against a real API server: KUBEBUILDER_ASSETS or SPANHOOK_TEST_KUBECONFIG say which
	@dotnet build tests/EndToEnd -c $(CONFIG) --verbosity quiet -clp:NoSummary
	@dotnet test tests/EndToEnd -c $(CONFIG) --no-build --logger "console;verbosity=normal"

demo: ## Start the webhook, inject engine and Java pods over HTTPS, show the difference, stop
	@dotnet build tests/Demo -c $(CONFIG) --verbosity quiet -clp:NoSummary
	@dotnet run --project tests/Demo -c $(CONFIG) --no-build

run: ## As demo, but keep the webhook running (Ctrl-C ends it) and print a curl line for it
	@dotnet build tests/Demo -c $(CONFIG) --verbosity quiet -clp:NoSummary
	@dotnet run --project tests/Demo -c $(CONFIG) --no-build -- --keep

# The report of a case is the command line's, so its tests write the second half.
golden: ## Rewrite the expected results in tests/Fixtures and the tables of the README; read the diff before you commit it
	@for tests in tests/Injection.Tests tests/Cli.Tests; do \
		dotnet build $$tests -c $(CONFIG) --verbosity quiet -clp:NoSummary && \
		UPDATE_GOLDEN=1 dotnet test $$tests -c $(CONFIG) --no-build --filter "FullyQualifiedName~golden" --logger "console;verbosity=minimal" || exit 1; \
	done
	@git status --short -- tests/Fixtures README.md 2>/dev/null || true

fmt: ## Format the code
	@dotnet format $(SOLUTION)

lint: ## Check format, style and the rules a compiler does not know
	@dotnet format $(SOLUTION) --verify-no-changes
	@.ci/lint

check: ## What a change must pass to land: all of it
	@.ci/run

bench: trim ## Measure against the budgets and rewrite docs/benchmarks.md (less than 5 minutes)
	@dotnet build tests/Benchmarks -c Release --verbosity quiet -clp:NoSummary
	@dotnet run --project tests/Benchmarks -c Release --no-build -- report --server $(SERVER)/spanhook-server --output docs/benchmarks.md

trim: ## Publish the server self-contained, trimmed and ReadyToRun; no warning, not above 45 MB
	@rm -rf $(SERVER)
	@dotnet publish src/Server -c Release -r $(RID) -p:Shipped=true -warnaserror --verbosity quiet -clp:NoSummary -o $(SERVER)
	@.ci/check-size $(SERVER) $(MAX_SERVER_MB)
	@$(SERVER)/spanhook-server --help > /dev/null

clean: ## Remove what was built
	@dotnet clean $(SOLUTION) -c $(CONFIG) --verbosity quiet -clp:NoSummary
	@rm -rf $(OUT) BenchmarkDotNet.Artifacts
