import * as v from 'valibot'
import { BASES } from '../domain/basis.js'
import { sumOf } from '../domain/counts.js'
import type { PlannedUnit } from '../features/fetch/import/dry-run.js'
import type { ChosenFile } from '../features/fetch/import/files.js'
import { isFailed, type ImportedUnit, type ImportResult } from '../features/fetch/import/import.js'
import type { OpenedTable } from '../features/fetch/import/table.js'
import { FETCH_STATUSES, NO_FETCH_COUNTS } from '../store/fetches/fetches.js'
import { JOB_STATES } from '../store/fetches/jobs.js'
import { defineDocument } from './document.js'
import { fetchCounts } from './fetch-fields.js'
import { count, date, id } from './fields.js'

const code = v.nullable(v.string())

/** Where bars come from. */
const from = {
  provider: v.string(),
  /** What its prices are adjusted for. */
  basis: v.picklist(BASES),
  /** The table, which column has what (transactions null where there are none), its rows, and those of them without a symbol. */
  table: v.nullable(v.strictObject({ name: v.string(), columns: v.record(v.string(), v.nullable(v.string())), rows: count, without_symbol: count })),
  /** The files, and whose bars each was taken to hold. */
  files: v.nullable(v.array(v.strictObject({ file: v.string(), symbol: v.string() }))),
}

/** A symbol's bars of the table, or those of a file. */
const place = { symbol: v.string(), file: v.nullable(v.string()), start: date, end: date }

/** What came of an import. */
const imported = v.strictObject({
  version: v.string(),
  job: v.string(),
  run: id,
  state: v.picklist(JOB_STATES),
  ...from,
  seconds: v.number(),
  symbols: v.array(v.strictObject({
    ...place,
    status: v.picklist(FETCH_STATUSES),
    code,
    message: code,
    ...fetchCounts,
    /** Bars inserted or updated as fills. */
    filled: count,
    /** Sessions from its first to its last row, and those of them that have a bar. */
    expected: count,
    counted: v.nullable(count),
    fetch_ids: v.array(id),
  })),
  /** Symbols or files that an earlier run of the job has finished. */
  finished_before: count,
  stopped: v.nullable(v.strictObject({ code: v.string(), message: v.string(), hint: code })),
  totals: v.strictObject({ loaded: count, failed: count, unknown_symbols: count, ...fetchCounts, filled: count }),
  warnings: v.array(v.string()),
})

/** What an import would read. */
const planned = v.strictObject({
  version: v.string(),
  ...from,
  symbols: v.array(v.strictObject({
    ...place,
    rows: count,
    /** Rows that are bars of a known security; what becomes of them depends on what is stored. */
    valid: count,
    rejected: count,
    unknown: count,
    /** Rows of a date that an earlier row is of. */
    repeated: count,
    code,
    message: code,
  })),
  totals: v.strictObject({ rows: count, valid: count, rejected: count, unknown: count, repeated: count, unknown_symbols: count }),
  warnings: v.array(v.string()),
})

/** `ohlcv import`: what came of it, or what it would read. */
export const IMPORT = defineDocument('ohlcv.import/1', v.union([imported, planned]))

/** Where bars come from, as the document has it. */
export type ImportedFrom = Pick<v.InferInput<typeof imported>, 'provider' | 'basis' | 'table' | 'files'>

/** Where the bars of a table come from. */
export function tableFields(provider: string, basis: ImportedFrom['basis'], { table, columns, rows, withoutSymbol }: OpenedTable): ImportedFrom {
  const names = Object.fromEntries(Object.entries(columns).map(([part, column]) => [part, column === null ? null : column.name]))
  return { provider, basis, table: { name: table.name, columns: names, rows, without_symbol: withoutSymbol }, files: null }
}

/** Where the bars of files come from. */
export function filesFields(provider: string, basis: ImportedFrom['basis'], files: readonly ChosenFile[]): ImportedFrom {
  return { provider, basis, table: null, files: files.map(({ file, symbol }) => ({ file, symbol })) }
}

const placeOf = ({ symbol, part, start, end }: Pick<ImportedUnit, 'symbol' | 'part' | 'start' | 'end'>) => ({ symbol, file: part === '' ? null : part, start, end })

function countsOf({ bars, inserted, updated, unchanged, heldBack, rejected, unknown, duplicates }: ImportedUnit['counts']) {
  return { bars, inserted, updated, unchanged, held_back: heldBack, rejected, unknown, duplicates }
}

/** What is odd about symbols or files that did not fail. */
export function importWarnings(units: readonly Pick<ImportedUnit, 'symbol' | 'part' | 'message'>[]): string[] {
  return units.flatMap(({ symbol, part, message }) => (message === null ? [] : [`${symbol}${part === '' ? '' : ` (${part})`}: ${message}`]))
}

const distinct = (units: readonly { symbol: string }[]): number => new Set(units.map(({ symbol }) => symbol)).size

/** The document of an import that ended. */
export function importDocument({ jobId, runId, state, units, finishedBefore, stopped }: ImportResult, where: ImportedFrom, version: string, seconds: number, warnings: readonly string[]): v.InferInput<typeof imported> {
  const failed = units.filter(isFailed)
  const unknown = units.filter(({ counts }) => counts.bars > 0 && counts.unknown === counts.bars)
  return {
    version, job: jobId, run: runId, state, ...where, seconds,
    symbols: units.map((unit) => ({
      ...placeOf(unit), status: unit.status, code: unit.code, message: unit.message, ...countsOf(unit.counts), filled: unit.filled, expected: unit.expected, counted: unit.counted,
      fetch_ids: [...unit.fetchIds],
    })),
    finished_before: finishedBefore,
    stopped: stopped && { code: stopped.code, message: stopped.message, hint: stopped.hint ?? null },
    totals: {
      loaded: units.length - failed.length + finishedBefore, failed: failed.length, unknown_symbols: distinct(unknown),
      ...countsOf(sumOf(NO_FETCH_COUNTS, units.map(({ counts }) => counts))), filled: units.reduce((sum, { filled }) => sum + filled, 0),
    },
    warnings: [...warnings],
  }
}

/** The document of a dry run. */
export function plannedImportDocument(units: readonly PlannedUnit[], where: ImportedFrom, version: string, warnings: readonly string[]): v.InferInput<typeof planned> {
  const zero = { rows: 0, valid: 0, rejected: 0, unknown: 0, repeated: 0 }
  return {
    version, ...where,
    symbols: units.map((unit) => ({ ...placeOf(unit), rows: unit.rows, valid: unit.valid, rejected: unit.rejected, unknown: unit.unknown, repeated: unit.repeated, code: unit.code, message: unit.message })),
    totals: { ...sumOf(zero, units), unknown_symbols: distinct(units.filter(({ rows, unknown }) => rows > 0 && unknown === rows)) },
    warnings: [...warnings],
  }
}
