# SPDX-License-Identifier: LGPL-2.1-or-later
#
# make                  configure where needed, and build build/plugbox
# make demo             a plugin answers from inside a sandbox
# make check            every test and the lint; check-quick: a part, under a minute
# make lint             clang-tidy, cppcheck, shellcheck, includes, man pages, completions
# make check-vm         in guests with cgroup v2, two of them a Debian with systemd, under QEMU
# make check-without    with a plugbox that lacks one of the newer system calls after the other
# make check-builds     with a static (or dynamic) plugbox, and with one under the sanitizers
# make check-mutations  a table: which attacks get through without each layer
# make compare-security the attacks under other launchers
# make bench            ratios to the raw floor; bench-vm: what a cgroup costs, by each way to one
# make real-programs    the bundles of tests/real, for make check
# make fuzz             each fuzz target for FUZZ_SECONDS (needs clang)
# make install          DESTDIR= and prefix= as usual; uninstall takes it back
# make dist             plugbox-VERSION.tar.xz
# make completions      write completions/ again from the option tables
# make permissions-page write man/plugbox-permissions.7 again from the table of permissions
# make clean distclean
#
# BUILD is where everything built goes and CONFIG the configuration used, so that two can
# stand beside each other:
#   make BUILD=build/san CONFIG=build/san/config.mk CONFIGURE_ARGS=--enable-sanitizers

# V=1 prints whole command lines
Q = $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@printf '  %-8s%s\n' $(1) $(2))

.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

BUILD ?= build
CONFIG ?= config.mk
CONFIGURE_ARGS ?=
FUZZ_SECONDS ?= 30
JOBS ?= $(shell nproc 2>/dev/null || echo 2)

.PHONY: all
all: $(BUILD)/plugbox

# These run without a configuration: the first four install what is missing before they call
# make again, and a fresh machine has neither compiler nor autoconf.
UNCONFIGURED = demo real-programs check check-quick check-vm check-without check-builds check-mutations compare-security bench bench-vm lint dist \
	clean distclean configure
ifneq ($(filter-out $(UNCONFIGURED),$(or $(MAKECMDGOALS),all)),)
include $(CONFIG)
# `make CC=clang` after a configuration for gcc: the flags were gcc's
ifneq ($(CONFIGURED_CC),)
ifneq ($(CC),$(CONFIGURED_CC))
# a phony makefile would be written, but not read again
$(CONFIG): FORCE
FORCE:
endif
endif
endif

configure: configure.ac
	@command -v autoconf >/dev/null || { \
		echo "autoconf is missing. This installs what a build needs:" \
			"contrib/install-packages build" >&2; exit 1; }
	autoconf
	@rm -f configure~

# config.status remembers the arguments of the last time
$(CONFIG): configure config.mk.in
	@mkdir -p $(dir $(CONFIG))
	cd $(dir $(CONFIG)) && if [ -x config.status ]; then \
		eval "$(CURDIR)/configure $$(./config.status --config) $(if $(findstring command,$(origin CC)),'CC=$(CC)') $(CONFIGURE_ARGS)"; \
	else \
		$(CURDIR)/configure $(CONFIGURE_ARGS); \
	fi

# ---- the program ----

# Programs of their own, and what only they have
APART = src/linux/gen-filters.c src/linux/hostlib-program.c src/linux/sdscope_bus.c
SOURCES = $(filter-out $(APART),$(sort $(wildcard src/*.c src/*/*.c)))
HEADERS = $(sort $(wildcard src/*.h src/*/*.h))
OBJECTS = $(SOURCES:%.c=$(BUILD)/%.o)
LIBRARY_OBJECTS = $(filter-out $(BUILD)/src/plugbox.o,$(OBJECTS))
GENERATED = $(if $(wildcard src/spec/gen-syscalls.awk),$(BUILD)/gen/syscall_groups.h)

# -iquote, not -I: <linux/seccomp.h> is the kernel's and "linux/seccomp.h" ours
PB_CPPFLAGS = -D_GNU_SOURCE -DPB_VERSION='"$(VERSION)"' -DPB_DATADIR='"$(pkgdatadir)"' \
	-DPB_HOSTLIB='"$(HOSTLIB)"' $(STATIC_CPPFLAGS) $(SYSTEMD_CFLAGS) -iquote src -iquote $(BUILD) -iquote $(BUILD)/gen
