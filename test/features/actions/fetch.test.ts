import type { NetConnectOpts } from 'node:net'
import pg from 'pg'
import { pino } from 'pino'
import t from 'tap'
import { InterruptedError } from '../../../lib/domain/errors.js'
import type { Failpoints } from '../../../lib/domain/failpoint.js'
import { fetchActions, type ActionsResult } from '../../../lib/features/actions/fetch.js'
import { readActionsRequest } from '../../../lib/features/actions/request.js'
import { prune } from '../../../lib/features/fetch/answers/prune.js'
import { openSource } from '../../../lib/features/runs/asking/source.js'
import { createPool } from '../../../lib/postgres/connect.js'
import { BAR_PROVIDERS } from '../../../lib/providers/bar-providers.js'
import { openAnswers } from '../../../lib/transport/answers/answers.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { startFaultProxy } from '../../helpers/fault-proxy.js'
import { keepFetch } from '../../helpers/kept-fetches.js'
import { runtimeOf } from '../../helpers/load.js'
import { FAULTS } from '../../helpers/rest-faults.js'
import { startRestServer, type RestServer } from '../../helpers/rest-server.js'
import { insertSymbols } from '../../helpers/stored-days.js'
import { until } from '../../helpers/until.js'

const now = () => new Date('2024-07-01T12:00:00Z')
const { url, pool } = await freshDatabase(t)
const raw = t.testdir({})
const securities = Object.fromEntries(['AAA', 'BBB', 'CCC'].map((symbol, index) => [symbol, {
  first: '2024-06-03', splits: [{ date: `202${index}-03-02`, from: 1, to: index + 2 }], dividends: [{ date: '2023-05-05', amount: '0.24' }, { date: '2024-06-14', amount: '0.25' }],
}]))
const servers = new Map<string, RestServer>()
for (const dialect of ['massive', 'alpha_vantage', 'yahoo'] as const) servers.set(dialect, await startRestServer({ now, whole: true, securities, dialect }))
t.teardown(() => Promise.all([...servers.values()].map((server) => server.close())))

/** Asks these providers, in this order, one symbol after the other. */
async function fetch(names: readonly string[], { failpoint, signal, over = pool }: { failpoint?: Failpoints; signal?: AbortSignal; over?: pg.Pool } = {}): Promise<ActionsResult> {
  const runtime = { ...runtimeOf(over, { ...(failpoint && { failpoint }), ...(signal && { signal }) }), now }
  const answers = openAnswers(raw, {})
  const sources = names.map((name) => openSource(BAR_PROVIDERS.find((provider) => provider.name === name)!, { name, priority: 1, tier: 'primary', enabled: true, perSecond: null, perMinute: null, perDay: null, perMonth: null },
    runtime.db, { env: servers.get(name)!.env, log: runtime.log, now, connections: 1, tools: { delay: async () => undefined } }))
  try {
    return await fetchActions(runtime, readActionsRequest({ dates: { start: '2019-01-01', end: '2024-06-28' }, symbols: ['AAA', 'BBB', 'CCC'], provider: null, lanes: 1 }), {
      sources, answers, authority: BAR_PROVIDERS.map(({ name }) => name), exitCodes: { ofResult: ({ interrupted }) => (interrupted ? 130 : 0), ofError: () => 1 },
    })
  } finally {
    for (const { client } of sources) await client.close()
    await answers.close()
  }
}

const lines = async (sql: string): Promise<string[]> => (await pool.query<(string | number | null)[]>({ text: sql, rowMode: 'array' })).rows.map((row) => row.map((value) => String(value ?? '')).join(' '))

/** All that is known of splits and dividends, but for the answers, which have the number of their request in them. */
const state = async (): Promise<string[]> => [
  ...(await lines('select symbol_id, ex_date, source, split_from, split_to, usual, known_since, symbol from splits order by 1, 2, 3')),
  ...(await lines('select symbol_id, ex_date, source, kind, amount, currency, declared_on, recorded_on, paid_on, known_since, symbol from dividends order by 1, 2, 3')),
]
const ALL = ['massive', 'alpha_vantage', 'yahoo']

t.beforeEach(async () => {
  await empty(pool)
  await insertSymbols(pool, [[1, 'AAA'], [2, 'BBB'], [3, 'CCC']])
  for (const server of servers.values()) server.fault = () => undefined
})

await t.test('three providers tell the same, and the state is the same in whatever order they are asked', async (t) => {
  const { results } = await fetch(ALL)
  t.equal(results.length, 9)
  const first = await state()
  t.equal(first.length, 3 * 3 + 3 * 3 * 2)
  t.same(await lines('select symbol_id, ex_date, source, trim_scale(split_to) from splits_applied order by 1'), ['1 2020-03-02 massive 2', '2 2021-03-02 massive 3', '3 2022-03-02 massive 4'])
  await empty(pool)
  await insertSymbols(pool, [[1, 'AAA'], [2, 'BBB'], [3, 'CCC']])
  for (const name of ALL.toReversed()) await fetch([name])
  t.same(await state(), first)
  await fetch(ALL)
  t.same(await state(), first)
})

