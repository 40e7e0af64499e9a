import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { freshDatabase } from '../helpers/database.js'
import { RECORDED, withRecorded } from '../helpers/recorded.js'
import { poolAs } from '../helpers/roles.js'
import { insertSymbols } from '../helpers/stored-days.js'

// Adjusted prices worked out by hand: closes and ratios are public facts, the other prices are the close where nothing is said of them.

const database = await freshDatabase(t)
const { pool } = database
await pool.query(`select ohlcv_daily_ensure_partitions('2012-01-01', '2024-12-31')`)

let next = 1

/** A security of its own with these bars, as `date close [volume]`. */
async function security(bars: readonly string[], names?: (id: number) => [number, string, string][]): Promise<{ id: number; symbol: string }> {
  const id = next++
  const symbol = `S${id}`
  await insertSymbols(pool, names?.(id) ?? [[id, symbol]])
  for (const bar of bars) {
    const [date, close, volume = '1000'] = bar.split(' ')
    await pool.query('insert into ohlcv_daily (symbol_id, time, open, high, low, close, volume, transactions, load_id) values ($1, $2, $3, $3, $3, $3, $4, 7, 1)', [id, date, close, volume])
  }
  return { id, symbol }
}

async function split(id: number, date: string, from: string, to: string, { source = 'massive', usual = true } = {}): Promise<void> {
  await pool.query(`insert into splits values ($1, $2, $3, $4, $5, $6, $2, 'S', 'x', now())`, [id, date, source, from, to, usual])
}

async function dividend(id: number, date: string, amount: string, { source = 'massive', kind = 'regular', known = date, currency = 'USD' } = {}): Promise<void> {
  await pool.query(`insert into dividends values ($1, $2, $3, $4, $5, $6, null, null, null, $7, 'S', 'x', now())`, [id, date, source, kind, amount, currency, known])
}

/** `date close volume` of each bar, with a slash and the open where that is another. */
async function adjusted(symbol: string, basis: string, { first = '2012-01-01', last = '2024-12-31', asOf = null as string | null } = {}): Promise<string[]> {
  const { rows } = await pool.query<Record<string, string>>('select time::text as date, open, high, low, close, volume, transactions from ohlcv_adjusted($1, $2, $3, $4, $5)', [symbol, first, last, basis, asOf])
  return rows.map(({ date, open, close, volume }) => `${date} ${open === close ? close : `${open}/${close}`} ${volume}`)
}

await t.test('before a split prices go by old over new shares, and volumes the other way', async (t) => {
  // AAPL closed at 645.57 on 2014-06-06, at 93.70 after 7 for 1, at 499.23 on 2020-08-28 and at 129.04 after 4 for 1.
  const { id, symbol } = await security(['2014-06-06 645.57 12497800', '2014-06-09 93.70 75414997', '2020-08-28 499.23 46907479', '2020-08-31 129.04 225702700'])
  await split(id, '2014-06-09', '1', '7')
  await split(id, '2020-08-31', '1', '4')
  t.same(await adjusted(symbol, 'split'), [
    '2014-06-06 23.056071 349938400', // 645.57 / 28 = 23.0560714..., 12,497,800 x 28
    '2014-06-09 23.425 301659988', // 93.70 / 4, 75,414,997 x 4
    '2020-08-28 124.8075 187629916', // 499.23 / 4, 46,907,479 x 4
    '2020-08-31 129.04 225702700',
  ])
  t.same(await adjusted(symbol, 'none'), ['2014-06-06 645.57 12497800', '2014-06-09 93.70 75414997', '2020-08-28 499.23 46907479', '2020-08-31 129.04 225702700'])
  t.same(await adjusted(symbol, 'split', { asOf: '2014-06-09' }), ['2014-06-06 92.224286 87484600', '2014-06-09 93.70 75414997'], '645.57 / 7 = 92.2242857...: what was known then, up to then')
  t.same(await adjusted(symbol, 'split', { asOf: '2014-06-08' }), ['2014-06-06 645.57 12497800'])
  t.same(await adjusted(symbol, 'split', { asOf: '2020-08-30' }), ['2014-06-06 92.224286 87484600', '2014-06-09 93.70 75414997', '2020-08-28 499.23 46907479'])
  t.same(await adjusted(symbol, 'split', { first: '2014-06-07', last: '2014-06-30' }), ['2014-06-09 23.425 301659988'], 'a part of it is adjusted by what came after it')
})

