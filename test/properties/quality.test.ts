import t from 'tap'
import { createCalendar } from '../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../lib/calendar/exchanges.js'
import { isoDate } from '../../lib/domain/dates.js'
import { QUALITY_FAILPOINTS, type Failpoints } from '../../lib/domain/failpoint.js'
import type { Rule } from '../../lib/features/quality/rules/rule.js'
import { freshDatabase } from '../helpers/database.js'
import { alterDefaults, HOSTILE_DEFAULTS } from '../helpers/hostile-defaults.js'
import { barRule, check, PLAIN_RULES, qualityState } from '../helpers/quality.js'
import { Random } from '../helpers/random.js'
import { insertDay, insertReject, insertRun, insertSymbols, type TestBar } from '../helpers/stored-days.js'

const SEED = Number(process.env['QUALITY_SEED'] ?? 14)
const ROUNDS = Number(process.env['QUALITY_ROUNDS'] ?? 2)
const STEPS = 9
const SECURITIES = [1, 2, 3, 4, 5, 6]

/** More than a window of sessions, and days on which the exchange is closed between them. */
const SESSIONS = createCalendar(DEFAULT_EXCHANGE).sessions({ start: isoDate('2016-05-02'), end: isoDate('2016-08-31') }).map(({ date }) => date as string)
const CLOSED = ['2016-05-30', '2016-06-11']

/** What nobody does to judge bars: each depends on every bar of the window, or on every figure of the date, to the last one. */
const RULES: readonly Rule[] = [
  ...PLAIN_RULES,
  barRule('window', 5, (window) => {
    let sum = 0
    for (let place = 0; place < window.length; place++) sum += (window.session[place]! - window.session[window.at]!) * window.close[place]! + window.volume[place]!
    return sum % 3 === 0 ? { cause: null, details: { sum, volatility: String(window.volatility()) } } : undefined
  }),
  {
    ...barRule('date', 0), kind: 'date',
    judge: ({ date: _, ...day }) => (day.bars % 2 === 0 ? { cause: day.repeated > 0 ? 'quiet' : null, details: { bars: day.bars, usual: day.usualBars, repeated: day.repeated, closed: String(!day.session) } } : undefined),
  },
  {
    ...barRule('query', 5), kind: 'query', timespan: 'day',
    async find(db, { start, end }) {
      const { rows } = await db.query<{ symbolId: number; date: string }>(`select symbol_id as "symbolId", time as date from ohlcv_daily where volume = 700 and time between $1 and $2`, [start, end])
      return rows.map(({ symbolId, date }) => ({ symbolId, date: isoDate(date), lastDate: isoDate(date), provider: null, cause: null, details: {}, seen: '700' }))
    },
  },
]

/** A market whose data is told, told again and taken back in any order. */
class Teller {
  constructor(private readonly pool: Awaited<ReturnType<typeof freshDatabase>>['pool'], private readonly random: Random, private readonly runId: number) {}

