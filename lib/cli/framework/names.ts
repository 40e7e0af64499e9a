import type { Options } from 'yargs'

/** A command as the list of commands has it: known before the command itself is loaded. */
export interface CommandName {
  /** As yargs writes it, for instance `bars <symbol>`. */
  usage: string
  describe: string
}

/** The commands and groups of commands, in the order in which help lists them. */
export const NAMES = {
  load: { usage: 'load', describe: 'Load day files into ohlcv_daily: hydrate, daily update and backfill are this one command' },
  fetch: { usage: 'fetch', describe: 'Fetch bars of symbols from a provider by REST: hours, weeks and months, and days where no day file has spoken. Every answer is kept.' },
  import: { usage: 'import', describe: 'Import daily bars that are there already: an old table of the database, or files that a provider let people download' },
  poll: { usage: 'poll', describe: 'Fetch today\'s minute bars of symbols again and again while the exchange is open, as fills of ohlcv_minute that tomorrow\'s minute file replaces.' },
  sync: { usage: 'sync', describe: 'Bring the last days up to date, safely at any time: day files, else providers. What a timer starts every night; or the days of some symbols by providers.' },
  bars: {
    usage: 'bars <symbol>',
    describe: 'Show the stored bars of a symbol: exact values and a small chart of closes. A security is followed through its renames.',
  },
  status: {
    usage: 'status',
    describe: 'Show how complete the data is: a calendar of coverage, what needs attention, and the command that mends it. Also one date, or one symbol\'s gaps.',
  },
  runs: { usage: 'runs [id]', describe: 'Show what ran: the latest runs, or one of them with how each of its dates ended.' },
  rejects: {
    usage: 'rejects',
    describe: 'Show rows kept out of the table: counts by date and reason, and for one date or symbol the rows themselves as they came.',
  },
  gaps: {
    usage: 'gaps',
    describe: 'Show expected bars that are not there, as ranges with the likely reason and what to do; with --fill ask the day files and then the providers for them.',
  },
  revisions: { usage: 'revisions', describe: 'Show bars that changed after they were first loaded: old and new values, why, and which load did it.' },
  verify: {
    usage: 'verify',
    describe: 'Check stored bars against the ledger: recompute the checksum of each loaded date and find bars that no load accounts for. Reads only, unless it is to --repair them.',
  },
  quality: {
    usage: 'quality',
    describe: 'Show how good securities and dates are: a score from 0 to 1 for each, the worst first, which rules they fail, and what to do. What has changed is checked before.',
  },
  remediation: { usage: 'remediation', describe: 'Show what was wrong with the data and what was done about it: reloads, gaps, duplicates, findings, and providers that asked to wait.' },
  providers: { usage: 'providers', describe: 'Who bars are fetched from: keys, limits and what is used of them, and how well each answers' },
  fetches: {
    usage: 'fetches',
    describe: 'Show requests to providers of bars, the newest first: how each ended, what it brought, and what is kept of it.',
  },
  fills: { usage: 'fills', describe: 'Show bars that a provider filled in where no day file has spoken: counts by date, and for a symbol or job the bars themselves.' },
  actions: { usage: 'actions', describe: 'Splits and dividends: what each provider tells of them, by which of them prices are adjusted, and where providers contradict each other' },
  compare: { usage: 'compare', describe: 'Compare daily bars of a provider with the stored ones or with another provider\'s, or fetched weeks, months and hours with the days: how many agree, and why others are likely to differ.' },
  alerts: { usage: 'alerts', describe: 'Show incidents: what is wrong, since when, who was told and what to do; acknowledge one, or mute it for a while.' },
  report: { usage: 'report', describe: 'Make the validation report: how complete, exact and consistent the data is, what was found, mended and revised, and what is slow; as text, JSON or a page.' },
  serve: { usage: 'serve', describe: 'Serve the status page and the API: what there is, how fresh and how good it is, and where it came from.' },
  act: { usage: 'act', describe: 'Do what somebody asked the status service for: reads the request from stdin, prints the number of the action, and then does it. `ohlcv serve` starts it.' },
  calendar: { usage: 'calendar', describe: 'Sessions, holidays and early closes of an exchange' },
  universe: { usage: 'universe', describe: 'The securities that are loaded, and which of them a symbol named on a date' },
  db: { usage: 'db', describe: 'Make, inspect and run the database.' },
  sql: { usage: 'sql <query>', describe: 'Run one SQL statement, read-only unless --write.' },
  doctor: { usage: 'doctor', describe: 'Check what a load or a fetch needs: Node, database, schema, universe, source, credentials, disk, clock, providers.' },
  completion: { usage: 'completion [shell]', describe: 'Print a script by which bash, zsh or fish completes commands, flags, symbols and dates.' },
} as const satisfies Record<string, CommandName>

/** The flags that every command has, as yargs takes them; `version` and `help` are its own. */
export const GLOBAL_FLAGS = {
  json: { type: 'boolean', global: true, describe: 'print one JSON document with a schema version' },
  quiet: { alias: 'q', type: 'boolean', global: true, describe: 'log errors only' },
  verbose: { alias: 'v', type: 'boolean', global: true, describe: 'log everything' },
  config: { type: 'string', requiresArg: true, global: true, describe: 'settings file [OHLCV_CONFIG; ohlcv.config.json if there]' },
  version: { type: 'boolean', describe: 'show the version number' },
  help: { type: 'boolean', describe: 'show help' },
} as const satisfies Record<string, Options>

/** What completion scripts call the program with, before the words typed so far: no command of its own for people to see. */
export const COMPLETE = '--complete'