await t.test('splits of one for three and ten, and what they leave of odd numbers', async (t) => {
  // TSLA closed at 2213.40 on 2020-08-28, before 5 for 1, and at 891.29 on 2022-08-24, before 3 for 1. NVDA closed at 1208.88 on 2024-06-07, before 10 for 1.
  const tsla = await security(['2020-08-28 2213.40 20081176', '2022-08-24 891.29 19086622', '2022-08-25 296.07 53230011'])
  await split(tsla.id, '2020-08-31', '1', '5')
  await split(tsla.id, '2022-08-25', '1', '3')
  t.same(await adjusted(tsla.symbol, 'split'), ['2020-08-28 147.56 301217640', '2022-08-24 297.096667 57259866', '2022-08-25 296.07 53230011'], '2213.40 / 15; 891.29 / 3 = 297.09666...')
  const nvda = await security(['2024-06-07 1208.88 41238580.5', '2024-06-10 121.79 314162700'])
  await split(nvda.id, '2024-06-10', '1', '10')
  t.same(await adjusted(nvda.symbol, 'split'), ['2024-06-07 120.888 412385805', '2024-06-10 121.79 314162700'])
})

await t.test('a reverse split makes prices larger and volumes smaller', async (t) => {
  // GE closed at 12.95 on 2021-07-30, before 1 for 8. USO was at about two dollars and a quarter before its own, also 1 for 8.
  const ge = await security(['2021-07-30 12.95 47231505', '2021-08-02 103 6000000'])
  await split(ge.id, '2021-08-02', '8', '1')
  t.same(await adjusted(ge.symbol, 'split'), ['2021-07-30 103.6 5903938.125', '2021-08-02 103 6000000'], '12.95 x 8; 47,231,505 / 8 = 5,903,938.125')
  const uso = await security(['2020-04-28 2.25 81000001', '2020-04-29 18 9000000'])
  await split(uso.id, '2020-04-29', '8', '1')
  t.same(await adjusted(uso.symbol, 'split'), ['2020-04-28 18 10125000.125', '2020-04-29 18 9000000'])
})

await t.test('half of the last decimal is rounded up, exactly, however long the quotient is', async (t) => {
  const { id, symbol } = await security(['2020-01-02 0.000007 0.0000035', '2020-01-03 1000000000.123456 3', '2020-01-06 1'])
  await split(id, '2020-01-06', '1', '2')
  t.same(await adjusted(symbol, 'split'), ['2020-01-02 0.000004 0.000007', '2020-01-03 500000000.061728 6', '2020-01-06 1 1000'], '0.0000035 is 0.000004')
  const seventh = await security(['2020-01-02 0.0000034999999999999999', '2020-01-03 0.0000035', '2020-01-06 1'])
  await split(seventh.id, '2020-01-06', '1', '7')
  t.same((await adjusted(seventh.symbol, 'split')).slice(0, 2), ['2020-01-02 0 7000', '2020-01-03 0.000001 7000'], 'a seventh of the one is just below half, of the other half of the last decimal')
})

await t.test('a dividend takes its share of the last close from all prices before it, and leaves volumes alone', async (t) => {
  const { id, symbol } = await security(['2021-01-04 50 200', '2021-01-05 100 300', '2021-01-06 98 400', '2021-01-07 96.04 500'])
  await dividend(id, '2021-01-06', '1')
  await dividend(id, '2021-01-07', '1.96', { kind: 'special' })
  // 1 - 1/100 = 0.99 before the 6th; 1 - 1.96/98 = 0.98 before the 7th: 0.9702 before both.
  t.same(await adjusted(symbol, 'total'), ['2021-01-04 48.51 200', '2021-01-05 97.02 300', '2021-01-06 96.04 400', '2021-01-07 96.04 500'])
  t.same(await adjusted(symbol, 'split'), ['2021-01-04 50 200', '2021-01-05 100 300', '2021-01-06 98 400', '2021-01-07 96.04 500'])
  t.same(await adjusted(symbol, 'total', { asOf: '2021-01-06' }), ['2021-01-04 49.5 200', '2021-01-05 99 300', '2021-01-06 98 400'])
})

