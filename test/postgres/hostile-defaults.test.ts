import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { rejects } from '../../lib/cli/commands/rejects.js'
import { status } from '../../lib/cli/commands/status/status.js'
import { universe } from '../../lib/cli/commands/universe/group.js'
import { verify } from '../../lib/cli/commands/verify.js'
import { createPool } from '../../lib/postgres/connect.js'
import { isoDate } from '../../lib/domain/dates.js'
import { NO_FAILPOINTS } from '../../lib/domain/failpoint.js'
import { inIdentityTransaction } from '../../lib/features/universe/apply.js'
import { tell } from '../../lib/features/universe/tell.js'
import { coverageFaults } from '../helpers/coverage.js'
import { freshDatabase } from '../helpers/database.js'
import { alterDefaults, HOSTILE_DEFAULTS } from '../helpers/hostile-defaults.js'
import { ACCEPTED, FIXTURES, fixtureSource, loadDates, registerSymbols, wholeState, runtimeOf } from '../helpers/load.js'
import { runCommand } from '../helpers/run-command.js'

/** Of two months, and some that are others when day and month change places. */
const EIGHT_DATES = ['2026-02-20', '2026-03-03'] as const
/** The date of the fixtures' rename and the session before it. */
const TWO_DATES = ['2026-02-20', '2026-02-23'] as const

/** A database with these defaults, a pool as the program has it, and another one to look with. */
async function place(t: Test, defaults: Readonly<Record<string, string>>): Promise<{ pool: pg.Pool; looking: pg.Pool }> {
  const { url, pool: looking } = await freshDatabase(t)
  await alterDefaults(looking, new URL(url).pathname.slice(1), defaults)
  const pool = createPool({ connectionString: url }, pino({ enabled: false }))
  t.teardown(() => pool.end())
  return { pool, looking }
}

/** Everything that is done with a database from its first universe on, and what every step says; then what is stored. */
async function story(t: Test, defaults: Readonly<Record<string, string>>, [first, last]: readonly [string, string]): Promise<unknown> {
  const { pool, looking } = await place(t, defaults)
  const said: unknown[] = []
  const command = async (registration: Parameters<typeof runCommand>[0], ...line: string[]) => {
    const { exitCode, text } = await runCommand(registration, line, { pool, now: '2026-03-10T12:00:00Z' })
    said.push([line.join(' '), exitCode, text])
  }
  const load = async () => {
    const { days } = await loadDates(pool, fixtureSource(), first, last)
    said.push(days.map(({ date, outcome, code, counts }) => ({ date, outcome, code, counts })))
  }
  await command(universe, 'universe', 'import', path.join(FIXTURES, 'universe.csv'))
  await load()
  await load()
  await command(universe, 'universe', 'rename', 'OLDN', 'NEWN', '--on', '2026-02-23')
  await command(universe, 'universe', 'import', path.join(FIXTURES, 'well-known.csv'))
  await command(universe, 'universe', 'list', '--search', 'NEWN')
  await load()
  await load()
  await command(verify, 'verify')
  await command(status, 'status')
  await command(rejects, 'rejects')
  t.same(await coverageFaults(looking), [], 'what has bars is said to have')
  return { said, state: await wholeState(looking) }
}

await t.test('all hostile defaults at once change nothing of what is said and stored', async (t) => {
  const expected = await story(t, {}, EIGHT_DATES)
  t.same(await story(t, HOSTILE_DEFAULTS, EIGHT_DATES), expected)
})

await t.test('nor does any of them alone, or another value of it', async (t) => {
  const expected = await story(t, {}, TWO_DATES)
  // One that hides what another does is rare: `make hostile` tries each.
  const alone = process.env['HOSTILE_EACH'] === undefined ? [] : Object.entries(HOSTILE_DEFAULTS).map(([name, value]) => ({ [name]: value }))
  const others = [{ default_transaction_isolation: 'repeatable read' }, { DateStyle: 'SQL, MDY' }, { DateStyle: 'Postgres, DMY' }]
  for (const defaults of [...alone, ...others]) {
    const [[name, value]] = Object.entries(defaults) as [[string, string]]
    t.same(await story(t, defaults, TWO_DATES).catch((error: unknown) => error), expected, `${name} = ${value}`)
  }
})

await t.test('a load that waited for a rename goes by it, whatever the isolation level', async (t) => {
  for (const level of ['read committed', 'repeatable read', 'serializable']) {
    const { pool, looking } = await place(t, { default_transaction_isolation: level })
    await registerSymbols(looking, ['A', 'AA'])
    const on = isoDate('2026-02-20')
    let loading: ReturnType<typeof loadDates> | undefined
    await inIdentityTransaction(runtimeOf(looking), false, async (client) => {
      loading = loadDates(pool, fixtureSource(), '2026-02-20', '2026-02-20', { thresholds: { maxRejected: 5, maxRemoved: 100 } })
      const waiting = `select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`
      while ((await looking.query(waiting)).rowCount === 0) await delay(10)
      await tell(client, {
        facts: [{ kind: 'renamed', symbol: 'A', newSymbol: 'A.NEW', to: on, from: on }], retracted: [], concerned: ['A', 'A.NEW'], cause: 'rename', request: ACCEPTED, failpoint: NO_FAILPOINTS,
      })
    })
    t.match((await loading)?.days, [{ outcome: 'loaded' }], level)
    t.same((await wholeState(looking))['bars']?.map((bar) => bar.split('|')[1]), ['AA'], `A names nothing any more: ${level}`)
  }
})

await t.test('a date takes the time it takes, whatever the database\'s time-outs are', async (t) => {
  await Promise.all(['statement_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout'].map(async (name) => {
    const { pool, looking } = await place(t, { [name]: '500ms' })
    await registerSymbols(looking, ['A'])
    await looking.query(`
      create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(0.8); return new; end $$;
      create trigger slow before insert on lineage for each row execute function slow()`)
    const { days } = await loadDates(pool, fixtureSource(), '2026-02-20', '2026-02-20', {
      failpoint: async (step) => {
        if (step === 'before-merge' || step === 'before-commit') await delay(800)
      },
    })
    t.match(days, [{ outcome: 'loaded', code: null }], name)
  }))
})
