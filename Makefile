# Thin names for `python3 -m infra …`, which works without make too.
PYTHON ?= python3
RUN := $(PYTHON) -m infra

.PHONY: run test check deploy fuzz perf week generate lock
run:
	@$(RUN) run
test:
	@$(RUN) test
check:
	@$(RUN) check
fuzz:
	@$(RUN) fuzz
perf:
	@$(RUN) perf
week:
	@$(RUN) week
generate:
	@$(RUN) generate
# make deploy STAGE=test DOMAIN=skola.example.se CERTIFICATE=arn:… ALARM_MAIL=…   (given on the command line,
# they reach the command as its environment; DRY_RUN=--dry-run synthesises and lints only)
deploy:
	@$(RUN) deploy $(DRY_RUN)

UV := .local/venvs/boot/bin/uv
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url
# What the layer `signing` finds in the dependencies layer.
SHARED := cffi cryptography idna pycparser typing-extensions tzdata
# After a change in a requirements-*.in; add UPGRADE=--upgrade for newer versions of everything.
lock:
	@for name in boot cloud runtime documents scanning dev; do $(COMPILE) $(UPGRADE) requirements-$$name.in -o requirements-$$name.lock; done
	@$(COMPILE) $(UPGRADE) --no-deps requirements-chalice.in -o requirements-chalice.lock
	@$(COMPILE) $(UPGRADE) $(SHARED:%=--no-emit-package %) requirements-signing.in -o requirements-signing.lock
