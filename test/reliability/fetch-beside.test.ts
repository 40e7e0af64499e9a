import t, { type Test } from 'tap'
import { isoDate } from '../../lib/domain/dates.js'
import { FETCH_FAILPOINTS, type Failpoints } from '../../lib/domain/failpoint.js'
import { renameSymbol } from '../../lib/features/universe/rename.js'
import { empty, freshDatabase } from '../helpers/database.js'
import { ACCEPTED, directorySource, loadDates, putDayFile, registerSymbols, runtimeOf } from '../helpers/load.js'
import { startRestServer } from '../helpers/rest-server.js'
import { fetchedState, FetchHome, fetchIn } from './fetching.js'

t.setTimeout(300_000)
const { pool } = await freshDatabase(t)
const SYMBOLS = ['AAA', 'BBB', 'OLD']
const REQUEST = { dates: { start: '2025-01-06', end: '2025-01-08' }, symbols: SYMBOLS, timespans: ['hour', 'day', 'week'] }
const DATE = '2025-01-07'
const server = await startRestServer({ securities: Object.fromEntries(SYMBOLS.map((symbol) => [symbol, {}])) })
t.teardown(() => server.close())
const root = t.testdir({})
putDayFile(root, DATE, ['AAA,1,2,1,2,100,1', 'OLD,1,2,1,2,100,1'])
/** At each step early or late in turn; `make torture` has both at each. */
const EACH = process.env['KILLS_EACH'] !== undefined
const STEPS = FETCH_FAILPOINTS.filter((step) => step !== 'fetch-before-audit-file')

async function place(t: Test, known: readonly string[]): Promise<FetchHome> {
  await empty(pool)
  if (known.length > 0) await registerSymbols(pool, known)
  return new FetchHome(t.testdir({}))
}

/** Bars and symbols, whoever was first. */
async function barsAndSymbols(): Promise<string> {
  const { daily, hourly, weekly, symbols } = await fetchedState(pool)
  return JSON.stringify({ daily: daily!.map((line) => line.replace(/\|massive\|t\|t$/, '|fill').replace(/\|[tf]\|[tf]$/, '|file')), hourly, weekly, symbols: symbols!.map((line) => line.split('|')[0]) }, null, 1)
}

/** Begins something when a step is reached for the n-th time; within a transaction nobody waits for it. */
function beside(at: string, nth: number, act: () => Promise<unknown>): { failpoint: Failpoints; ended: () => Promise<unknown> } {
  let times = 0
  let acting: Promise<unknown> = Promise.resolve()
  return {
    ended: () => acting,
    async failpoint(step) {
      if (step !== at || ++times !== nth) return
      acting = act()
      acting.catch(() => undefined)
      // Behind the locks it would be waited for in vain.
      if (step !== 'fetch-merged' && step !== 'fetch-before-commit') await acting
    },
  }
}

const OTHERS: Record<string, { known: readonly string[]; act: () => Promise<unknown> }> = {
  'a day file is loaded': { known: SYMBOLS, act: () => loadDates(pool, directorySource(root), DATE) },
  'a symbol is renamed': { known: SYMBOLS, act: () => renameSymbol(runtimeOf(pool), { oldSymbol: 'OLD', newSymbol: 'NEW', on: isoDate('2025-01-09'), reused: false, ...ACCEPTED }) },
  'the universe is imported': { known: [], act: () => registerSymbols(pool, SYMBOLS) },
}

for (const [what, { known, act }] of Object.entries(OTHERS)) {
  await t.test(`${what} while a fetch runs, at each of its steps: the state is that of one after the other`, async (t) => {
    await fetchIn(pool, await place(t, known), server, REQUEST)
    await act()
    const clean = await barsAndSymbols()
    for (const [index, step] of STEPS.entries()) {
      for (const nth of step === 'fetch-opened' ? [1] : EACH ? [2, 8] : [index % 2 === 0 ? 2 : 8]) {
        const home = await place(t, known)
        const { failpoint, ended } = beside(step, nth, act)
        t.equal((await fetchIn(pool, home, server, REQUEST, { failpoint })).state, 'completed', `${step}:${nth}`)
        await ended()
        t.equal(await barsAndSymbols(), clean, `${step}:${nth}`)
      }
    }
  })
}

await t.test('two jobs fetch the same symbols, which nobody knew, at once: each symbol is one security, and has its bars once', async (t) => {
  await fetchIn(pool, await place(t, []), server, REQUEST)
  const clean = await barsAndSymbols()
  for (let round = 0; round < 3; round++) {
    const home = await place(t, [])
    const results = await Promise.all(['a', 'b'].map((id) => fetchIn(pool, home, server, { ...REQUEST, lanes: 3 }, { job: { id, isNew: true } })))
    t.same(results.map(({ state }) => state), ['completed', 'completed'])
    t.equal(await barsAndSymbols(), clean)
  }
})
