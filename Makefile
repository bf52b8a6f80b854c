# Everything a developer does, by name. The work itself is in scripts/.

PREFIX ?= /usr/local
CYCLES ?= 1000
FIRST ?= 1
COUNT ?= 1000000
binary := .build/release/touchmon
# Stripped, nothing for others to link to, one copy of functions that are the same, no index for C++
# exceptions, which nobody throws, and the functions on the way of a touch side by side:
# docs/performance.md.
# No debugging information, and no hash of each module's code for builds that go on: they depend on where
# the sources are, and would stay.
link := -Xswiftc -gnone -Xswiftc -Xfrontend -Xswiftc -disable-incremental-llvm-codegen \
  -Xswiftc -use-ld=lld -Xswiftc -L.build/lib -Xlinker -s -Xlinker --no-export-dynamic \
  -Xlinker --no-eh-frame-hdr \
  -Xlinker --no-warn-symbol-ordering -Xlinker --icf=all \
  -Xlinker --symbol-ordering-file=$(CURDIR)/scripts/touch.order

relay-sources := Relay/Package.swift Relay/Sources Relay/Tests

# The C++ library that the Swift runtime needs becomes part of the program: as a shared library it takes
# a megabyte of memory, and is one thing more that has to be there.
static-libraries = mkdir -p .build/lib && ln -sf "$$(g++ -print-file-name=libstdc++.a)" .build/lib/

# The compiler's choices depend on where things are in its memory: at the same places, they are the same.
same-places := $(shell setarch -R true 2> /dev/null && echo setarch -R)

# What is made of the program is made by anybody, and installed by root, who need not build.
needs-binary = test -x $(binary) || { printf '%s\n' \
  'touchmon: unable to make $@: $(binary) is not there' \
  'Run `make build` first; it need not be root that builds.' >&2; exit 1; }

build: ## build the release binary: .build/release/touchmon
	@scripts/install-dependencies build
	@$(static-libraries)
	$(same-places) swift build -c release --product touchmon --static-swift-stdlib $(link)

test: ## install what is missing, then run every test
	@scripts/test

relay: ## build the bridge to a fleet: Relay/.build/release/touchmon-relay
	@scripts/install-dependencies build
	cd Relay && swift build -c release --product touchmon-relay

test-relay: build ## run every test of the relay, with a real etcd
	@Relay/scripts/test

fleet-faults: build relay ## kill, cut off and flood a fleet at random moments (TIMES=50 SEED=1)
	@TIMES=$(or $(TIMES),50) SEED=$(or $(SEED),1) scripts/test-fleet

test-fast: ## run the tests of the pure core, without those that try very many cases
	@scripts/test-fast

simulate: ## play random histories (FIRST=1 COUNT=1000000)
	@scripts/simulate $(FIRST) $(COUNT)

coverage: ## every line and region of the pure core is covered, or listed
	@scripts/coverage

mutate: ## the tests of trigger, run and record catch planted mistakes
	@scripts/mutate

faults: build ## let every system call of the daemon fail, in .build/faults.txt (CALL=all)
	@scripts/install-dependencies test
	TOUCHMON_BINARY=$(CURDIR)/$(binary) TOUCHMON_FAULTS=$(or $(CALL),all) \
	  swift test --disable-xctest --filter SystemCallFaultTests

demo: build ## one user touches a file, another user's command runs
	@scripts/demo

demo-fleet: build relay ## one touch, three hosts, on a real etcd
	@scripts/install-dependencies build relay
	@scripts/demo-fleet

bench-fleet: relay ## from a touch to the last of 1,000 hosts, on a real etcd (HOSTS=1000)
	@scripts/install-dependencies relay
	cd Relay && swift build -c release --product Swarm
	scripts/bench-fleet --hosts $(or $(HOSTS),1000)

bench: build ## measure everything beside a C loop and the peers, in half an hour: Benchmarks/results
	@scripts/bench

bench-quick: build ## the same with small sizes, in three minutes: .build/bench-quick
	@scripts/bench --quick

bench-latency: build ## touch to exec alone, beside a C loop and the peers
	@scripts/bench latency

bench-commands: build ## how long commands take with 100,000 runs and 10,000 actions
	@scripts/bench-commands

