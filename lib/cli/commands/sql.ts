import { SQL } from '../../documents/sql.js'
import pg from 'pg'
import { type QueryAnswer, runQuery } from '../../features/query/run-query.js'
import { EXIT } from '../framework/exit.js'
import { NAMES } from '../framework/names.js'
import { defineCommand } from '../framework/command.js'
import { cut, printable } from '../terminal/printable.js'
import { limitFlag, readLimit } from '../flags/range.js'
import { counted, figure } from '../../documents/figures.js'
import { table } from '../terminal/table.js'

/** Rows shown unless --limit says otherwise: a table is for eyes, the other forms are for programs. */
const DEFAULT_ROWS = 1_000
const DEFAULT_EXPORTED_ROWS = 100_000
const WIDEST_CELL = 100

const { builtins } = pg.types
const FIGURES = new Set<number>([builtins.INT2, builtins.INT4, builtins.INT8, builtins.FLOAT4, builtins.FLOAT8, builtins.NUMERIC, builtins.MONEY])

/** A value as JSON has it: whole numbers that JSON readers keep exactly, booleans and JSON; all else is PostgreSQL's text. */
function jsonValue(text: string | null, oid: number): unknown {
  if (text === null) return null
  if (oid === builtins.BOOL) return text === 't'
  if (oid === builtins.JSON || oid === builtins.JSONB) return JSON.parse(text) as unknown
  if (oid !== builtins.INT2 && oid !== builtins.INT4 && oid !== builtins.INT8) return text
  return Number.isSafeInteger(Number(text)) ? Number(text) : text
}

/** A value in a table: one line that does nothing to a terminal. */
function cell(text: string | null): string | null {
  return text === null ? null : cut(text.replace(/[\p{Cc}\p{Cf}]/gu, printable), WIDEST_CELL)
}

function answerText({ command, columns, rows, affected, cut }: QueryAnswer, limit: number): string {
  if (columns.length === 0) return affected === null ? (command ?? '') : `${command}: ${counted(affected, 'row')}`
  const drawn = table(columns.map(({ name, oid }) => ({ title: name, align: FIGURES.has(oid) ? 'right' : 'left' })), rows.map((row) => row.map(cell)))
  const count = cut ? `The first ${figure(limit)} rows; --limit shows more.` : counted(rows.length, 'row')
  return `${drawn}\n\n${count}`
}

export const sql = defineCommand({
  document: SQL,
  ...NAMES.sql,
  examples: [
    ['sql "select * from days order by date desc limit 5"', 'the latest dates loaded'],
    ['sql --csv "select symbol, time, close from ohlcv_daily join tickers using (symbol_id) where time = \'2017-03-31\'"', 'one date as CSV'],
    ['sql --write "delete from calendar_overrides"', 'a statement that changes something'],
  ],
  positionals: { query: { type: 'string', demandOption: true, describe: 'the statement' } },
  flags: {
    write: { type: 'boolean', default: false, describe: 'let the statement change the database' },
    csv: { type: 'boolean', default: false, describe: 'print CSV, values exactly as stored' },
    limit: limitFlag(`show at most N rows (default ${figure(DEFAULT_ROWS)}, with --csv or --json ${figure(DEFAULT_EXPORTED_ROWS)})`),
    json: { type: 'boolean', default: false, describe: 'print one JSON document; numerics and dates as text, exactly as stored' },
  },
  async run({ query, write, csv, json, limit }, context) {
    const { log, signal } = context
    const { pool } = await context.database()
    const most = readLimit(limit, csv || json ? DEFAULT_EXPORTED_ROWS : DEFAULT_ROWS)
    const answer = await runQuery(pool, { text: query, write, limit: most, signal })
    if (answer.cut) log.warn({ limit: most }, 'there are more rows than the limit')
    const names = answer.columns.map(({ name }) => name)
    return {
      exitCode: EXIT.ok,
      text: () => answerText(answer, most),
      data: {
        command: answer.command, columns: names, truncated: answer.cut, row_count: answer.columns.length === 0 ? answer.affected : answer.rows.length,
        rows: answer.rows.map((row) => row.map((value, index) => jsonValue(value, answer.columns[index]?.oid ?? 0))),
      },
      csv: () => [names, ...answer.rows],
    }
  },
})
