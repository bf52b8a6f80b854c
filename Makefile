# Everything a developer does, by name. The work itself is in scripts/.

PREFIX ?= /usr/local
CYCLES ?= 1000
FIRST ?= 1
COUNT ?= 1000000
binary := .build/release/touchmon
# Stripped, nothing for others to link to, one copy of functions that are the same, no index for C++
# exceptions, which nobody throws, and the functions on the way of a touch side by side:
# docs/performance.md.
link := -Xswiftc -use-ld=lld -Xswiftc -L.build/lib -Xlinker -s -Xlinker --no-export-dynamic \
  -Xlinker --no-eh-frame-hdr \
  -Xlinker --no-warn-symbol-ordering -Xlinker --icf=all \
  -Xlinker --symbol-ordering-file=$(CURDIR)/scripts/touch.order

# The C++ library that the Swift runtime needs becomes part of the program: as a shared library it takes
# a megabyte of memory, and is one thing more that has to be there.
static-libraries = mkdir -p .build/lib && ln -sf "$$(g++ -print-file-name=libstdc++.a)" .build/lib/

# What is made of the program is made by anybody, and installed by root, who need not build.
needs-binary = test -x $(binary) || { printf '%s\n' \
  'touchmon: unable to make $@: $(binary) is not there' \
  'Run `make build` first; it need not be root that builds.' >&2; exit 1; }

build: ## build the release binary: .build/release/touchmon
	@scripts/install-dependencies build
	@$(static-libraries)
	swift build -c release --product touchmon --static-swift-stdlib $(link)

test: ## install what is missing, then run every test
	@scripts/test

test-fast: ## run the tests of the pure core alone
	swift test --disable-xctest --filter TouchmonCoreTests

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
	$(binary) --generate-completion-script bash > .build/completions/touchmon
	$(binary) --generate-completion-script zsh > .build/completions/_touchmon
	$(binary) --generate-completion-script fish > .build/completions/touchmon.fish

torture: build ## kill -9 the daemon while its paths are touched (CYCLES=1000)
	TOUCHMON_BINARY='$(CURDIR)/$(binary)' TOUCHMON_TORTURE_CYCLES=$(CYCLES) \
	  swift test --disable-xctest --filter TortureTests

lint: ## check the style of Swift and shell sources
	@scripts/install-dependencies build lint
	swift format lint --strict -r Package.swift Sources Tests
	shellcheck $$(grep -lE '^#!.*\<(ba)?sh\>' scripts/* .ci/*)

fmt: ## format the Swift sources
	swift format format -i -r Package.swift Sources Tests

install: ## install what was built, also by `make man completions` (PREFIX=/usr/local DESTDIR=)
	@$(needs-binary)
	install -D -m 0755 $(binary) '$(DESTDIR)$(PREFIX)/bin/touchmon'
	install -D -m 0644 LICENSE '$(DESTDIR)$(PREFIX)/share/doc/touchmon/LICENSE'
	install -D -m 0644 packaging/touchmon.schema.json \
	  '$(DESTDIR)$(PREFIX)/share/touchmon/touchmon.schema.json'
	install -D -m 0644 packaging/supervisor/touchmon.conf \
	  '$(DESTDIR)$(PREFIX)/share/doc/touchmon/examples/supervisor.conf'
	for page in .build/man/*.[157]; do test ! -e "$$page" || install -D -m 0644 "$$page" \
	  '$(DESTDIR)$(PREFIX)/share/man/'"man$${page##*.}/$${page##*/}" || exit; done
	test ! -d .build/completions || { cd .build/completions && \
	  install -D -m 0644 touchmon \
	    '$(DESTDIR)$(PREFIX)/share/bash-completion/completions/touchmon' && \
	  install -D -m 0644 _touchmon \
	    '$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_touchmon' && \
	  install -D -m 0644 touchmon.fish \
	    '$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/touchmon.fish'; }

clean: ## remove what was built
	rm -rf .build

help: ## say what can be made
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/make \1\t\2/p' Makefile | expand -t 22

.PHONY: build touch.order torture faults test test-fast simulate coverage mutate demo bench bench-quick bench-latency bench-commands bench-control bench-trees schema man completions lint \
	fmt install clean help
