# Everything by `make`, on a machine with Node >= 20.19, npm and make. `make` alone lists the targets.
#
#   SOURCE         where day files come from (s3://bucket/prefix or a directory); without it, the fixtures and their dates
#   SYMBOLS        for fetch: SCHG,VUG or all (MASSIVE_API_KEY); for sync: these, by providers, from START to END
#   START, END     first and last date (the latest session that has closed)     DAYS   or that many sessions, ending with that
#   PORT           where the status page is served
#   DATABASE_URL   a PostgreSQL of yours; without it, an embedded one under .ohlcv

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help install build demo serve hydrate daily backfill sync fetch quality gaps report test lint docs fixtures torture alerts histories fuzz hostile bench clean

# A source that is set for the program counts too, so that fixtures never go into a database meant for real data.
SOURCE ?= $(or $(OHLCV_SOURCE),$(shell sed -n 's/^OHLCV_SOURCE=//p' .env 2>/dev/null | tr -d '"'))
export SOURCE START END DAYS SYMBOLS HTML PORT

OHLCV := node dist/bin/ohlcv.js
FIRST_FIXTURE := 2026-02-12
LAST_FIXTURE := 2026-03-09

# Another one at each call; what fails says which it was.
SEED := $(shell date +%s)

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## /  make \1  /p' Makefile | awk '{ printf "  make %-10s", $$2; $$1 = $$2 = ""; print }'

install: node_modules/.package-lock.json
build: dist/bin/ohlcv.js

# The versions of the lock file, nothing else. Also builds (npm runs `prepare`).
node_modules/.package-lock.json: package.json package-lock.json
	@node -e 'var v = process.versions.node.split("."); if (v[0] < 20 || (v[0] == 20 && v[1] < 19)) { console.error("make: ohlcv needs Node 20.19 or newer, this is " + process.versions.node); process.exit(1) }'
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@
	@if [ -f dist/bin/ohlcv.js ]; then touch dist/bin/ohlcv.js; fi

# Where npm has just installed, it has built too.
dist/bin/ohlcv.js: node_modules/.package-lock.json package.json tsconfig.json tsconfig.build.json scripts/build.js $(shell find bin lib -type f)
	@if [ ! -f $@ ] || [ -n "$$(find $^ -newer $@)" ]; then echo npm run --silent build; npm run --silent build; fi
	@touch $@

demo: build ## the status page with made-up data at http://127.0.0.1:8080 (PORT), to see what this is
	@$(OHLCV) serve --demo $${PORT:+--port "$$PORT"}

serve: build ## the status page and the API of the database at http://127.0.0.1:8080 (PORT)
	@$(OHLCV) serve $${PORT:+--port "$$PORT"}

hydrate: build ## everything from nothing: schema, universe, day files (SOURCE, START, END or DAYS)
	@$(OHLCV) db up
	@if [ -z "$$SOURCE" ]; then $(OHLCV) universe import fixtures/universe.csv; fi
	@DAYS=$${DAYS:-252}; $(LOAD)

daily: build ## the last sessions, and what was missed or published again (SOURCE, DAYS)
	@DAYS=$${DAYS:-10}; START= END=; : $${FIXTURE_START:=$(LAST_FIXTURE)}; $(LOAD)

backfill: build ## a range of dates: make backfill START=2026-02-17 END=2026-02-27 (SOURCE; without END up to now)
	@if [ -z "$$START" ]; then echo 'make: which dates? make backfill START=2026-02-17 END=2026-02-27' >&2; exit 2; fi
	@$(LOAD)

sync: build ## what is missing of the last days, from day files and providers, checked (SOURCE, DAYS; SYMBOLS, START, END)
	@if [ -n "$$SYMBOLS" ]; then set -- --symbol "$$SYMBOLS" --start "$${START:?is missing}" $${END:+--end "$$END"}; \
	else set -- $${SOURCE:+--source "$$SOURCE"} $${DAYS:+--days "$$DAYS"}; fi; \
	$(OHLCV) sync "$$@"

fetch: build ## bars of symbols by REST: make fetch SYMBOLS=SCHG,VUG DAYS=2 (START, END; MASSIVE_API_KEY)
	@if [ -z "$$SYMBOLS" ]; then echo 'make: which symbols? make fetch SYMBOLS=SCHG,VUG DAYS=2' >&2; exit 2; fi
	@if [ -n "$$START" ]; then set -- --start "$$START" $${END:+--end "$$END"}; else set -- --days "$${DAYS:-2}"; fi; \
	$(OHLCV) fetch --symbols "$$SYMBOLS" "$$@"

quality: build ## how good securities and dates are, the worst first (START, END or DAYS)
	@set --; DAYS=$${DAYS:-20}; $(DATES); $(OHLCV) quality "$$@"

gaps: build ## bars that are expected and not there, and why (START, END or DAYS)
	@set --; DAYS=$${DAYS:-20}; $(DATES); $(OHLCV) gaps "$$@"

report: build ## the validation report, as a page too: make report HTML=report.html (START, END; without them the latest session)
	@if [ -n "$$START" ]; then set -- --start "$$START" $${END:+--end "$$END"}; else set --; fi; \
	$(OHLCV) report "$$@" $${HTML:+--html "$$HTML"}

