import { readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { spread } from './measure.js'
import type { Samples } from './scenarios.js'

/** A goal: one measurement over another, or a measurement itself. */
interface Goal {
  what: string
  of: string
  over?: string
  /** Taken off first: what every process costs. */
  less?: string
  limit: number
  /** The ratio has to be at least the limit instead of at most. */
  atLeast?: boolean
}

/** The goals of loading day files, as ratios of medians measured side by side in one run. */
export const LOAD_GOALS: readonly Goal[] = [
  { what: 'first hydrate over the expert\'s script', of: 'hydrate', over: 'expert\'s script', limit: 0.4 },
  { what: 'again with rows checked (S3) over the first load', of: 'again from S3, rows checked', over: 'hydrate', limit: 0.1 },
  { what: 'again with rows checked (directory) over the first load', of: 'again, rows checked', over: 'hydrate', limit: 0.1 },
  { what: 'WAL of doing it again over that of the first load', of: 'again, WAL (MB)', over: 'hydrate, WAL (MB)', limit: 0.01 },
  { what: 'again with --trust-ledger (S3), less start-up, over the first load', of: 'again from S3, ledger trusted', less: 'start-up with S3: one date, ledger trusted', over: 'hydrate', limit: 0.02 },
  { what: 'again with --trust-ledger (directory), less start-up, over the first load', of: 'again, ledger trusted', less: 'start-up: one date, ledger trusted', over: 'hydrate', limit: 0.02 },
  { what: 'again with --force over the first load', of: 'again, forced', over: 'hydrate', limit: 0.5 },
  { what: 'a date into the full table over one into an empty table', of: 'a date into the full table (ms)', over: 'a date into an empty table (ms)', limit: 1.2 },
  { what: 'one symbol over 5 years over the same, unpartitioned', of: 'one symbol, partitioned (ms)', over: 'one symbol, unpartitioned (ms)', limit: 1.5 },
  { what: 'one whole date over the same, unpartitioned', of: 'one date, partitioned (ms)', over: 'one date, unpartitioned (ms)', limit: 1 },
  { what: 'hydrate through slow S3 over fast S3', of: 'hydrate from slow S3', over: 'hydrate from S3', limit: 1.15 },
  { what: 'peak memory of a hydrate (MB)', of: 'hydrate, peak memory (MB)', limit: 200 },
  { what: 'peak memory through slow S3 (MB)', of: 'hydrate from slow S3, peak memory (MB)', limit: 200 },
  { what: 'peak memory of a minute file (MB)', of: 'minute file, peak memory (MB)', limit: 200 },
  { what: 'peak memory of a 2 GB day file (MB)', of: '2 GB day file, peak memory (MB)', limit: 200 },
  { what: 'minute file, rows/s over the daily path\'s', of: 'minute file (rows/s)', over: 'hydrate (rows/s)', limit: 0.9, atLeast: true },
]

/** The goals of fetching bars by REST. */
export const FETCH_GOALS: readonly Goal[] = [
  { what: 'fetch over the sequential script', of: 'fetch', over: 'sequential script', limit: 0.35 },
  { what: 'fetch within the shipped limits over the sequential script', of: 'fetch within the shipped limits', over: 'sequential script', limit: 0.35 },
  { what: 'fetching again, nothing having changed, over the first time', of: 'fetch, again', over: 'fetch', limit: 0.5 },
  { what: 'peak memory of a fetch (MB)', of: 'fetch, peak memory (MB)', limit: 200 },
  { what: 'requests a second where 20 are allowed', of: 'requests a second of 20', limit: 19, atLeast: true },
  { what: 'most requests within any second where 20 are allowed', of: 'most requests in a second of 20', limit: 20 },
]

/** The goals of the rules of quality. */
export const QUALITY_GOALS: readonly Goal[] = [
  { what: 'planted defects that are found (%)', of: 'planted defects found (%)', limit: 99, atLeast: true },
  { what: 'of what is told, planted (%)', of: 'what is told that was planted (%)', limit: 95, atLeast: true },
]

/** The goals of the check of quality over all years. */
export const CHECK_GOALS: readonly Goal[] = [
  { what: 'first check of all dates (s)', of: 'first check', limit: 600 },
  { what: 'peak memory of a first check (MB)', of: 'first check, peak memory (MB)', limit: 200 },
  { what: 'check of nothing changed (ms)', of: 'check of nothing changed (ms)', limit: 1000 },
  { what: 'check of one more date (s)', of: 'check of one more date', limit: 10 },
  { what: 'one bad print among all bars found (s)', of: 'one bad print found', limit: 30 },
]

/** Of requests at a steady rate: what all ask for, and the details of one thing, the first time and again. */
const AT_ONCE = ['page', 'summary', 'days', 'csv', 'lineage, again', 'date, again', 'asset, again']
const FIRST = ['lineage, first', 'date, first', 'asset, first']

/** The goals of the status service and its page. */
export const SERVE_GOALS: readonly Goal[] = [
  { what: 'start until it answers (ms)', of: 'start until it answers (ms)', limit: 1000 },
  ...AT_ONCE.map((kind) => ({ what: `${kind}: p95 (ms)`, of: `${kind}: p95 (ms)`, limit: 20 })),
  ...FIRST.map((kind) => ({ what: `${kind}: p95 (ms)`, of: `${kind}: p95 (ms)`, limit: 60 })),
  ...[...AT_ONCE, ...FIRST].map((kind) => ({ what: `${kind}, beside a hydrate: p95 (ms)`, of: `${kind}, beside a hydrate: p95 (ms)`, limit: 150 })),
  { what: 'requests that failed', of: 'requests that failed', limit: 0 },
  { what: 'hydrate beside requests over one alone', of: 'hydrate beside requests (rows/s)', over: 'hydrate alone (rows/s)', limit: 0.85, atLeast: true },
  { what: 'largest paint of the page (ms)', of: 'page, unhindered: largest paint (ms)', limit: 1000 },
  { what: 'page interactive (ms)', of: 'page, unhindered: interactive (ms)', limit: 1200 },
  { what: 'largest paint on slow 4G (ms)', of: 'page, slow 4G: largest paint (ms)', limit: 2500 },
  { what: 'calendars drawn within a frame (ms)', of: 'page: calendars drawn (ms)', limit: 16.7 },
  { what: 'page on the wire (kB)', of: 'page on the wire (kB)', limit: 100 },
]

/** What was measured where, as kept in the JSON file. */
export interface Report {
  command: string
  machine: string
  /** What of, for people. */
  subject: string
  runs: number
  measured: Record<string, ReturnType<typeof spread>>
  goals: { what: string; value: number | null; limit: number; atLeast: boolean; holds: boolean | null }[]
}

export function machine(server: string): string {
  const cpus = os.cpus()
  return `${cpus.length} x ${cpus[0]?.model.trim() ?? 'unknown processor'}, ${Math.round(os.totalmem() / 2 ** 30)} GB, Node ${process.version}, ${server}`
}

export function makeReport(head: Omit<Report, 'measured' | 'goals'>, wanted: readonly Goal[], samples: Samples): Report {
  const measured = Object.fromEntries([...samples].map(([name, values]) => [name, spread(values)]))
  const goals = wanted.map(({ what, of, over, less, limit, atLeast = false }) => {
    const [a, b, c] = [of, over, less].map((name) => (name === undefined ? undefined : measured[name]?.median))
    const complete = a !== undefined && (over === undefined || b !== undefined) && (less === undefined || c !== undefined)
    const value = complete ? Math.max(a - (c ?? 0), 0) / (b ?? 1) : null
    return { what, value, limit, atLeast, holds: value === null ? null : atLeast ? value >= limit : value <= limit }
  })
  return { ...head, measured, goals }
}

function figure(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US')
  return value.toFixed(value < 10 ? 3 : 1)
}

/** The report as Markdown tables; people read it at the terminal as well. */
export function markdown({ command, machine, subject, runs, measured, goals }: Report): string {
  const lines = [
    `\`${command}\`: ${subject}, ${runs} run${runs === 1 ? '' : 's'} in alternation after a warm-up.`, '', machine, '',
    '| goal | measured | wanted | |', '| --- | --- | --- | --- |',
    ...goals.map(({ what, value, limit, atLeast, holds }) =>
      `| ${what} | ${value === null ? '-' : figure(value)} | ${atLeast ? 'at least' : 'at most'} ${limit} | ${holds === null ? 'not measured' : holds ? 'holds' : '**missed**'} |`),
    '', '| measured | median | min | max |', '| --- | --- | --- | --- |',
    ...Object.entries(measured).map(([name, { median, min, max }]) => `| ${name} | ${figure(median)} | ${figure(min)} | ${figure(max)} |`),
  ]
  return `${lines.join('\n')}\n`
}

/** Puts the report between the marks that bear its name in a document. @throws when the marks are not there */
export function renderInto(file: string, name: string, text: string): void {
  const [begin, end] = [`<!-- ${name} begin -->\n`, `<!-- ${name} end -->`]
  const document = readFileSync(file, 'utf8')
  const [from, to] = [document.indexOf(begin), document.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${file} has no place for the results: ${begin.trim()} ... ${end}`)
  writeFileSync(file, document.slice(0, from + begin.length) + text + document.slice(to))
}
