import { readdirSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { openAnswers } from '../../lib/transport/answers/answers.js'
import { callProgram } from '../helpers/call-program.js'
import { linesOf } from '../helpers/content.js'
import { empty, freshDatabase } from '../helpers/database.js'
import { keepFetch } from '../helpers/kept-fetches.js'
import { registerSymbols } from '../helpers/load.js'
import { barsAnswer } from '../helpers/massive-answers.js'
import { runProgram } from '../helpers/process.js'

const { pool, url } = await freshDatabase(t)
const raw = t.testdir({})
const answers = openAnswers(raw, {})
const env = { DATABASE_URL: url, OHLCV_RAW: raw }
const bodies = (): number => readdirSync(path.join(raw, 'massive/2025/02')).length
const fills = () => linesOf(pool, `select time, close from ohlcv_daily where filled_by is not null`)

/** An older answer and one of a later job that has other values and a bar more. */
async function twoJobs(): Promise<void> {
  await empty(pool)
  await registerSymbols(pool, ['AAA'])
  for (const [job, rows] of [['old', ['2025-01-06 10']], ['bad', ['2025-01-06 20', '2025-01-07 21']]] as const) {
    await keepFetch(pool, answers, { job, symbol: 'AAA', start: '2025-01-06', end: '2025-01-07', bodies: [barsAnswer('AAA', 'day', rows)] })
  }
  await callProgram(['fetches', 'replay'], env)
}

await t.test('a prune that was killed has no request say that its answer is kept when it is not, and the next one finishes', async (t) => {
  await twoJobs()
  t.equal((await runProgram(t, ['fetches', 'prune', '--older-than', '1'], { ...env, OHLCV_FAILPOINT: 'prune-marked' })).signal, 'SIGKILL')
  t.same(await linesOf(pool, 'select fetch_id, pruned_at is not null as pruned from fetches'), ['(1,t)', '(2,t)'])
  t.equal(bodies(), 2)
  t.equal((await callProgram(['fetches', 'prune', '--older-than', '1'], env)).code, 0)
  t.equal(bodies(), 0)
})

await t.test('fills whose removal was killed are gone after the next one, and the older answer stands', async (t) => {
  await twoJobs()
  t.same(await fills(), ['(2025-01-06,20)', '(2025-01-07,21)'])
  const remove = ['fills', 'remove', '--job', 'bad', '--yes']
  t.equal((await runProgram(t, remove, { ...env, OHLCV_FAILPOINT: 'fills-withdrawn' })).signal, 'SIGKILL')
  t.same(await fills(), ['(2025-01-06,20)', '(2025-01-07,21)'])
  t.match(await callProgram(remove, env), { code: 0, stdout: /^Took back 2 filled bars of requests that were withdrawn before by job bad\.\n/ })
  t.same(await fills(), ['(2025-01-06,10)'])
})
