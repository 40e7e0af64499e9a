import path from 'node:path'
import type { Test } from 'tap'
import { imports } from '../../lib/cli/commands/import/group.js'
import { fetches } from '../../lib/cli/commands/fetches/group.js'
import { fills } from '../../lib/cli/commands/fills/group.js'
import { universe } from '../../lib/cli/commands/universe/group.js'
import { empty, freshDatabase } from './database.js'
import { registerSymbols } from './load.js'
import { runCommand, type Answer } from './run-command.js'

/** A database with old tables in it, and the commands that take them over. */
export async function importWorld(t: Test) {
  const { pool, url } = await freshDatabase(t)
  const home = t.testdir({})
  const raw = path.join(home, 'raw')
  const commands = { import: imports, fetches, fills }
  return {
    pool, url, home, raw,
    /** Runs a line of `import`, `fetches` or `fills`, its words divided by spaces. */
    run: (line: string | string[], now = '2025-03-01T12:00:00Z'): Promise<Answer> => {
      const words = typeof line === 'string' ? line.split(' ') : line
      return runCommand(commands[words[0] as keyof typeof commands], words, { pool, now, settings: { answers: raw, home } })
    },
    /** Nothing but these symbols, which name securities on all dates. */
    async afresh(symbols: readonly string[]): Promise<void> {
      await empty(pool)
      await pool.query(`drop schema if exists old cascade; create schema old`)
      await registerSymbols(pool, symbols)
    },
    /** Makes symbols known besides. */
    register: (symbols: readonly string[]) => registerSymbols(pool, symbols),
    /** From the date on the security called `from` is called `to`. */
    async rename(from: string, to: string, date: string): Promise<void> {
      await registerSymbols(pool, [from])
      await runCommand(universe, ['universe', 'rename', from, to, '--on', date, '--accept'], { pool })
    },
    /** Rows as lines. */
    async lines(sql: string): Promise<string[]> {
      const { rows } = await pool.query<(string | number | boolean | null)[]>({ text: sql, rowMode: 'array' })
      return rows.map((row) => row.map(String).join(' '))
    },
    /** The stored daily bars, with whom they were filled in by. */
    bars(): Promise<string[]> {
      return this.lines(`
        select symbol, time::text, open, high, low, close, volume, coalesce(transactions::text, '-'), coalesce(filled_by, '-')
        from ohlcv_daily b join ticker_symbols n on n.symbol_id = b.symbol_id and n.valid @> b.time order by 1, 2`)
    },
  }
}