bench-control: build ## what a run pays for clients that behave badly (TOUCHES=200)
	@TOUCHES=$(or $(TOUCHES),200) scripts/bench-control

bench-trees: build ## what it costs to watch a tree, against a C loop and others (ROUNDS=3)
	@ROUNDS=$(or $(ROUNDS),3) scripts/bench-trees

touch.order: ## find the functions of one touch again, for the linker (scripts/touch.order)
	@$(static-libraries)
	rm -f $(binary)
	swift build -c release --product touchmon --static-swift-stdlib \
	  $(subst -Xlinker -s ,,$(link)) -Xlinker -Map=$(CURDIR)/.build/touchmon.map
	scripts/touch-path order $(binary) .build/touchmon.map > scripts/touch.order.new
	mv scripts/touch.order.new scripts/touch.order
	scripts/touch-path count $(binary)

touch-timeline: build ## where the time of a touch goes, as the kernel's trace tells it (as root)
	python3 -B Benchmarks/TouchPath/timeline.py

schema: ## write the JSON Schema of action files again: packaging/touchmon.schema.json
	swift run --quiet Schema > packaging/touchmon.schema.json.new
	mv packaging/touchmon.schema.json.new packaging/touchmon.schema.json

man: ## write the manual pages: .build/man (after make build)
	@$(needs-binary)
	@scripts/install-dependencies man
	scripts/manual $(binary) .build/man

completions: ## write what completes commands in bash, zsh and fish: .build/completions (after make build)
	@$(needs-binary)
	@mkdir -p .build/completions
	$(binary) --generate-completion-script bash | sed '1{/^#!/d}' > .build/completions/touchmon
	$(binary) --generate-completion-script zsh > .build/completions/_touchmon
	$(binary) --generate-completion-script fish > .build/completions/touchmon.fish

guides: build ## write into the guides what their commands print, and record the session again (as root)
	TOUCHMON_BINARY='$(CURDIR)/$(binary)' TOUCHMON_GUIDES=write \
	  swift test --disable-xctest --filter GuideTests
	scripts/record-session $(binary) docs/session.svg

session: build ## record the session of the README again: docs/session.svg (as root)
	scripts/record-session $(binary) docs/session.svg

compare-peers: build ## do to a watched file what tools do, beside others who watch files (as root)
	@scripts/install-dependencies bench-trees
	scripts/compare-peers $(binary)

torture: build ## kill -9 the daemon while its paths are touched (CYCLES=1000)
	TOUCHMON_BINARY='$(CURDIR)/$(binary)' TOUCHMON_TORTURE_CYCLES=$(CYCLES) \
	  swift test --disable-xctest --filter TortureTests

lint: ## check the style of Swift and shell sources
	@scripts/install-dependencies build lint
	swift format lint --strict -r Package.swift Sources Tests $(relay-sources)
	shellcheck $$(grep -rlE '^#!.*\<(ba)?sh\>' scripts .ci packaging Relay/scripts)

fmt: ## format the Swift sources
	swift format format -i -r Package.swift Sources Tests $(relay-sources)

install: ## install what was built, also by `make man completions` (PREFIX=/usr/local DESTDIR=)
	@$(needs-binary)
	scripts/install-files '$(DESTDIR)' '$(PREFIX)' $(binary)

deb: build man completions ## make the Debian package: .build/packages
	@scripts/install-dependencies package
	@mkdir -p .build/packages
	scripts/package-deb $(binary) .build/packages

portable: build ## link the program with all of its libraries but glibc: .build/portable/touchmon
	@scripts/link-portable .build/portable/touchmon $(link)

tarball: portable man completions ## make a package for any Linux with glibc 2.34: .build/packages
	@mkdir -p .build/packages
	scripts/package-tarball .build/portable/touchmon .build/packages

reproducible: ## build everything twice, in two places, and compare the packages
	scripts/reproduce

clean: ## remove what was built
	rm -rf .build

help: ## say what can be made
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/make \1\t\2/p' Makefile | expand -t 22

.PHONY: build relay touch-timeline touch.order torture faults test test-relay fleet-faults test-fast simulate coverage mutate demo demo-fleet bench bench-fleet bench-quick bench-latency bench-commands bench-control bench-trees guides session compare-peers schema man completions lint \
	fmt install deb portable tarball reproducible clean help
