import { askedTotals, fetchTotals } from '../../../documents/fetch.js'
import { counted, figure, few } from '../../../documents/figures.js'
import { sumOf } from '../../../domain/counts.js'
import type { DateRange } from '../../../domain/dates.js'
import type { FetchResult } from '../../../features/fetch/fetch.js'
import type { SymbolResult } from '../../../features/fetch/symbol.js'
import type { UnitResult } from '../../../features/fetch/unit-ending.js'
import { NO_FETCH_COUNTS } from '../../../store/fetches/fetches.js'
import { fileSize } from '../../terminal/bytes.js'
import { printable } from '../../terminal/printable.js'
import { table, type Column } from '../../terminal/table.js'

/** With more rows than this the table has a row a timespan and not one a symbol. */
const MOST_ROWS = 60
/** Warnings and failures that are shown one by one. */
const MOST_SHOWN = 20

const FIGURES: Column[] = [
  { title: 'fetched', align: 'right' }, { title: 'of expected', align: 'right', leaves: 3 }, { title: 'inserted', align: 'right' }, { title: 'updated', align: 'right', leaves: 2 },
  { title: 'unchanged', align: 'right' }, { title: 'filled', align: 'right', leaves: 4 }, { title: 'held back', align: 'right' },
]
/** Shown where there are any. */
const KEPT_OUT = ['rejected', 'unknown'] as const

type Figures = Pick<UnitResult, 'counts' | 'filled' | 'expected' | 'counted'>

function figuresOf({ counts, filled, expected, counted: came }: Figures): (string | number | null)[] {
  return [counts.bars, expected === null ? null : `${figure(came ?? 0)}/${figure(expected)}`, counts.inserted, counts.updated, counts.unchanged, filled, counts.heldBack]
}

/** Units of one kind as one row. */
function together(units: readonly UnitResult[]): Figures {
  const sum: Figures = { counts: sumOf(NO_FETCH_COUNTS, units.map(({ counts }) => counts)), filled: 0, expected: null, counted: null }
  for (const { filled, expected, counted: came } of units) {
    sum.filled += filled
    if (expected === null) continue
    sum.expected = (sum.expected ?? 0) + expected
    sum.counted = (sum.counted ?? 0) + (came ?? 0)
  }
  return sum
}

const timespansOf = (units: readonly UnitResult[]): string[] => [...new Set(units.map(({ timespan }) => timespan))]

/** A row of figures after what it is about, and the columns of all of them. */
function figuresTable(about: Column[], rows: { about: (string | number)[]; units: readonly UnitResult[] }[], room: number): string {
  const sums = rows.map(({ about, units }) => ({ about, sum: together(units) }))
  const keptOut = KEPT_OUT.filter((name) => sums.some(({ sum }) => sum.counts[name] > 0))
  const columns: Column[] = [...about, ...FIGURES, ...keptOut.map((title) => ({ title, align: 'right' as const }))]
  return table(columns, sums.map(({ about, sum }) => [...about, ...figuresOf(sum), ...keptOut.map((name) => sum.counts[name])]), room)
}

function rowsOf({ symbol, units }: SymbolResult): { about: string[]; units: UnitResult[] }[] {
  return timespansOf(units).map((timespan) => {
    const all = units.filter((unit) => unit.timespan === timespan)
    const status = all.find((unit) => unit.status === 'failed' || unit.status === 'rejected')?.status ?? all[0]!.status
    return { about: [printable(symbol), timespan, status], units: all }
  })
}

function tableOf({ symbols, parameters: { grouped } }: FetchResult, room: number): string {
  const rows = symbols.flatMap(rowsOf)
  if (rows.length <= MOST_ROWS) return figuresTable([{ title: grouped ? 'date' : 'symbol' }, { title: 'bars' }, { title: 'status' }], rows, room)
  const units = symbols.flatMap((symbol) => symbol.units)
  const sums = timespansOf(units).map((timespan) => {
    const all = units.filter((unit) => unit.timespan === timespan)
    return { about: [timespan, all.length], units: all }
  })
  return figuresTable([{ title: 'bars' }, { title: grouped ? 'dates' : 'symbols', align: 'right' }], sums, room)
}

const STATES: Record<FetchResult['state'], string> = {
  queued: 'queued', running: 'running', completed: 'completed', completed_with_errors: 'completed with errors', failed: 'not completed', interrupted: 'interrupted',
}

function totalLines(result: FetchResult, seconds: number): string {
  const totals = fetchTotals(result)
  const kind = result.parameters.grouped ? 'date' : 'symbol'
  const parts = [`${counted(totals.symbols_loaded, kind)} loaded`, `${figure(totals.symbols_failed)} failed`]
  if (result.finishedBefore > 0) parts.push(`${figure(result.finishedBefore)} of them in an earlier run`)
  if (result.notReached > 0) parts.push(`${figure(result.notReached)} not reached`)
  return [
    `job ${result.jobId} ${STATES[result.state]}: ${parts.join(', ')}`,
    `${counted(totals.requests, 'request')}, ${fileSize(totals.bytes)}, ${counted(totals.bars, 'bar')} in ${seconds.toFixed(1)} s`,
  ].join('\n')
}

function listed(lines: readonly string[], prefix: string): string {
  const shown = lines.slice(0, MOST_SHOWN).map((line) => `${prefix}${printable(line)}`)
  return [...shown, ...(lines.length > MOST_SHOWN ? [`${prefix}and ${figure(lines.length - MOST_SHOWN)} more; --json has them all`] : [])].join('\n')
}

/** The summary for people: a row a symbol and timespan (or a timespan, where there are many), totals, what failed, what is odd, and how to go on. */
export function fetchText(result: FetchResult, warnings: readonly string[], seconds: number, room: number): string {
  const { symbols, parameters: { provider, hours, start }, stopped, state, jobId } = result
  const parts = []
  if (symbols.some(({ units }) => units.length > 0)) parts.push(tableOf(result, room))
  if (provider === null && symbols.some(({ units }) => units.some(({ asked }) => asked.length > 0))) parts.push(providersText(result, room))
  parts.push(totalLines(result, seconds))
  if (hours !== null && hours.start > start) parts.push(hoursText(hours))
  const failed = symbols.flatMap(({ error }) => (error === null ? [] : [error.message]))
  if (failed.length > 0) parts.push(listed(failed, 'failed: '))
  if (warnings.length > 0) parts.push(listed(warnings, 'warning: '))
  if (stopped !== null) parts.push(`stopped: ${printable(stopped.message)}${stopped.hint === undefined ? '' : `\n  ${stopped.hint}`}`)
  if (state !== 'completed') parts.push(`go on with: ohlcv fetch --resume ${jobId}`)
  return parts.join('\n\n')
}

/** What each provider gave, where there was a choice. */
function providersText(result: FetchResult, room: number): string {
  const right = (title: string) => ({ title, align: 'right' as const })
  const rows = askedTotals(result).map(({ provider, asked, gave, passed_on, requests, bars }) => [provider, asked, gave, passed_on, requests, bars])
  return table([{ title: 'provider' }, right('asked'), right('gave'), right('passed on'), right('requests'), right('bars')], rows, room)
}

/** Which hours a longer range comes to. */
export function hoursText({ start, end }: DateRange): string {
  return `hours are asked for the last ${start === end ? `session only (${end})` : `two sessions only (${start} and ${end})`}, whatever the range`
}

/** Symbols for a sentence. */
export function symbolsText(symbols: readonly string[] | null, count: number): string {
  return symbols === null ? `every active security (${figure(count)})` : few(symbols.map(printable))
}
