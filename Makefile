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
# Of the image, and of what is deployed where.
IMAGE    ?= spanhook:0.1.0
OVERLAY  ?= base
NAMESPACE ?= observability

.DEFAULT_GOAL := help
.PHONY: help build test e2e demo run golden fmt lint check bench trim cli clean deploy undeploy deploy-observability image image-archive load chaos

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

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
	@SPANHOOK_TEST_E2E_REQUIRED=1 dotnet test tests/EndToEnd -c $(CONFIG) --no-build --logger "console;verbosity=normal"

demo: ## Start the webhook, inject engine and Java pods over HTTPS, show the difference, stop
	@dotnet build tests/Demo -c $(CONFIG) --verbosity quiet -clp:NoSummary
	@dotnet run --project tests/Demo -c $(CONFIG) --no-build

run: ## As demo, but keep the webhook running (Ctrl-C ends it) and print a curl line for it
	@dotnet build tests/Demo -c $(CONFIG) --verbosity quiet -clp:NoSummary
	@dotnet run --project tests/Demo -c $(CONFIG) --no-build -- --keep

# The report of a case is the command line's, so its tests write the second half.
golden: ## Rewrite expected results, the tables of the README and docs/metrics.md; read the diff before you commit it
	@for tests in tests/Injection.Tests tests/Cli.Tests tests/Server.Tests tests/Deploy.Tests; do \
		dotnet build $$tests -c $(CONFIG) --verbosity quiet -clp:NoSummary && \
		UPDATE_GOLDEN=1 dotnet test $$tests -c $(CONFIG) --no-build --filter "FullyQualifiedName~golden" --logger "console;verbosity=minimal" || exit 1; \
	done
	@git status --short -- tests README.md docs 2>/dev/null || true

fmt: ## Format the code
	@dotnet format $(SOLUTION)

lint: ## Check format, style and the rules a compiler does not know
	@dotnet format $(SOLUTION) --verify-no-changes
	@.ci/lint

check: ## What a change must pass to land: all of it
	@.ci/run

bench: trim ## Measure against the budgets and rewrite docs/benchmarks.md (about 6 minutes)
	@dotnet build tests/Benchmarks -c Release --verbosity quiet -clp:NoSummary
	@dotnet run --project tests/Benchmarks -c Release --no-build -- report --server $(SERVER)/spanhook-server --output docs/benchmarks.md

trim: ## Publish the server self-contained, trimmed and ReadyToRun; no warning, not above 45 MB
	@rm -rf $(SERVER)
	@dotnet publish src/Server -c Release -r $(RID) -p:Shipped=true -warnaserror --verbosity quiet -clp:NoSummary -o $(SERVER)
	@.ci/check-size $(SERVER) $(MAX_SERVER_MB)
	@$(SERVER)/spanhook-server --help > /dev/null

cli: ## Publish kubectl-spanhook as one file that needs no .NET
	@dotnet publish src/Cli -c Release -r $(RID) -p:Shipped=true -warnaserror --verbosity quiet -clp:NoSummary -o $(OUT)/publish/cli
	@$(OUT)/publish/cli/kubectl-spanhook version

deploy: ## Install into the cluster of kubectl's context and wait; OVERLAY=ha, cert-manager or opt-in, INSTRUMENTATION_CRD=no
	@deploy/apply $(OVERLAY)

undeploy: ## Take it out again, the webhook configuration first; CRDS=1 deletes the CRDs and everybody's objects too
	@CRDS=$(CRDS) deploy/remove

deploy-observability: ## A collector and Jaeger to send to, in NAMESPACE=observability
	@kubectl create namespace $(NAMESPACE) --dry-run=client -o yaml | kubectl apply --server-side -f -
	@kubectl --namespace $(NAMESPACE) apply --server-side -k deploy/observability
	@kubectl --namespace $(NAMESPACE) rollout status deployment/otel-collector --timeout=180s
	@kubectl --namespace $(NAMESPACE) rollout status deployment/jaeger --timeout=180s

image: ## Build the container image with docker; IMAGE=name:tag
	@docker build --tag $(IMAGE) .

image-archive: trim ## The image as an OCI archive, without docker; on Debian and Ubuntu
	@deploy/archive-image $(SERVER) $(OUT)/spanhook.oci.tar $(IMAGE)

# A shortened run (SECONDS_, TIMES) says nothing that should be committed, so its pages go elsewhere.
EVIDENCE  ?= $(if $(SECONDS_)$(TIMES),$(OUT)/evidence,docs/evidence)
LOAD_ARGS  = --server $(SERVER)/spanhook-server --evidence $(EVIDENCE) $(if $(SECONDS_),--seconds $(SECONDS_)) $(if $(TIMES),--times $(TIMES)) $(if $(RUNS),--runs $(RUNS))

load: trim ## Load with pass marks into docs/evidence (about an hour); SCENARIOS=L1,L5 SECONDS_=10 TIMES=3 RUNS=5
	@dotnet build tests/Load -c Release --verbosity quiet -clp:NoSummary
	@dotnet run --project tests/Load -c Release --no-build -- $(or $(SCENARIOS),load) $(LOAD_ARGS)

chaos: trim ## Faults and abuse with pass marks into docs/evidence (about 2 hours); SCENARIOS=F10,F29 SECONDS_=10 TIMES=3
	@dotnet build tests/Load -c Release --verbosity quiet -clp:NoSummary
	@dotnet run --project tests/Load -c Release --no-build -- $(or $(SCENARIOS),chaos) $(LOAD_ARGS)

clean: ## Remove what was built
	@dotnet clean $(SOLUTION) -c $(CONFIG) --verbosity quiet -clp:NoSummary
	@rm -rf $(OUT) BenchmarkDotNet.Artifacts
