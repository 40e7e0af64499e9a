import { writeFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { importWorld } from '../../../helpers/imports.js'
import { directorySource, loadDates, putDayFile } from '../../../helpers/load.js'

const world = await importWorld(t)
const { pool, run } = world
const files = path.join(world.home, 'files')
putDayFile(files, '2025-01-07', ['AAA,7,7,7,7,700,1'])
const csv = path.join(world.home, 'AAA.csv')
// The last row may have been under way, and fills nothing.
writeFileSync(csv, 'timestamp,open,high,low,close,volume\n2025-01-06,6,6,6,6,600\n2025-01-07,6,6,6,6,600\n2025-01-13,6,6,6,6,600\n')

const EVENTS = {
  table: () => run('import legacy --table old.ohlcv'),
  provider: () => run(['import', 'csv', csv, '--provider', 'alpha_vantage']),
  file: () => loadDates(pool, directorySource(files), '2025-01-07'),
} as const
type Event = keyof typeof EVENTS
const ORDERS: Event[][] = [
  ['table', 'provider', 'file'], ['table', 'file', 'provider'], ['provider', 'table', 'file'], ['provider', 'file', 'table'], ['file', 'table', 'provider'], ['file', 'provider', 'table'],
]

async function afresh(): Promise<void> {
  await world.afresh(['AAA'])
  await pool.query(`
    create table old.ohlcv (symbol text, date date, open int, high int, low int, close int, volume int);
    insert into old.ohlcv select 'AAA', date, 5, 5, 5, 5, 500 from unnest(array['2025-01-03', '2025-01-06', '2025-01-07', '2025-01-13']::date[]) date`)
}

const STANDS = [
  'AAA 2025-01-03 5 5 5 5 500 - legacy', 'AAA 2025-01-06 6 6 6 6 600 - alpha_vantage', 'AAA 2025-01-07 7 7 7 7 700 1 -', 'AAA 2025-01-13 5 5 5 5 500 - legacy',
]

for (const order of ORDERS) {
  await t.test(`a day file stands before a provider and that before an old table, in the order ${order.join(', ')}`, async (t) => {
    await afresh()
    for (const event of order) await EVENTS[event]()
    t.same(await world.bars(), STANDS)
    t.same(await world.lines(`select provider, time::text, close from provider_bars where provider = 'legacy' order by 2`), [
      'legacy 2025-01-03 5', 'legacy 2025-01-06 5', 'legacy 2025-01-07 5', 'legacy 2025-01-13 5',
    ])
  })
}

await t.test('and so it is when everything is replayed', async (t) => {
  t.match((await run('fetches replay')).json, { timespans: [{ answers: 2, inserted: 0, updated: 0, removed: 0, failed: 0 }], failures: [] })
  t.same(await world.bars(), STANDS)
  await pool.query('delete from ohlcv_daily where filled_by is not null; delete from provider_bars')
  await run('fetches replay')
  t.same(await world.bars(), STANDS, 'also where all of it was lost')
})

await t.test('imported again, nothing is written, and the same is told to be unchanged', async (t) => {
  await afresh()
  for (const event of ['table', 'provider'] as const) await EVENTS[event]()
  const state = () => world.lines('select ctid, xmin, b::text from ohlcv_daily b union all select ctid, xmin, b::text from provider_bars b order by 3')
  const before = await state()
  t.match((await run('import legacy --table old.ohlcv')).json, { symbols: [{ status: 'unchanged', bars: 4, inserted: 0, updated: 0, unchanged: 4 }] })
  t.same(await state(), before)
})

await t.test('a changed table changes what it filled in; what it lacks by then stays', async (t) => {
  await afresh()
  await run('import legacy --table old.ohlcv')
  await pool.query(`update old.ohlcv set close = 4, low = 4 where date = '2025-01-03'; delete from old.ohlcv where date = '2025-01-07'`)
  t.match((await run('import legacy --table old.ohlcv')).json, { totals: { bars: 3, updated: 1, unchanged: 2 } })
  t.same((await world.bars()).map((bar) => bar.split(' ')[5]), ['4', '5', '5', '5'])
})

await t.test('what was kept can be shown, and what was filled in taken back', async (t) => {
  await afresh()
  for (const event of ['table', 'provider'] as const) await EVENTS[event]()
  const [fetchId] = await world.lines(`select fetch_id from fetches where provider = 'legacy' and form = 'file'`)
  t.match((await run(`fetches show ${fetchId}`)).text, /legacy, AAA, day, 2025-01-03\.\.2025-01-13: stored\nread +2025-03-01 12:00:00Z\n[^]*kept in/)
  t.equal(await (await run(`fetches show ${fetchId}`)).raw(), [
    '# basis: none', 'date,open,high,low,close,volume,transactions', ...['03', '06', '07', '13'].map((day) => `2025-01-${day},5,5,5,5,500,`), '',
  ].join('\n'))
  t.match((await run('fills remove --provider legacy --yes')).json, { fetches: 1, fills: 2 })
  t.same(await world.bars(), ['AAA 2025-01-06 6 6 6 6 600 - alpha_vantage', 'AAA 2025-01-07 6 6 6 6 600 - alpha_vantage'])
  t.same(await world.lines(`select count(*) from provider_bars where provider = 'legacy'`), ['0'])
  await run('import legacy --table old.ohlcv')
  await run('fills remove --provider alpha_vantage --yes')
  t.same((await world.bars()).map((bar) => bar.split(' ').at(-1)), ['legacy', 'legacy', 'legacy', 'legacy'], 'the old table stands again')
})
