import type pg from 'pg'
import t from 'tap'
import { Random } from '../helpers/random.js'
import { empty, freshDatabase } from '../helpers/database.js'
import { Telling } from './telling.js'
import { SESSIONS, Truth } from './truth.js'

// Histories of a market, told by people who learn of it late, in any order, and wrongly at times, while its files are loaded,
// published again, and loaded at the same time. `make histories` tries many; a seed that failed is one history.
const COUNT = Number(process.env['HISTORIES'] ?? 6)
const SEED = Number(process.env['HISTORIES_SEED'] ?? 33)
/** A history that takes longer than this on average hangs. */
const SECONDS_EACH = 30

async function fails(pools: readonly [pg.Pool, pg.Pool], root: string, seed: number, tally: Record<string, number>): Promise<string | undefined> {
  for (const pool of pools) await empty(pool)
  const telling = new Telling(pools[0], root, new Truth(new Random(seed)), tally)
  try {
    await telling.begin()
    await telling.ask()
    for (let rounds = 2 + telling.random.below(3); rounds > 0; rounds--) {
      await telling.round()
      await telling.check()
      await telling.ask()
    }
    await telling.end()
    await telling.check()
    await telling.settle()
    await telling.compareWithTruth()
    await telling.compareWithAnotherOrder(pools[1])
    return undefined
  } catch (error) {
    return `seed ${seed}: ${(error as Error).stack}\n${JSON.stringify(telling.truth.events)}\n${telling.told.join('\n')}`
  }
}

await t.test(`${COUNT} histories from seed ${SEED} on`, { timeout: (60 + COUNT * SECONDS_EACH) * 1000 }, async (t) => {
  const [{ pool }, { pool: other }] = [await freshDatabase(t), await freshDatabase(t)]
  const tally: Record<string, number> = {}
  for (const each of [pool, other]) await each.query('select ohlcv_daily_ensure_partitions($1, $1)', [SESSIONS[0]])
  const root = t.testdir({})
  for (let seed = SEED; seed < SEED + COUNT; seed++) {
    const failure = await fails([pool, other], root, seed, tally)
    if (failure !== undefined) {
      t.fail(`${failure}\nagain with: make histories HISTORIES=1 HISTORIES_SEED=${seed}`)
      break
    }
    if ((seed - SEED + 1) % 100 === 0) t.comment(`${seed - SEED + 1} histories`)
  }
  t.comment(JSON.stringify(tally))
  // A few histories may lack one or the other.
  if (COUNT >= 8) for (const what of ['rename', 'row', 'discover', 'correct', 'lie', 'retract', 'loaded', 'unchanged', 'selected', 'published', 'refused']) t.ok(tally[what]! > 0, `${tally[what]} times ${what}`)
})
