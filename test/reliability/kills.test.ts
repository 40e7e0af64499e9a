import { createHash } from 'node:crypto'
import t from 'tap'
import { FAILPOINTS, type Failpoint } from '../../lib/domain/failpoint.js'
import { coverageFaults } from '../helpers/coverage.js'
import { empty, freshDatabase } from '../helpers/database.js'
import { callProgram } from '../helpers/call-program.js'
import { directorySource, loadDates, registerSymbols, wholeState } from '../helpers/load.js'
import { runProgram } from '../helpers/process.js'
import { FIRST, LARGE, putVersion, SECOND, SMALL, symbolsOf } from './versions.js'

t.setTimeout(300_000)
const { url, pool } = await freshDatabase(t)
const root = t.testdir({})
const line = ['load', '--source', root, '--start', FIRST, '--end', SECOND, '--lanes', '1']
/** Steps that a run comes to once, and not once a date. */
const ONCE = new Set(['run-opened', 'before-report'])
/** Where to be killed in the first date, and in the second one in the run after that: the block at `mid-copy:N` is a file's second. */
const STEPS: Partial<Record<Failpoint, string[]>> = { 'mid-copy': ['mid-copy:2', 'mid-copy:4'], 'after-commit': ['after-commit', 'after-commit'] }
/** What a kill in the second date, of which nothing is stored, could leave differs between these; `make torture` has it killed at each. */
const KILLED_AGAIN = new Set<Failpoint>(process.env['KILLS_EACH'] === undefined ? ['mid-copy', 'before-merge', 'before-commit', 'after-commit'] : FAILPOINTS)
type State = Record<string, string>
const undisturbed: Partial<Record<number, { before: State; clean: State }>> = {}

/** A state by what it is about and by date, in short: comparing ten thousand lines is slow, and says too much. */
async function stateOf(): Promise<State> {
  const groups: Record<string, string[]> = {}
  for (const [name, lines] of Object.entries(await wholeState(pool))) {
    for (const line of lines) (groups[name === 'bars' ? `bars of ${line.slice(0, 10)}` : name] ??= []).push(line)
  }
  return Object.fromEntries(Object.entries(groups).map(([name, lines]) => [name, `${lines.length} ${createHash('sha256').update(lines.join('\n')).digest('hex')}`]))
}

/** The first date stands at its first version; its second one and the second date's first are waiting. */
async function prepare(rows: number): Promise<void> {
  await empty(pool)
  await registerSymbols(pool, symbolsOf(rows))
  putVersion(root, FIRST, 1, rows)
  putVersion(root, SECOND, 1, rows)
  await loadDates(pool, directorySource(root), FIRST)
  putVersion(root, FIRST, 2, rows)
}

for (const rows of [SMALL, LARGE]) {
  await t.test(`what killed loads of ${rows} rows are compared with: a run that nothing disturbs updates one date and fills another`, async (t) => {
    await prepare(rows)
    const before = await stateOf()
    const { days } = await loadDates(pool, directorySource(root), FIRST, SECOND)
    t.match(days, [{ outcome: 'loaded', counts: { inserted: 5, removed: 5, rejected: 1, unknown: 1 } }, { outcome: 'loaded', counts: { stored: 0 } }])
    t.ok(days[0]!.counts!.updated > 0)
    undisturbed[rows] = { before, clean: await stateOf() }
  })
}

for (const failpoint of FAILPOINTS) {
  await t.test(`a load killed at ${failpoint} leaves whole dates, and the same command makes up for it`, async (t) => {
    const size = failpoint === 'mid-copy' ? LARGE : SMALL
    const { before, clean } = undisturbed[size]!
    await prepare(size)
    const steps = (STEPS[failpoint] ?? [failpoint, `${failpoint}:2`]).slice(0, KILLED_AGAIN.has(failpoint) && !ONCE.has(failpoint) ? 2 : 1)
    for (const [index, step] of steps.entries()) {
      const killed = await runProgram(t, line, { DATABASE_URL: url, OHLCV_FAILPOINT: step })
      t.same([killed.signal, killed.stdout], ['SIGKILL', ''], step)
      // What a date holds afterwards is what it held before or what it is to hold, nothing in between.
      const state = await stateOf()
      t.same(await coverageFaults(pool), [], step)
      for (const date of [FIRST, SECOND]) {
        const bars = `bars of ${date}`
        const at = [FIRST, SECOND][index]!
        const committed = ONCE.has(failpoint) ? failpoint === 'before-report' : failpoint === 'after-commit' ? date <= at : date < at
        // In how many blocks a file arrives is not said: the kill at the fourth may be in either date.
        if (step === 'mid-copy:4' && date === FIRST) t.ok([before[bars], clean[bars]].includes(state[bars]), `${date} after ${step}`)
        else t.equal(state[bars], (committed ? clean : before)[bars], `${date} after ${step}`)
      }
    }
    const again = await callProgram(line, { DATABASE_URL: url })
    t.equal(again.code, 0)
    t.same(await stateOf(), clean)
    t.same(await coverageFaults(pool), [])
    const { rows } = await pool.query<{ status: string }>(`select status from ingestion_runs where version <> 'test' order by run_id`)
    t.same(rows.map(({ status }) => status), [...steps.map(() => 'died'), 'succeeded'])
  })
}