# make check sets WERROR: a stranger's newer compiler may know more warnings
PB_CFLAGS = -std=gnu17 $(WARN_CFLAGS) $(WERROR) $(HARDEN_CFLAGS) $(LIB_CFLAGS)
COMPILE = $(CC) $(PB_CPPFLAGS) $(CPPFLAGS) $(PB_CFLAGS) $(CFLAGS) -MD -MP
LINK = $(CC) $(HARDEN_CFLAGS) $(CFLAGS) $(HARDEN_LDFLAGS) $(LINK_MODE) $(LDFLAGS)

$(BUILD)/plugbox: $(OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $(OBJECTS) $(LIB_LIBS) $(LIBS)

$(BUILD)/src/%.o: src/%.c $(CONFIG) | $(GENERATED)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(COMPILE) -c -o $@ $<

# Which system calls each group holds, from the lists that administrators read
$(BUILD)/gen/syscall_groups.h: src/spec/gen-syscalls.awk $(sort $(wildcard profiles/syscalls/*.list))
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)awk -f src/spec/gen-syscalls.awk $(sort $(wildcard profiles/syscalls/*.list)) >$@

# The filters of the usual policies, compiled once
GEN_FILTERS = $(patsubst %,$(BUILD)/src/%.o,linux/gen-filters linux/seccomp spec/syscalls \
	base/err base/str base/fdio)

$(BUILD)/gen/gen-filters: $(GEN_FILTERS)
	$(call say,LINK,$@)
	$(Q)$(LINK) -o $@ $(GEN_FILTERS) $(LIB_LIBS) $(LIBS)

$(BUILD)/gen/seccomp_filters.h: $(BUILD)/gen/gen-filters
	$(call say,GEN,$@)
	$(Q)$(BUILD)/gen/gen-filters >$@

$(BUILD)/src/linux/filter.o: $(BUILD)/gen/seccomp_filters.h

# What needs the host's shared libraries, also where plugbox itself is static: see base/hostlib.h
HOSTLIB = $(BUILD)/gen/plugbox-hostlib
HOSTLIB_OBJECTS = $(patsubst %,$(BUILD)/src/%.o,linux/hostlib-program linux/sdscope_bus \
	base/err base/str base/fdio)

$(HOSTLIB): $(HOSTLIB_OBJECTS)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(HARDEN_CFLAGS) $(CFLAGS) $(HARDEN_LDFLAGS) -pie $(LDFLAGS) -s -o $@ $(HOSTLIB_OBJECTS) -ldl

$(BUILD)/src/base/hostlib.o $(BUILD)/libfuzzer/src/base/hostlib.o: $(HOSTLIB)

-include $(OBJECTS:.o=.d) $(GEN_FILTERS:.o=.d) $(HOSTLIB_OBJECTS:.o=.d)

# ---- tests ----

UNIT_TESTS = $(sort $(wildcard tests/unit/test_*.c))
UNIT_PROGRAMS = $(UNIT_TESTS:%.c=$(BUILD)/%)
FUZZ_TARGETS = $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_REPLAYS = $(FUZZ_TARGETS:%.c=$(BUILD)/%)
FUZZ_PROGRAMS = $(FUZZ_TARGETS:tests/fuzz/%.c=$(BUILD)/libfuzzer/%)

# An archive, so that a unit test takes what it uses and may define the rest itself
$(BUILD)/libplugbox.a: $(LIBRARY_OBJECTS)
	@rm -f $@
	$(call say,AR,$@)
	$(Q)$(AR) rcsD $@ $(LIBRARY_OBJECTS)

$(BUILD)/tests/unit/%: tests/unit/%.c $(BUILD)/libplugbox.a $(CONFIG)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(COMPILE) -Wno-unused-result -iquote tests/unit -MF $@.d -o $@ $< $(HARDEN_LDFLAGS) $(LINK_MODE) $(LDFLAGS) $(BUILD)/libplugbox.a $(LIB_LIBS) $(LIBS)

$(BUILD)/tests/fuzz/%: tests/fuzz/%.c tests/fuzz/replay.c $(BUILD)/libplugbox.a $(CONFIG)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(COMPILE) -Wno-unused-function -iquote tests/fuzz -MF $@.d -o $@ $< tests/fuzz/replay.c $(HARDEN_LDFLAGS) $(LINK_MODE) $(LDFLAGS) $(BUILD)/libplugbox.a $(LIB_LIBS) $(LIBS)

# The program once more, for libFuzzer
FUZZ_CC = clang $(PB_CPPFLAGS) -iquote tests/fuzz -std=gnu17 $(LIB_CFLAGS) -O1 -g \
	-fsanitize=address,undefined -fno-sanitize-recover=all -MD -MP
FUZZ_OBJECTS = $(LIBRARY_OBJECTS:$(BUILD)/%=$(BUILD)/libfuzzer/%)

$(BUILD)/libfuzzer/src/%.o: src/%.c $(CONFIG) | $(GENERATED) $(BUILD)/gen/seccomp_filters.h
	@mkdir -p $(@D)
	$(call say,FUZZ,$<)
	$(Q)$(FUZZ_CC) -fsanitize=fuzzer-no-link -c -o $@ $<

$(BUILD)/libfuzzer/libplugbox.a: $(FUZZ_OBJECTS)
	@rm -f $@
	$(Q)$(AR) rcsD $@ $^

$(BUILD)/libfuzzer/%: tests/fuzz/%.c $(BUILD)/libfuzzer/libplugbox.a $(CONFIG)
	$(call say,FUZZ,$<)
	$(Q)$(FUZZ_CC) -fsanitize=fuzzer -MF $@.d -o $@ $< $(BUILD)/libfuzzer/libplugbox.a $(LIB_LIBS)

-include $(FUZZ_OBJECTS:.o=.d) $(FUZZ_PROGRAMS:%=%.d)
-include $(UNIT_PROGRAMS:%=%.d) $(FUZZ_REPLAYS:%=%.d)

.PHONY: test-programs fuzz check check-quick check-vm check-without check-builds check-mutations compare-security bench bench-vm lint \
	demo completions real-programs
test-programs: all $(UNIT_PROGRAMS) $(FUZZ_REPLAYS)

# The bundles of tests/real, compiled
real-programs:
	@$(MAKE) -C tests/real OUT='$(abspath $(BUILD))/real' CACHE='$(abspath $(BUILD))/cache'

fuzz: $(FUZZ_PROGRAMS)
	@for program in $(FUZZ_PROGRAMS); do \
		name=$${program##*/fuzz_}; \
		mkdir -p $(BUILD)/libfuzzer/corpus/$$name; \
		echo "== $$name: $(FUZZ_SECONDS) s"; \
		"$$program" -max_total_time=$(FUZZ_SECONDS) -timeout=5 -rss_limit_mb=1024 \
			-print_final_stats=1 -artifact_prefix=$(BUILD)/libfuzzer/ \
			$(BUILD)/libfuzzer/corpus/$$name \
			$$([ -d tests/fuzz/corpus/$$name ] && echo tests/fuzz/corpus/$$name) || exit 1; \
	done

demo:
	@contrib/install-packages build demo
	@$(MAKE) -j$(JOBS) all
	@PLUGBOX='$(abspath $(BUILD))/plugbox' contrib/examples/demo

check:
	@contrib/install-packages build demo test real lint vm
	@built=yes; $(MAKE) -k -j$(JOBS) WERROR=-Werror test-programs real-programs || built=no; \
		BUILT=$$built BUILD='$(abspath $(BUILD))' tests/run

# The bats suite in guests with cgroup v2, systemd and other kernels; GUESTS="minimal" for one
check-vm:
	@contrib/install-packages build test vm
	@$(MAKE) -j$(JOBS) test-programs
	@BUILD='$(abspath $(BUILD))' tests/run --vm $(GUESTS)

# What launches plugins, without each of the system calls that older kernels lack
check-without:
	@contrib/install-packages build test
	@$(MAKE) -j$(JOBS) test-programs
	@BUILD='$(abspath $(BUILD))' tests/run --without $(CALLS)

# What launches plugins, with other builds of plugbox; BUILDS=static for one
check-builds:
	@contrib/install-packages build test
	@$(MAKE) -j$(JOBS) test-programs
	@BUILD='$(abspath $(BUILD))' tests/run --builds $(BUILDS)

# What each layer is for: the attacks that get through a build without it
check-mutations:
	@contrib/install-packages build test
	@$(MAKE) -j$(JOBS) all
	@BUILD='$(abspath $(BUILD))' tests/attacks/mutations

# The same attacks under the other launchers that are installed
compare-security:
	@contrib/install-packages build test
	@$(MAKE) -j$(JOBS) all
	@PLUGBOX='$(abspath $(BUILD))/plugbox' tests/attacks/run --compare

# Ratios to the raw floor; BENCH_ARGS as in tests/bench/run --help
bench:
	@contrib/install-packages build demo
	@$(MAKE) -j$(JOBS) all
	@BUILD='$(abspath $(BUILD))' tests/bench/run $(BENCH_ARGS)

# Launches with a cgroup of each kind, where systemd gives one; GUEST is bookworm or trixie
GUEST ?= bookworm
bench-vm:
	@contrib/install-packages build test vm
	@$(MAKE) -j$(JOBS) all
	@BUILD='$(abspath $(BUILD))' tests/vm/run $(GUEST) --root tests/vm/bench.bats --user tests/vm/bench.bats

check-quick:
	@contrib/install-packages build demo test
	@built=yes; $(MAKE) -k -j$(JOBS) WERROR=-Werror test-programs || built=no; \
		BUILT=$$built BUILD='$(abspath $(BUILD))' tests/run --quick

lint:
	@contrib/install-packages build lint
	@$(MAKE) -j$(JOBS) all
	@BUILD='$(abspath $(BUILD))' tests/lint/run

completions: all
	$(BUILD)/plugbox completion bash >completions/plugbox.bash
	$(BUILD)/plugbox completion zsh >completions/_plugbox
	$(BUILD)/plugbox completion fish >completions/plugbox.fish

.PHONY: permissions-page
permissions-page: all
	man/gen-permissions $(BUILD)/plugbox >man/plugbox-permissions.7.new
	mv man/plugbox-permissions.7.new man/plugbox-permissions.7

# What a compiler is told, for clang-tidy and editors
.PHONY: print-cflags
print-cflags: $(GENERATED)
	@printf '%s\n' $(PB_CPPFLAGS) -std=gnu17 $(LIB_CFLAGS)

# ---- installation ----

INSTALL = install
bashcompdir = $(datadir)/bash-completion/completions
zshcompdir = $(datadir)/zsh/vendor-completions
fishcompdir = $(datadir)/fish/vendor_completions.d
pkgdatadir = $(datadir)/plugbox

# source and destination of all that is installed beside the program; ':' between them
INSTALLED = \
	$(foreach s,1 5 7,$(foreach f,$(wildcard man/*.$s),$f:$(mandir)/man$s/$(notdir $f))) \
	completions/plugbox.bash:$(bashcompdir)/plugbox \
	completions/_plugbox:$(zshcompdir)/_plugbox \
	completions/plugbox.fish:$(fishcompdir)/plugbox.fish \
	$(foreach f,$(shell find profiles -type f 2>/dev/null | sort),$f:$(pkgdatadir)/$f) \
	$(foreach f,$(wildcard README NEWS LICENSE),$f:$(docdir)/$f)

.PHONY: install uninstall
install: all
	$(INSTALL) -D -m 755 $(BUILD)/plugbox '$(DESTDIR)$(bindir)/plugbox'
	@for pair in $(INSTALLED); do \
		$(INSTALL) -D -m 644 "$${pair%%:*}" "$(DESTDIR)$${pair#*:}" || exit 1; \
	done

# Directories that are plugbox's own go with their files, shared ones stay
uninstall:
	rm -f '$(DESTDIR)$(bindir)/plugbox'
	@for pair in $(INSTALLED); do rm -f "$(DESTDIR)$${pair#*:}" || exit 1; done
	@for dir in '$(DESTDIR)$(pkgdatadir)' '$(DESTDIR)$(docdir)'; do \
		if [ -d "$$dir" ]; then find "$$dir" -depth -type d -empty -delete; fi; \
	done

# ---- release ----

DIST_VERSION = $(shell sed -n 's/^AC_INIT(\[plugbox\], \[\(.*\)\])/\1/p' configure.ac)
DIST = plugbox-$(DIST_VERSION)

# What git tracks (in a checkout) or what was unpacked, and configure, newer than its source
.PHONY: dist
dist: configure
	rm -rf $(BUILD)/dist
	mkdir -p $(BUILD)/dist/$(DIST)
	if [ -e .git ]; then git ls-files -z; \
	else find . -type f ! -path './build/*' ! -path './autom4te.cache/*' ! -name config.mk \
		! -name 'config.*[sg]' ! -name '$(DIST).tar.xz' -printf '%P\0'; fi \
		| tar -c --null --verbatim-files-from -T - | tar -x -C $(BUILD)/dist/$(DIST)
	cp configure $(BUILD)/dist/$(DIST)/
	touch $(BUILD)/dist/$(DIST)/configure
	tar -c -J -f $(DIST).tar.xz --owner=0 --group=0 --numeric-owner --sort=name \
		-C $(BUILD)/dist $(DIST)
	rm -rf $(BUILD)/dist

.PHONY: clean distclean
clean:
	rm -rf $(BUILD)

distclean: clean
	rm -rf config.mk config.log config.status configure autom4te.cache $(DIST).tar.xz
