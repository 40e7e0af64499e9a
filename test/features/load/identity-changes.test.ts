import type pg from 'pg'
import t from 'tap'
import { isoDate } from '../../../lib/domain/dates.js'
import { FAILPOINTS, type Failpoint } from '../../../lib/domain/failpoint.js'
import { undated, type Listing } from '../../../lib/formats/listing.js'
import { importListings } from '../../../lib/features/universe/import.js'
import { renameSymbol } from '../../../lib/features/universe/rename.js'
import { coverageFaults } from '../../helpers/coverage.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { ACCEPTED, directorySource, loadDates, manyBars, putDayFile, registerSymbols, storedBars, runtimeOf } from '../../helpers/load.js'

// Identities change at a certain step of a load, from another connection.

const { pool } = await freshDatabase(t)

const DATE = '2025-01-07'
const EACH = process.env['IDENTITY_EACH'] !== undefined
const TAKE_ALL = { maxRejected: 100, maxRemoved: 100 }
const KNOWN = [...manyBars(5).map((bar) => bar.split(',')[0]!), 'OLD', 'NEW', 'GONE', 'SPLIT']
const FILE = [...manyBars(5), 'GONE,3,3,3,3,3,3', 'LATE,4,4,4,4,4,4', 'NEW,5,5,5,5,5,5', 'SPLIT,6,6,6,6,6,6']
const without = (symbol: string): string[] => FILE.filter((bar) => !bar.startsWith(`${symbol},`))

const row = (symbol: string, from: string | null, to: string | null): Listing => ({ ...undated(0, symbol, {}), from: from === null ? null : isoDate(from), to: to === null ? null : isoDate(to) })
const importing = (rows: Listing[], cause = 'import') => (pool: pg.Pool) => importListings(runtimeOf(pool), { listings: { rows, testIssues: 0 }, cause, ...ACCEPTED })

interface Change {
  make: (pool: pg.Pool) => Promise<unknown>
  /** The bars of the file once it was made. */
  bars: string[]
  /** What it does to a date that is loaded: whether the next load reads it again. */
  isReadAgain: boolean
}
const CHANGES: Record<string, Change> = {
  'a rename that moves bars': {
    make: (pool) => renameSymbol(runtimeOf(pool), { oldSymbol: 'OLD', newSymbol: 'NEW', on: isoDate('2025-01-06'), reused: false, ...ACCEPTED }), bars: without('LATE'), isReadAgain: false,
  },
  'an import that drops bars': { make: importing([row('GONE', null, '2025-01-06')]), bars: without('LATE').filter((bar) => !bar.startsWith('GONE')), isReadAgain: true },
  'an import that moves bars': { make: importing([row('SPLIT', null, '2025-01-10'), row('SPLIT', '2025-01-10', null)]), bars: without('LATE'), isReadAgain: false },
  'a discovery': { make: importing([undated(0, 'LATE', {})], 'discover'), bars: FILE, isReadAgain: true },
}

const WITHIN: ReadonlySet<Failpoint> = new Set(['before-lineage', 'after-lineage', 'after-merge', 'before-commit'])
const STEPS = FAILPOINTS.slice(FAILPOINTS.indexOf('after-copy'), FAILPOINTS.indexOf('after-commit') + 1)

/** The security of each bar of the date, by price; and how the bars stand to the ledger. */
async function state(pool: pg.Pool): Promise<{ owners: unknown[]; agrees: boolean; stale: boolean; coverageFaults: string[] }> {
  const owners = await pool.query(`
    select close, (select array_agg(concat_ws(' ', symbol, valid) order by valid) from ticker_symbols s where s.symbol_id = b.symbol_id) as names
    from ohlcv_daily b where time = $1 order by close, names`, [DATE])
  const { rows } = await pool.query<{ agrees: boolean; stale: boolean }>(`
    select stale, (d.row_count, d.hash_sum, d.rehash_sum) = (c.row_count, c.hash_sum, c.rehash_sum) as agrees from days d cross join lateral ohlcv_daily_checksum(date) c where date = $1`, [DATE])
  return { owners: owners.rows, ...rows[0]!, coverageFaults: await coverageFaults(pool) }
}

/** Waits until somebody waits for the lock on identities. */
async function untilSomebodyWaits(pool: pg.Pool): Promise<void> {
  const waiting = `select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database()) and classid = 1869114467 and objid = 3 and not granted`
  while ((await pool.query(waiting)).rowCount === 0) await new Promise((resolve) => setTimeout(resolve, 2))
}