# Dates given win; else the fixtures' own dates, or the last DAYS sessions of SOURCE. A START without END goes on to the latest date there can be.
DATES = if [ -z "$$SOURCE" ] && [ -n "$$START" ]; then END=$${END:-$(LAST_FIXTURE)}; fi; \
  if [ -n "$$START" ] || [ -n "$$END" ]; then set -- "$$@" --start "$${START:?is missing}" $${END:+--end "$$END"}; \
  elif [ -z "$$SOURCE" ]; then set -- "$$@" --start "$${FIXTURE_START:-$(FIRST_FIXTURE)}" --end $(LAST_FIXTURE); \
  else set -- "$$@" --days "$$DAYS"; fi

LOAD = set -- --source "$${SOURCE:-fixtures/us_stocks_sip}"; $(DATES); $(OHLCV) load "$$@"

test: install ## lint, types, unused code, docs and all tests with their coverage
	@npm test --silent

lint: install ## lint with type-aware rules, types, unused code
	@npm run lint --silent
	@npm run types --silent
	@npm run unused --silent

docs: build ## writes docs/COMMANDS.md anew
	@npm run docs --silent

fixtures: install ## makes the fixtures and their expected results anew
	node fixtures/make-fixtures.js
	fixtures/odd/make.sh
	fixtures/expected.sh

bench: install ## measure against the script an expert would write (BENCH_YEARS, DATABASE_URL)
	@npm run bench --silent

torture: install ## kill loader and server at random for a while, then compare (TORTURE_SECONDS, TORTURE_SEED)
	@npm run --silent build:tests
	@KILLS_EACH=1 npx tap --disable-coverage --reporter=terse dist/test/reliability/kills.test.js dist/test/reliability/fetch-kills.test.js dist/test/reliability/fetch-beside.test.js dist/test/reliability/fetch-database-faults.test.js
	@TORTURE_SECONDS=$${TORTURE_SECONDS:-600} TORTURE_SEED=$${TORTURE_SEED:-$(SEED)} npx tap --disable-coverage --timeout=0 dist/test/reliability/torture.test.js

fetches: install ## kill a backfill of 500 symbols and five years with failing answers at random, a fetch by four providers, and a poll, then compare (FETCHES_SYMBOLS, FETCHES_YEARS, FETCHES_KILLS, CHOICE_SYMBOLS, CHOICE_KILLS, POLLS_KILLS, FETCHES_SEED)
	@npm run --silent build:tests
	@FETCHES_SYMBOLS=$${FETCHES_SYMBOLS:-500} FETCHES_YEARS=$${FETCHES_YEARS:-5} FETCHES_KILLS=$${FETCHES_KILLS:-10} FETCHES_SEED=$${FETCHES_SEED:-$(SEED)} npx tap --disable-coverage --timeout=0 dist/test/reliability/fetch-torture.test.js
	@CHOICE_SYMBOLS=$${CHOICE_SYMBOLS:-30} CHOICE_KILLS=$${CHOICE_KILLS:-15} FETCHES_SEED=$${FETCHES_SEED:-$(SEED)} npx tap --disable-coverage --timeout=0 dist/test/reliability/choice-torture.test.js
	@POLLS_KILLS=$${POLLS_KILLS:-15} FETCHES_SEED=$${FETCHES_SEED:-$(SEED)} npx tap --disable-coverage --timeout=0 dist/test/reliability/poll-kills.test.js

alerts: install ## kill monitors at random steps, and let a year of nightly runs with faults be told, against what must be told of it (ALERTS_KILLS, ALERTS_DAYS, ALERTS_SEED)
	@npm run --silent build:tests
	@ALERTS_KILLS=$${ALERTS_KILLS:-200} ALERTS_SEED=$${ALERTS_SEED:-$(SEED)} npx tap --disable-coverage --timeout=0 dist/test/reliability/alert-kills.test.js
	@ALERTS_DAYS=$${ALERTS_DAYS:-365} ALERTS_SEED=$${ALERTS_SEED:-$(SEED)} npx tap --disable-coverage --timeout=0 dist/test/reliability/alert-year.test.js

histories: install ## tell histories of symbols in any order, wrongly at times, while dates are loaded, and of bars between checks of quality (HISTORIES, QUALITY_ROUNDS, HISTORIES_SEED)
	@npm run --silent build:tests
	@IDENTITY_EACH=1 npx tap --disable-coverage --reporter=terse --timeout=0 dist/test/features/load/identity-changes.test.js
	@HISTORIES=$${HISTORIES:-2000} HISTORIES_SEED=$${HISTORIES_SEED:-$(SEED)} npx tap --disable-coverage --timeout=0 dist/test/properties/identity.test.js dist/test/features/universe/histories.test.js
	@QUALITY_ROUNDS=$${QUALITY_ROUNDS:-200} QUALITY_SEED=$${HISTORIES_SEED:-$(SEED)} npx tap --disable-coverage --timeout=0 dist/test/properties/quality.test.js

fuzz: install ## more inputs for the tests of properties, other ones each time (PROPERTY_RUNS, PROPERTY_SEED)
	@npm run --silent build:tests
	@PROPERTY_RUNS=$${PROPERTY_RUNS:-50} PROPERTY_SEED=$${PROPERTY_SEED:-$(SEED)} npx tap --disable-coverage --timeout=0 $$(grep -rl 'inputs(t,' dist/test --include='*.test.js')

hostile: install ## all tests that use a database, on databases whose every default is another; and each of these alone
	@npm run --silent build:tests
	@HOSTILE_EACH=1 npx tap --disable-coverage --reporter=terse dist/test/postgres/hostile-defaults.test.js
	@OHLCV_TEST_HOSTILE=1 npx tap --disable-coverage --reporter=terse $$(grep -rlE 'helpers/database\.js' dist/test --include='*.test.js')

clean: ## removes what was built and installed; never a database
	rm -rf dist node_modules .tap
