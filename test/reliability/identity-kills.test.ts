import path from 'node:path'
import t, { type Test } from 'tap'
import { IDENTITY_FAILPOINTS } from '../../lib/domain/failpoint.js'
import { coverageFaults } from '../helpers/coverage.js'
import { empty, freshDatabase } from '../helpers/database.js'
import { callProgram } from '../helpers/call-program.js'
import { directorySource, loadDates, manyBars, putDayFile, registerSymbols, wholeState } from '../helpers/load.js'
import { runProgram } from '../helpers/process.js'

const DATES = ['2025-01-06', '2025-01-07']
const SYMBOLS = [...manyBars(10).map((bar) => bar.split(',')[0]!), 'OLD', 'NEW', 'GONE', 'SPLIT']

t.setTimeout(300_000)
const { url, pool } = await freshDatabase(t)
const root = t.testdir({
  files: {},
  // One symbol's bars go, another's move to a new security, a third becomes known.
  'dates.csv': 'symbol,valid_from,valid_to\nGONE,,2025-01-05\nSPLIT,,2025-01-06\nSPLIT,2025-01-07,\nLATE,2025-01-06,\n',
})
const source = directorySource(path.join(root, 'files'))
for (const date of DATES) putDayFile(path.join(root, 'files'), date, [...manyBars(10), 'NEW,5,5,5,5,5,5', 'GONE,6,6,6,6,6,6', 'SPLIT,7,7,7,7,7,7', 'GONE,6,6,7,6,6,6', 'LATE,8,8,8,8,8,8'])

const CHANGES: [string, string[]][] = [
  ['rename', ['universe', 'rename', 'OLD', 'NEW', '--on', DATES[0]!, '--accept']],
  ['import', ['universe', 'import', path.join(root, 'dates.csv'), '--accept']],
]

async function prepare(t: Test): Promise<void> {
  await empty(pool)
  await registerSymbols(pool, SYMBOLS)
  const { days } = await loadDates(pool, source, DATES[0]!, DATES[1], { accept: true })
  t.match(days, DATES.map(() => ({ outcome: 'loaded', counts: { staged: 13, rejected: 1, unknown: 1 } })))
}

/** Everything that a change of identities writes, without times and ids. */
async function stateOf(): Promise<Record<string, string[]>> {
  const lines = async (sql: string) => (await pool.query<{ line: string }>(`select concat_ws('|', ${sql}`)).rows.map(({ line }) => line).sort()
  return {
    ...await wholeState(pool),
    facts: await lines('kind, symbol, valid_from, valid_to, new_symbol, retracts is null, cause) as line from identity_facts'),
    changes: await lines('symbol, dates, old_symbol_id is null, new_symbol_id is null, cause) as line from universe_changes'),
    ledger: await lines('date, row_count, largest, rejects, dropped, stale) as line from days'),
    revisions: await lines('date, cause, old_close, new_close) as line from bar_revisions'),
    owners: await lines(`time, close, (select string_agg(concat(symbol, valid), ' ' order by valid) from ticker_symbols s where s.symbol_id = b.symbol_id)) as line from ohlcv_daily b`),
    securities: await lines('symbol, name) as line from tickers'),
  }
}

for (const [name, line] of CHANGES) {
  let before: Record<string, string[]> = {}
  let after: Record<string, string[]> = {}
  await t.test(`what a killed ${name} is compared with: one that nothing disturbs`, async (t) => {
    await prepare(t)
    before = await stateOf()
    t.equal((await callProgram(line, { DATABASE_URL: url })).code, 0)
    after = await stateOf()
    t.same(await coverageFaults(pool), [])
    for (const what of ['symbols', 'facts', 'changes', 'securities', 'owners']) t.notSame(after[what], before[what], `other ${what}`)
  })

  for (const failpoint of [...IDENTITY_FAILPOINTS, 'identity-bars-taken-out:2']) {
    await t.test(`${name === 'import' ? 'an' : 'a'} ${name} killed at ${failpoint} was done or was not, and the same command makes it done`, async (t) => {
      await prepare(t)
      const killed = await runProgram(t, line, { DATABASE_URL: url, OHLCV_FAILPOINT: failpoint })
      t.same([killed.signal, killed.stdout], ['SIGKILL', ''])
      t.same(await stateOf(), failpoint === 'identity-after-commit' ? after : before)
      t.same(await coverageFaults(pool), [])
      const again = await callProgram(line, { DATABASE_URL: url })
      t.equal(again.code, 0, again.stderr)
      t.same(await stateOf(), after)
      t.same(await coverageFaults(pool), [])
    })
  }
}