  #bar(symbolId: number): TestBar {
    const price = this.random.chance(0.03) ? -9 : this.random.pick([10, 10, 10, 10, 11, 20])
    return [symbolId, ...Array<string>(4).fill(String(price)), String(100 * (1 + this.random.below(12)))] as unknown as TestBar
  }

  #bars(): TestBar[] {
    return SECURITIES.filter((id) => this.random.chance(id === 6 ? 0.3 : 0.96)).map((id) => this.#bar(id))
  }

  #clear(date: string) {
    return this.pool.query('delete from ohlcv_daily where time = $1', [date])
  }

  async load(date: string): Promise<void> {
    await this.#clear(date)
    await this.pool.query('delete from rejected_rows where date = $1', [date])
    const bars = this.#bars()
    const rejected = this.random.chance(0.5) ? undefined : SECURITIES.find((id) => !bars.some(([symbolId]) => symbolId === id))
    await insertDay(this.pool, date, { runId: this.runId, bars, rejected: rejected === undefined ? 0 : 1 })
    if (rejected !== undefined) await insertReject(this.pool, date, 2, 'null_value', `S${rejected}`, 'as it came')
  }

  async #fill(date: string): Promise<void> {
    await this.pool.query(`delete from ohlcv_daily where time = $1 and filled_by is not null`, [date])
    if ((await this.pool.query('select from days where date = $1', [date])).rowCount) return
    await this.pool.query('select ohlcv_daily_ensure_partitions($1, $1)', [date])
    for (const [id, open, high, low, close, volume] of this.#bars()) {
      await this.pool.query(`insert into ohlcv_daily (symbol_id, time, open, high, low, close, volume, load_id, filled_by, fetch_id) values ($1, $2, $3, $4, $5, $6, $7, 0, 'yahoo', 1)
                             on conflict do nothing`, [id, date, open, high, low, close, volume])
    }
  }

  async #rename(from: string): Promise<void> {
    const id = this.random.pick(SECURITIES)
    const symbol = this.random.chance(0.3) ? null : `S${id}.${from.slice(5)}`
    await this.pool.query(`
      with last as (delete from ticker_symbols where symbol_id = $1 returning symbol), kept as (
        insert into ticker_symbols (symbol_id, symbol, valid, assumed)
        select $1, (select min(symbol) from last), daterange(null, $2), false union all select $1, $3::text, daterange($2, null), false where $3::text is not null)
      insert into universe_changes (symbol, dates, old_symbol_id, new_symbol_id, cause)
      values ('S' || $1, '(,)', $1, null, 'test'), ('S' || $1, daterange(null, $2), null, $1, 'test'), (coalesce($3::text, 'none'), daterange($2, null), null, $1, 'test')`, [id, from, symbol])
  }

  /** A split where a close has doubled, or one the less. */
  async #split(): Promise<void> {
    const { rows } = await this.pool.query<{ id: number; date: string }>(`
      select symbol_id as id, time as date from (select *, lag(close) over (partition by symbol_id order by time) as before from ohlcv_daily) b where close = 2 * before and volume <= 1000 order by 1, 2`)
    if (rows.length === 0) return
    const { id, date } = this.random.pick(rows)
    await this.pool.query(`
      insert into splits (symbol_id, ex_date, source, split_from, split_to, usual, known_since, symbol, answer, pulled_at)
      values ($1, $2, 'yahoo', 2, 1, true, $2, 'S', 'x', now()) on conflict (symbol_id, ex_date, source) do update set usual = not splits.usual`, [id, date])
  }

  async #close(date: string): Promise<void> {
    const { rowCount } = await this.pool.query('delete from calendar_overrides where date = $1', [date])
    if (rowCount === 0) await this.pool.query(`insert into calendar_overrides (exchange, date, kind, reason) values ('XNYS', $1, 'closed', 'test')`, [date])
  }

  /** Something happens. */
  async step(): Promise<void> {
    const date = this.random.pick(this.random.chance(0.1) ? CLOSED : SESSIONS)
    const what = this.random.below(8)
    if (what < 2) await this.load(date)
    else if (what === 2) await this.#clear(date).then(() => this.pool.query('delete from days where date = $1', [date]))
    else if (what === 3) await this.#fill(date)
    else if (what === 4) await this.#split()
    else if (what === 5) await this.#rename(date)
    else if (what === 6) await this.#close(this.random.pick(SESSIONS))
    else await this.#clear(date).then(() => insertDay(this.pool, date, { runId: this.runId, bars: this.#bars().slice(0, 2), symbols: ['S1'] }))
  }
}

void t.test('whatever happens between checks, and to them, they end where one check of everything does', async (t) => {
  const { pool } = await freshDatabase(t)
  const { rows } = await pool.query<{ name: string }>('select current_database() as name')
  await alterDefaults(pool, rows[0]!.name, HOSTILE_DEFAULTS)
  const random = new Random(SEED)
  await insertSymbols(pool, SECURITIES.map((id) => [id, `S${id}`]))
  const teller = new Teller(pool, random, await insertRun(pool))
  for (const date of SESSIONS) if (random.chance(0.93)) await teller.load(date)

  for (let round = 0; round < ROUNDS; round++) {
    for (let step = 0; step < STEPS; step++) {
      if (random.chance(0.6)) await teller.step()
      if (random.chance(0.5)) continue
      const [a, b] = [random.below(SESSIONS.length), random.below(SESSIONS.length)]
      const range = random.chance(0.5) ? {} : { start: SESSIONS[Math.min(a, b)]!, end: SESSIONS[Math.max(a, b)]! }
      const [kill, meanwhile, at] = [random.chance(0.4), random.chance(0.4), random.pick(QUALITY_FAILPOINTS)]
      let left = random.below(3)
      const failpoint: Failpoints = async (reached) => {
        if (reached !== at || left-- !== 0) return
        if (meanwhile) await teller.step()
        if (kill) throw new Error('killed')
      }
      const checks = Array.from({ length: random.chance(0.2) ? 2 : 1 }, () => check(pool, { rules: RULES, ...range, failpoint }))
      for (const ended of await Promise.allSettled(checks)) if (ended.status === 'rejected' && (ended.reason as Error).message !== 'killed') throw ended.reason
    }
    await check(pool, { rules: RULES })
    const bySteps = await qualityState(pool)
    t.match(await check(pool, { rules: RULES }), { runId: null, dates: 0 }, `round ${round}: then there is nothing left to check`)
    await pool.query('delete from quality_marks; delete from data_quality_log; delete from findings')
    await check(pool, { rules: RULES })
    t.same(bySteps, await qualityState(pool), `round ${round} of seed ${SEED}`)
  }
  const { log, findings } = await qualityState(pool)
  t.ok(log!.some((line) => line.includes('absent,cells')) && log!.some((line) => line.endsWith('{absent}')) && findings!.some((line) => line.includes('splits_applied')), 'the history has had what it is about')
})
