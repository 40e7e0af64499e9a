import t from 'tap'
import { importWorld } from '../../../helpers/imports.js'
import { IN_THIS_DATABASE } from '../../../helpers/until.js'

const world = await importWorld(t)
const { pool, run } = world
const BAR = 'open int, high int, low int, close int, volume int'
const ROW = `'AAA', '2025-01-06', 1, 1, 1, 1, 1`
const imported = async (name: string) => ((await run(['import', 'legacy', '--table', name])).json['table'] as { name: string }).name

await t.test('a table is found as it is written, with its schema or by the search path, and its name quoted safely', async (t) => {
  await world.afresh(['AAA'])
  const odd = `O"dd; drop table x.y--`
  await pool.query(`
    create table public.prices (symbol text, date date, ${BAR}); insert into public.prices values (${ROW});
    create table old."Prices" (symbol text, date date, ${BAR}); insert into old."Prices" values (${ROW});
    create table old."${odd.replaceAll('"', '""')}" (symbol text, date date, ${BAR}, "user" text); insert into old."${odd.replaceAll('"', '""')}" values (${ROW});
    create schema "user"; create table "user"."order" (symbol text, date date, ${BAR}); insert into "user"."order" values (${ROW})`)
  t.equal(await imported('prices'), 'public.prices')
  t.equal(await imported('PRICES'), 'public.prices', 'as SQL folds it')
  t.equal(await imported('old.Prices'), 'old."Prices"')
  t.equal(await imported('"old"."Prices"'), 'old."Prices"')
  t.equal(await imported(`old.${odd}`), `old."O""dd; drop table x.y--"`)
  t.equal(await imported('user.order'), '"user"."order"')
  await pool.query('drop table public.prices; drop schema "user" cascade')
})

await t.test('a table that is not there is told, with where there is one of that name', async (t) => {
  await world.afresh(['AAA'])
  await pool.query(`create table old.prices (symbol text)`)
  await t.rejects(run('import legacy --table prices'), { code: 'IMPORT_TABLE_UNKNOWN', message: 'there is no table "prices"', hint: 'there is old.prices: name it with its schema' })
  await t.rejects(run(['import', 'legacy', '--table', 'a b; c']), { code: 'IMPORT_TABLE_UNKNOWN', message: 'there is no table "a b; c"', hint: 'name it as SQL does, with its schema: SCHEMA.TABLE' })
  await t.rejects(run('import legacy'), { code: 'IMPORT_TABLE_MISSING' })
})

await t.test('our own tables of bars are refused, and views of them, whatever they are called', async (t) => {
  await world.afresh(['AAA'])
  await pool.query(`
    create view old.named as select symbol, b.time, open, high, low, close, volume from ohlcv_daily b join ticker_symbols using (symbol_id);
    create view old.again as select * from old.named`)
  const { rows: [partition] } = await pool.query<{ name: string }>(`select ohlcv_daily_ensure_partitions('2025-01-06', '2025-01-06'), inhrelid::regclass::text as name from pg_inherits where inhparent = 'ohlcv_daily'::regclass limit 1`)
  for (const name of ['ohlcv_daily', 'provider_bars', 'ohlcv_weekly', partition!.name, 'old.named', 'old.again']) {
    await t.rejects(run(['import', 'legacy', '--table', name]), { code: 'IMPORT_TABLE_OWN' }, name)
  }
})

await t.test('columns that are missing, twice there or of a type that is not read are told by name', async (t) => {
  await world.afresh(['AAA'])
  const told = async (columns: string) => {
    await pool.query(`drop table if exists old.t; create table old.t (${columns})`)
    return run('import legacy --table old.t').then(() => 'imported', (error: { code: string; message: string }) => `${error.code} ${error.message}`)
  }
  t.equal(await told('ticker text, open int, high int, close int, vol int'), 'IMPORT_COLUMNS old.t has no column time or date or timestamp or day, and none low, and none volume; it has ticker, open, high, close, vol')
  t.equal(await told(`symbol text, ticker text, date date, ${BAR}`), 'IMPORT_COLUMNS old.t has two columns that may be the symbol: symbol and ticker')
  t.equal(await told(`symbol text, date date, day date, ${BAR}`), 'IMPORT_COLUMNS old.t has two columns that may be the time: date and day')
  t.equal(await told('symbol text, date date, open money, high int, low int, close int, volume int'), 'IMPORT_COLUMNS old.t has a column open of type money, and a number or text is wanted')
  t.equal(await told(`symbol text, date text, ${BAR}`), 'IMPORT_COLUMNS old.t has a column date of type text, and a date or timestamp is wanted')
  t.equal(await told(`symbol text, date date, ${BAR}, note json`), 'imported', 'others are of no matter')
})

await t.test('the table is only read: it is as it was, nobody waits for it, and no lock on it is left', async (t) => {
  await world.afresh(['AAA'])
  await pool.query(`create table old.ohlcv (symbol text, date date, ${BAR}); insert into old.ohlcv select 'AAA', '2025-01-06'::date + n, 1, 1, 1, 1, 1 from generate_series(0, 30) n`)
  const state = () => world.lines('select md5(string_agg(ctid::text || xmin::text || o::text, $$,$$ order by ctid)) from old.ohlcv o')
  const before = await state()
  const writer = await pool.connect()
  await writer.query(`begin; update old.ohlcv set close = 2 where date = '2025-01-06'`)
  t.match((await run('import legacy --table old.ohlcv')).json, { state: 'completed', totals: { bars: 31 } }, 'who writes it is not in the way')
  await writer.query('rollback')
  writer.release()
  t.same(await state(), before)
  t.same(await world.lines(`select count(*) from pg_locks where relation = 'old.ohlcv'::regclass and ${IN_THIS_DATABASE}`), ['0'])
})

await t.test('a table that the user may not read is told to be so', async (t) => {
  await world.afresh(['AAA'])
  await pool.query(`create table old.ohlcv (symbol text, date date, ${BAR}); drop role if exists import_nobody; create role import_nobody`)
  const client = await pool.connect()
  try {
    const { findTable } = await import('../../../../lib/store/legacy/table.js')
    await client.query('begin; set local role import_nobody')
    t.match(await findTable(client, 'old.ohlcv'), { name: 'old.ohlcv', readable: false, own: false })
    await client.query('rollback; grant usage on schema old to import_nobody; grant select on old.ohlcv to import_nobody; begin; set local role import_nobody')
    t.match(await findTable(client, 'old.ohlcv'), { readable: true })
  } finally {
    await client.query('rollback; drop owned by import_nobody; drop role import_nobody')
    client.release()
  }
})

await t.test('a view that fails to compute a row is told, and nothing after that row is stored', async (t) => {
  await world.afresh(['AAA', 'BBB'])
  await pool.query(`
    create table old.parts (symbol text, date date, shares int);
    insert into old.parts values ('AAA', '2025-01-06', 2), ('BBB', '2025-01-06', 0);
    create view old.failing as select symbol, date, 10 / shares as open, 10 / shares as high, 10 / shares as low, 10 / shares as close, 100 as volume from old.parts`)
  await t.rejects(run('import legacy --table old.failing'), { code: 'IMPORT_TABLE_UNREADABLE', message: 'old.failing cannot be read: division by zero', hint: 'import a view in its place that leaves such rows out' })
  t.same((await pool.query(`select symbol from ohlcv_daily join tickers using (symbol_id) where symbol = 'BBB'`)).rows, [])
})