await t.test('dividends of one date are taken together, and those beside a split are of the new shares', async (t) => {
  const { id, symbol } = await security(['2021-01-05 100', '2021-01-06 99', '2021-01-07 49'])
  await dividend(id, '2021-01-06', '0.75')
  await dividend(id, '2021-01-06', '0.25', { kind: 'long_term_gain' })
  await split(id, '2021-01-07', '1', '2')
  await dividend(id, '2021-01-07', '0.495')
  // 1 - 1/100 before the 6th. The close before the 7th is 99 for an old share, 49.50 for a new one: 1 - 0.495/49.5 = 0.99.
  t.same(await adjusted(symbol, 'total'), ['2021-01-05 49.005 2000', '2021-01-06 49.005 2000', '2021-01-07 49 1000'], '100 x 0.9801 / 2; 99 x 0.99 / 2')
})

await t.test('a dividend that cannot be what prices fell by adjusts none: of another currency, as large as the price, or without a price before it', async (t) => {
  const { id, symbol } = await security(['2021-01-05 100', '2021-01-06 100', '2021-01-08 100'])
  await dividend(id, '2021-01-05', '5')
  await dividend(id, '2021-01-06', '5', { currency: 'CAD' })
  await dividend(id, '2021-01-08', '100')
  t.same(await adjusted(symbol, 'total'), ['2021-01-05 100 1000', '2021-01-06 100 1000', '2021-01-08 100 1000'])
})

await t.test('the word of the provider that stands first in the order counts, and where it is silent that of the next', async (t) => {
  await pool.query(`insert into provider_authority values ('massive', 1), ('yahoo', 4) on conflict do nothing`)
  const { id, symbol } = await security(['2021-01-05 120', '2021-01-06 60', '2021-01-07 20'])
  await split(id, '2021-01-06', '1', '3', { source: 'yahoo' })
  await split(id, '2021-01-06', '1', '2', { source: 'massive' })
  await split(id, '2021-01-07', '1', '4', { source: 'yahoo' })
  await dividend(id, '2021-01-07', '6', { source: 'yahoo', kind: 'special' })
  t.same(await adjusted(symbol, 'split'), ['2021-01-05 15 8000', '2021-01-06 15 4000', '2021-01-07 20 1000'], '120 / 2 / 4, 60 / 4')
  await dividend(id, '2021-01-07', '3', { source: 'massive' })
  // 3 of 60 / 4 = 15 for a new share: a fifth.
  t.same(await adjusted(symbol, 'total'), ['2021-01-05 12 8000', '2021-01-06 12 4000', '2021-01-07 20 1000'])
})

await t.test('what was not announced yet is not known, though its day has come', async (t) => {
  const { id, symbol } = await security(['2021-01-05 100', '2021-01-06 99', '2021-01-07 99'])
  await dividend(id, '2021-01-06', '1', { known: '2021-01-07' })
  t.same((await adjusted(symbol, 'total', { asOf: '2021-01-06' }))[0], '2021-01-05 100 1000')
  t.same((await adjusted(symbol, 'total', { asOf: '2021-01-07' }))[0], '2021-01-05 99 1000')
  t.same((await adjusted(symbol, 'total'))[0], '2021-01-05 99 1000')
})

await t.test('a spin-off that is told as a split applies when somebody has said so, and a split that somebody has ruled out does not', async (t) => {
  // GE HealthCare left GE on 2023-01-04; vendors tell it as 1281 for 1000.
  const { id, symbol } = await security(['2023-01-03 65.87', '2023-01-04 55', '2023-01-05 27'])
  await split(id, '2023-01-04', '1000', '1281', { usual: false })
  await split(id, '2023-01-05', '1', '2')
  t.same((await adjusted(symbol, 'split'))[0], '2023-01-03 32.935 2000')
  await pool.query(`insert into split_rulings (symbol_id, ex_date, applies, symbol) values ($1, '2023-01-04', true, 'S'), ($1, '2023-01-05', false, 'S')`, [id])
  t.same(await adjusted(symbol, 'split'), ['2023-01-03 51.420765 1281', '2023-01-04 55 1000', '2023-01-05 27 1000'], '65.87 / 1.281 = 51.4207650...')
})

await t.test('a security is followed under the names that it had, and the symbol means the one that had it last', async (t) => {
  const { id } = await security(['2022-06-08 100', '2022-06-09 50'], (id) => [[id, 'OLD', '[2012-05-18,2022-06-09)'], [id, 'NEW', '[2022-06-09,)']])
  const other = await security(['2012-05-17 7'], (otherId) => [[otherId, 'OLD', '(,2012-05-18)']])
  await split(id, '2022-06-09', '1', '2')
  for (const symbol of ['NEW', 'OLD']) t.same(await adjusted(symbol, 'split'), ['2022-06-08 50 2000', '2022-06-09 50 1000'], symbol)
  const { rows } = await pool.query(`select close from ohlcv_adjusted_bars($1, '2012-01-01', '2024-12-31', 'split')`, [other.id])
  t.same(rows, [{ close: '7' }])
})

