# A thin shell: everything is in tools/house.py, which needs only Python 3.11 or newer.
# Works with GNU make 3.81 (macOS) too. Try: make help

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
HOUSE = $(or $(PYTHON),python3) tools/house.py

.PHONY: help run test lint bench demo-reset doctor setup spark log bucket badges player pin

help run test lint bench demo-reset doctor setup spark log bucket badges player pin:
	@$(HOUSE) $@
