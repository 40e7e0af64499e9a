import * as v from 'valibot'
import { DEFAULT_EXCHANGE, EXCHANGE_CODES } from '../../../calendar/exchanges.js'
import { BASES } from '../../../domain/basis.js'
import { isSymbol } from '../../../domain/symbol.js'
import { BAR_PROVIDERS } from '../../../providers/bar-providers.js'
import { choice, date, object, oneOf, readRequest, symbols, text } from '../../runs/request-fields.js'

/** The providers that people have files of, by name. */
export const WITH_FILES = BAR_PROVIDERS.filter(({ files }) => files !== null)

/** Whose sessions the dates are; with its job it is kept for replays. */
const exchange = v.optional(oneOf(EXCHANGE_CODES), DEFAULT_EXCHANGE.code)

const TABLE_REQUEST = object({
  /** As it is written in SQL or in a list of tables. */
  table: text('the name of a table', /^[^\0]{1,200}$/),
  /** What its prices are adjusted for. */
  basis: v.optional(oneOf(BASES), 'none'),
  symbols: v.optional(v.nullable(symbols), null),
  start: v.optional(v.nullable(date), null),
  end: v.optional(v.nullable(date), null),
  exchange,
  /** Read, and store nothing. */
  dry_run: choice,
})

/** An import of a table as it is asked for. */
export type TableRequest = v.InferOutput<typeof TABLE_REQUEST>

/** @throws UsageError REQUEST_INVALID that names the field and what it must be */
export function readTableRequest(input: unknown): TableRequest {
  return readRequest(TABLE_REQUEST, input)
}

const FILES_REQUEST = object({
  /** Paths; `-` is what comes by stdin. */
  files: v.pipe(v.array(text('the path of a file')), v.minLength(1, 'must name a file')),
  /** Whose files they are. */
  provider: v.pipe(
    text('the name of a provider'),
    v.transform((called) => WITH_FILES.find(({ name, aliases }) => name === called || aliases.includes(called))?.name),
    v.string(() => `must be a provider whose files are read: ${WITH_FILES.map(({ name }) => name).join(', ')}`),
  ),
  /** Whose bars they hold; null: that which the name of each file says. */
  symbol: v.optional(v.nullable(v.pipe(v.string(), v.check(isSymbol, 'must be a symbol'))), null),
  exchange,
  dry_run: choice,
})

/** An import of files as it is asked for. */
export type FilesRequest = v.InferOutput<typeof FILES_REQUEST>

/** @throws UsageError REQUEST_INVALID that names the field and what it must be */
export function readFilesRequest(input: unknown): FilesRequest {
  return readRequest(FILES_REQUEST, input)
}