for (const [place, [name, change]] of Object.entries(CHANGES).entries()) {
  await t.test(`${name} goes through before a merge, which then stages anew, and waits while one is under way`, async (t) => {
    const root = t.testdir({})
    const load = (failpoint?: (step: Failpoint) => Promise<void>) => loadDates(pool, directorySource(root), DATE, DATE, { thresholds: TAKE_ALL, ...(failpoint && { failpoint }) })
    const prepare = async (isUpdate: boolean) => {
      await empty(pool)
      await registerSymbols(pool, KNOWN)
      putDayFile(root, DATE, FILE.map((bar) => bar.replaceAll(/,\d+/g, ',20')))
      if (isUpdate) await load()
      putDayFile(root, DATE, FILE)
    }
    await prepare(false)
    await change.make(pool)
    await load()
    const wanted = await state(pool)
    // Every step meets either kind of date, and so does every change; `make histories` has each meet each.
    for (const [index, step, isUpdate] of STEPS.flatMap((step, index) => [[index, step, false], [index, step, true]] as const)) {
      if (!EACH && isUpdate !== ((index + place) % 2 === 1)) continue
      const what = `at ${step} of a date that is ${isUpdate ? 'updated' : 'filled'}`
      await prepare(isUpdate)
      let made: Promise<unknown> | undefined
      let staged = 0
      const { days } = await load(async (reached) => {
        if (reached === 'before-copy') staged++
        if (reached !== step || made !== undefined) return
        let isMade = false
        made = change.make(pool).then(() => void (isMade = true))
        await (WITHIN.has(step) ? untilSomebodyWaits(pool) : made)
        t.equal(isMade, !WITHIN.has(step), `goes through or waits ${what}`)
      })
      await made
      t.match(days, [{ outcome: 'loaded' }], what)
      const isBefore = ['after-copy', 'before-merge'].includes(step)
      t.equal(staged, isBefore ? 2 : 1, `staged ${staged} times ${what}`)
      const now = await state(pool)
      t.ok(now.agrees, `the ledger agrees ${what}`)
      t.same(now.coverageFaults, [], what)
      t.equal(now.stale, !isBefore && change.isReadAgain, `stale or not ${what}`)
      if (isBefore || name !== 'a discovery') t.same(now.owners, wanted.owners, `the bars of the file ${what}`)
      t.match((await load()).days, [{ outcome: now.stale && name === 'a discovery' ? 'loaded' : /loaded|unchanged/ }])
      t.same(await state(pool), wanted, `and after the next load ${what}`)
      t.same(await storedBars(pool, DATE), change.bars.toSorted())
      t.match((await load()).days, [{ outcome: 'unchanged' }])
    }
  })
}

for (const held of ['after-copy', 'before-merge'] as const) await t.test(`a lane held ${held} while identities change does not merge by what another lane has read since`, async (t) => {
  await empty(pool)
  await registerSymbols(pool, KNOWN)
  const root = t.testdir({})
  const dates = ['2025-01-06', '2025-01-07', '2025-01-08']
  for (const date of dates) putDayFile(root, date, FILE)
  const steps: Failpoint[] = []
  let changed: Promise<unknown> | undefined
  let goOn = () => {}
  const othersCommitted = new Promise<void>((resolve) => (goOn = resolve))
  const { days } = await loadDates(pool, directorySource(root), dates[0]!, dates[2], {
    lanes: 3, thresholds: TAKE_ALL,
    async failpoint(step) {
      steps.push(step)
      if (step === 'after-commit' && steps.filter((other) => other === step).length === 2) goOn()
      if (step !== held) return
      const isFirst = changed === undefined
      await (changed ??= CHANGES['a rename that moves bars']!.make(pool))
      if (isFirst) await othersCommitted
    },
  })
  t.match(days, dates.map(() => ({ outcome: 'loaded' })))
  t.ok(steps.filter((step) => step === 'before-copy').length > 3, 'at least the waiting date is staged anew')
  for (const date of dates) t.same(await storedBars(pool, date), without('LATE'), date)
  t.match((await loadDates(pool, directorySource(root), dates[0]!, dates[2])).days, dates.map(() => ({ outcome: 'unchanged' })))
})
