import fc from 'fast-check'
import t from 'tap'
import { coverageFaults } from '../helpers/coverage.js'
import { freshDatabase } from '../helpers/database.js'
import { directorySource, loadDates, manyBars, putDayFile, registerSymbols, wholeState } from '../helpers/load.js'
import { inputs, SEED } from './runs.js'

const DATES = ['2025-01-06', '2025-01-07', '2025-01-08', '2025-01-10', '2025-01-13']
const SYMBOLS = manyBars(60).map((bar) => bar.split(',')[0]!)

/** Another version of a date: some bars change, one is missing, one is no bar, one is unknown. */
function publish(root: string, date: string, version: number): void {
  const bars = manyBars(60).flatMap((bar, index) => (index === version % 60 ? [] : [index % 3 === version % 3 ? bar.replaceAll(',10', `,${10 + version}`) : bar]))
  putDayFile(root, date, [...bars, `A00${version % 10},1,1,2,1,1,1`, `WHO${version},1,1,1,1,1,1`])
}

const step = fc.oneof(
  fc.record({ publish: fc.nat(DATES.length - 1) }),
  fc.record({ load: fc.tuple(fc.nat(DATES.length - 1), fc.nat(DATES.length - 1)), lanes: fc.integer({ min: 1, max: 4 }), force: fc.boolean(), twice: fc.boolean() }),
)

await t.test('any order, split, repetition and number of lanes of loads ends in the state of one load of the last versions', async (t) => {
  const { pool } = await freshDatabase(t)
  const { pool: other } = await freshDatabase(t)
  for (const each of [pool, other]) await registerSymbols(each, SYMBOLS)
  const root = t.testdir({})
  const empty = 'truncate ohlcv_daily, coverage, days, lineage, rejected_rows, unknown_symbols, bar_revisions, attempts'
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 8 }), async (steps) => {
    for (const each of [pool, other]) await each.query(empty)
    const versions = DATES.map(() => 1)
    for (const date of DATES) publish(root, date, 1)
    for (const step of steps) {
      if ('publish' in step) publish(root, DATES[step.publish]!, ++versions[step.publish]!)
      else {
        const [from, to] = step.load.toSorted((a, b) => a - b)
        const load = () => loadDates(pool, directorySource(root), DATES[from!]!, DATES[to!], { lanes: step.lanes, force: step.force })
        // At once: a date is loaded by one of them and locked for the other, or by both one after the other.
        await (step.twice ? Promise.all([load(), load()]) : load())
      }
    }
    // The rest, each date on its own, the last first.
    for (const date of DATES.toReversed()) await loadDates(pool, directorySource(root), date)
    await loadDates(other, directorySource(root), DATES[0]!, DATES.at(-1))
    return JSON.stringify(await wholeState(pool)) === JSON.stringify(await wholeState(other)) && (await coverageFaults(pool)).length === 0
  }), { numRuns: inputs(t, 5), seed: SEED, endOnFailure: true })
})
