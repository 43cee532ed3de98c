# Thin: every target calls the host tool, which does all set-up by itself. `toolchain/bin/clew --help` has more.

CLEW := toolchain/bin/clew

export CMD

.PHONY: help run test conformance exec image iso bench bench-wasm report setup clean

help:
	@echo 'make run              boot Clew and get its prompt (poweroff or Ctrl-A X ends it)'
	@echo 'make test             run every test; FILTER=TEXT runs those whose names contain it'
	@echo 'make conformance      run the suites that others wrote; SUITE=NAME runs one'
	@echo "make exec CMD='...'   boot, run one command on this terminal's streams, power off"
	@echo 'make image            build kernel and initramfs'
	@echo 'make iso              build a CD image that boots through GRUB'
	@echo 'make bench            measure, in guest instructions'
	@echo 'make bench-wasm       measure the wasm command, here and under Linux'
	@echo 'make bench-libc       measure C functions with tlibc, glibc and musl on this machine'
	@echo 'make report           write the tables in docs/ that are made from the sources'
	@echo 'make setup            only install what is missing'
	@echo 'make clean            remove everything that was built'
	@echo "OPTIONS='...' is passed on to the tool, for example OPTIONS='--memory 512'"

run:
	@$(CLEW) run $(OPTIONS)

test:
	@$(CLEW) test $(OPTIONS) $(FILTER)

conformance:
	@$(CLEW) conformance $(OPTIONS) $(SUITE)

# make turns every status that is not 0 into 2; `toolchain/bin/clew run -- CMD` passes the status itself.
exec:
	@test -n "$$CMD" || { echo "usage: make exec CMD='hello one two'" >&2; exit 2; }
	@$(CLEW) run $(OPTIONS) -- $(CMD)

image:
	@$(CLEW) image

iso:
	@$(CLEW) iso $(OPTIONS)

bench:
	@$(CLEW) bench $(OPTIONS)

bench-libc:
	@$(CLEW) bench --libc $(OPTIONS)

bench-wasm:
	@$(CLEW) bench --wasm --linux $(OPTIONS)

report:
	@$(CLEW) report

setup:
	@$(CLEW) setup

clean:
	rm -rf "$${CARGO_TARGET_DIR:-target}" docs/book