await t.test('a symbol and provider is stored whole or not at all, wherever it ends, and the next run makes up for it', async (t) => {
  await fetch(['massive'])
  const whole = await state()
  for (const step of ['actions-kept', 'actions-before-commit'] as const) {
    await empty(pool)
    await insertSymbols(pool, [[1, 'AAA'], [2, 'BBB'], [3, 'CCC']])
    let reached = 0
    // A symbol takes two answers and one transaction.
    const failpoint: Failpoints = (at) => {
      if (at === step && ++reached === (step === 'actions-kept' ? 4 : 2)) throw new Error('killed')
    }
    await t.rejects(fetch(['massive'], { failpoint }), { message: 'killed' }, step)
    t.same(await state(), whole.filter((line) => line.startsWith('1 ')), 'the first symbol and nothing of the second')
    t.same(await lines('select symbol, status from action_fetches'), ['AAA stored'])
    t.same(await lines('select status, message from ingestion_runs'), ['failed killed'])
    await fetch(['massive'])
    t.same(await state(), whole)
  }
})

await t.test('the answer to COMMIT is lost after the server has committed: what was told is counted as new, and written down once', async (t) => {
  const { host, port, user, password, database } = new pg.Client({ connectionString: url })
  const target: NetConnectOpts = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port }
  const proxy = await startFaultProxy(target)
  t.teardown(() => proxy.close())
  const distant = createPool({ host: proxy.host, port: proxy.port, user: user ?? '', database: database ?? '', ...(typeof password === 'string' && { password }) }, pino({ enabled: false }))
  t.teardown(() => distant.end())
  let committed: Promise<void> | undefined
  const { results } = await fetch(['massive'], { over: distant, failpoint: (at) => {
    if (at !== 'actions-before-commit' || committed !== undefined) return
    proxy.lose('down')
    committed = (async () => {
      await until(async () => (await lines('select from action_fetches')).length > 0)
      proxy.resetAll()
    })()
  } })
  await committed
  t.same(results.map(({ status, counts }) => [status, counts.inserted, counts.unchanged]), [['stored', 3, 0], ['stored', 3, 0], ['stored', 3, 0]])
  t.same(await lines('select symbol, status, tries from action_fetches order by 1'), ['AAA stored 2', 'BBB stored 2', 'CCC stored 2'])
  t.same(await lines('select requests from provider_metrics'), ['6'], 'two requests a symbol')
})

await t.test('what a row was told by stays, though bars were fetched with the same answer and that is kept no longer', async (t) => {
  await fetch(['yahoo'])
  const answers = openAnswers(raw, {})
  t.teardown(() => answers.close())
  const { rows: [row] } = await pool.query<{ answer: string; pulled_at: Date }>('select answer, pulled_at from splits limit 1')
  const body = await answers.get('yahoo/actions', row!.pulled_at, row!.answer)
  await keepFetch(pool, answers, { provider: 'yahoo', pulledAt: row!.pulled_at.toISOString(), bodies: [body] })
  t.same(await answers.get('yahoo', row!.pulled_at, row!.answer), body)
  t.match(await prune({ ...runtimeOf(pool), now: () => new Date('2024-09-01T12:00:00Z') }, answers, { answers_older_than: 0, bars_older_than: null, dry_run: false }), { fetches: 1, bodies: 1 })
  await t.rejects(answers.get('yahoo', row!.pulled_at, row!.answer), { code: 'ANSWER_GONE' })
  t.same(await answers.get('yahoo/actions', row!.pulled_at, row!.answer), body)
})

await t.test('a signal ends it between two answers, and what was stored stays', async (t) => {
  const stop = new AbortController()
  let kept = 0
  const result = await fetch(['massive'], { signal: stop.signal, failpoint: (at) => {
    if (at === 'actions-kept' && ++kept === 3) stop.abort(new InterruptedError('SIGINT'))
  } })
  t.match(result, { interrupted: true, results: [{ symbol: 'AAA', status: 'stored' }], sources: [{ notReached: 2 }] })
  t.same(await lines('select status, exit_code from ingestion_runs'), ['interrupted 130'])
  t.same(await lines('select distinct symbol from splits'), ['AAA'])
})

await t.test('a provider that is of no further use is left out, and what it told before stays', async (t) => {
  await fetch(ALL)
  const before = await state()
  servers.get('alpha_vantage')!.fault = () => servers.get('alpha_vantage')!.dialect.refusals.exhausted ?? undefined
  servers.get('yahoo')!.fault = () => FAULTS.broken
  const { sources, results } = await fetch(ALL)
  t.match(sources, [{ source: 'massive', stopped: null, notReached: 0 }, { source: 'alpha_vantage', stopped: { code: 'QUOTA_USED_UP' }, notReached: 2 }, { source: 'yahoo', stopped: null, notReached: 0 }])
  t.same(results.map(({ symbol, source, status }) => `${symbol} ${source} ${status}`), [
    'AAA massive stored', 'AAA alpha_vantage failed', 'AAA yahoo failed', 'BBB massive stored', 'BBB yahoo failed', 'CCC massive stored', 'CCC yahoo failed',
  ])
  t.same(await state(), before)
})
