import t from 'tap'
import { daysOf, plantDefects, toldSplits, type Planted } from '../../../bench/quality-defects.js'
import { makeMarket } from '../../../bench/quality-market.js'
import { percentOf, scoresOf } from '../../../bench/quality-score.js'
import { Random } from '../../../bench/random.js'
import { readSettings } from '../../../lib/cli/framework/settings.js'
import { thresholdsOf } from '../../../lib/cli/framework/thresholds.js'
import { RULES } from '../../../lib/features/quality/rules/rules.js'
import type pg from 'pg'
import { freshDatabase } from '../../helpers/database.js'
import { check } from '../../helpers/quality.js'
import { insertRun, insertSymbols } from '../../helpers/stored-days.js'

/** Stores a market in a few statements: bars, and what the ledger says of their dates. `make bench` has it loaded from files. */
async function store(pool: pg.Pool, planted: Planted): Promise<void> {
  const ids = new Map(planted.listed.map(({ symbol }, index) => [symbol, index + 1]))
  await insertSymbols(pool, [...ids].map(([symbol, id]) => [id, symbol]))
  const days = [...daysOf(planted)]
  const bars = days.flatMap(({ date, bars }) => bars.map(({ symbol, bar }) => ({ date, id: ids.get(symbol)!, symbol, ...bar })))
  const [whole, broken] = [bars.filter(({ door }) => door === undefined), bars.filter(({ door }) => door !== undefined)]
  const column = <K extends keyof (typeof bars)[number]>(of: typeof bars, name: K) => of.map((bar) => bar[name])
  await pool.query('select ohlcv_daily_ensure_partitions($1, $2)', [days[0]!.date, days.at(-1)!.date])
  await pool.query(
    `insert into ohlcv_daily (symbol_id, time, open, high, low, close, volume, load_id)
     select *, 1 from unnest($1::integer[], $2::date[], $3::numeric[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[])`,
    (['id', 'date', 'open', 'high', 'low', 'close', 'volume'] as const).map((name) => column(whole, name)))
  await pool.query(
    `insert into rejected_rows (dataset, date, line, reason, symbol, raw, load_id)
     select 'day_aggs', date, row_number() over (), reason, symbol, '', 1 from unnest($1::date[], $2::text[], $3::text[]) r (date, reason, symbol)`,
    (['date', 'door', 'symbol'] as const).map((name) => column(broken, name)))
  await pool.query(
    `insert into lineage (dataset, date, run_id, provider, object_key, source_identity, size_bytes, sha256, pulled_at, read, staged, inserted,
       updated, unchanged, removed, rejected, unknown, not_selected, duplicates, rules_version, identity_seq, authoritative, committed_at)
     select 'day_aggs', date, $2::bigint, 'massive', date::text, date::text, 1, repeat('ab', 32), now(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, true, now() from unnest($1::date[]) d (date)`,
    [days.map(({ date }) => date), await insertRun(pool)])
  await pool.query(
    `insert into days (dataset, date, load_id, row_count, hash_sum, rehash_sum, largest, rejects, stale)
     select l.dataset, l.date, l.load_id, c.row_count, c.hash_sum, c.rehash_sum, c.row_count, 0, false from lineage l cross join lateral ohlcv_daily_checksum(l.date) c`)
  for (const { symbol, split } of toldSplits(planted)) {
    const [from, to] = split!.shares === 1.5 ? [2, 3] : split!.shares > 1 ? [1, split!.shares] : [1 / split!.shares, 1]
    await pool.query(
      `insert into splits (symbol_id, ex_date, source, split_from, split_to, usual, known_since, symbol, answer, pulled_at) values ($1, $2::date, 'massive', $3, $4, true, $2::date, $5, '', now())`,
      [ids.get(symbol), planted.dates[split!.at], from, to, symbol])
  }
}

await t.test('of defects of every kind in a market with crashes, earnings, splits and thin names, nearly all are found, and hardly anything else', async (t) => {
  const { pool } = await freshDatabase(t)
  const random = new Random(Number(process.env['QUALITY_SEED'] || 1))
  const planted = plantDefects(makeMarket(Number(process.env['QUALITY_SECURITIES'] || 110), Number(process.env['QUALITY_SESSIONS'] || 110), random), Number(process.env['QUALITY_EACH'] || 2), random)
  await store(pool, planted)
  const thresholds = thresholdsOf(readSettings({}, {}))
  await check(pool, { rules: RULES, thresholds: { ...thresholds } })
  const scores = await scoresOf(pool, planted)
  t.comment(`recall ${percentOf(scores.recall).toFixed(1)} %, precision ${percentOf(scores.precision).toFixed(1)} %`)
  for (const of of [scores.recall, scores.precision]) for (const { name, all, right } of of) t.comment(`${name}: ${right} of ${all}`)
  t.same(scores.missed, [])
  t.ok(percentOf(scores.precision) >= 95, JSON.stringify(scores.wrong))
})