await t.test('thirteen years of TSLA, as they were traded, come out as Yahoo has them adjusted for splits', withRecorded, async (t) => {
  interface Chart {
    timestamp: number[]
    indicators: { quote: [Record<'open' | 'high' | 'low' | 'close' | 'volume', number[]>] }
  }
  const { chart } = JSON.parse(readFileSync(path.join(RECORDED, 'recorded/yahoo/TSLA_1d_2010-2023.json'), 'utf8')) as { chart: { result: [Chart] } }
  const [{ timestamp, indicators: { quote: [quote] } }] = chart.result
  const dates = timestamp.map((seconds) => new Date(seconds * 1000).toISOString().slice(0, 10))
  // Five for one on 2020-08-31, three for one on 2022-08-25; what was traded has whole cents, and closed at 2213.40 and 891.29 the days before.
  const shares = dates.map((date) => (date < '2020-08-31' ? 15 : date < '2022-08-25' ? 3 : 1))
  const traded = (values: readonly number[]) => values.map((value, row) => (value * shares[row]!).toFixed(2))
  t.same(['2020-08-28', '2022-08-24'].map((date) => traded(quote.close)[dates.indexOf(date)]), ['2213.40', '891.29'])
  const { id, symbol } = await security([])
  await pool.query(`select ohlcv_daily_ensure_partitions('2010-01-01', '2011-12-31')`)
  await pool.query(`
    insert into ohlcv_daily (symbol_id, time, open, high, low, close, volume, transactions, load_id)
    select $1, date, open, high, low, close, volume, null, 1 from unnest($2::date[], $3::numeric[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[]) b (date, open, high, low, close, volume)`,
  [id, dates, traded(quote.open), traded(quote.high), traded(quote.low), traded(quote.close), quote.volume.map((volume, row) => String(volume / shares[row]!))])
  await split(id, '2020-08-31', '1', '5')
  await split(id, '2022-08-25', '1', '3')
  const { rows } = await pool.query<Record<keyof Chart['indicators']['quote'][0] | 'date', string>>(`select time::text as date, open, high, low, close, volume from ohlcv_adjusted($1, '2010-01-01', '2023-12-31', 'split')`, [symbol])
  t.same(rows.map(({ date }) => date), dates)
  // Six decimals, of which Yahoo's 32 bits hold some seven digits.
  const isSame = (ours: string, theirs: number) => Math.abs(Number(ours) - theirs) <= 0.0000005 + theirs * 2 ** -23
  t.same(rows.flatMap((row, index) => (['open', 'high', 'low', 'close'] as const).filter((field) => !isSame(row[field], quote[field][index]!)).map((field) => `${row.date} ${field} ${row[field]} ${quote[field][index]}`)), [])
  t.same(rows.flatMap(({ date, volume }, index) => (Math.abs(Number(volume) - quote.volume[index]!) < 1e-5 ? [] : [`${date} ${volume} ${quote.volume[index]}`])), [])
})

await t.test('without bars there are none; a symbol or basis that there is not is refused', async (t) => {
  const { symbol } = await security([])
  t.same(await adjusted(symbol, 'total'), [])
  await t.rejects(adjusted('NOBODY', 'split'), { code: '22023', message: `no security was ever called 'NOBODY'` })
  await t.rejects(adjusted(symbol, 'dividends'), { code: '22023', message: `prices are adjusted for none, split or total, and not for 'dividends'` })
})

await t.test('whoever may read may have adjusted prices, of our tables whatever else is called like them', async (t) => {
  const { id, symbol } = await security(['2020-08-28 499.23', '2020-08-31 129.04'])
  await split(id, '2020-08-31', '1', '4')
  const reader = await (await poolAs(t, database, 'ohlcv_reader')).connect()
  try {
    await reader.query('create temp table splits_applied as select * from splits_applied where false')
    const { rows } = await reader.query(`select close from public.ohlcv_adjusted($1, '2020-08-01', '2020-08-30', 'split')`, [symbol])
    t.same(rows, [{ close: '124.8075' }])
  } finally {
    reader.release(true)
  }
})
