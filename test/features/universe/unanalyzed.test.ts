import pg from 'pg'
import t from 'tap'
import { createCalendar } from '../../../lib/calendar/calendar.js'
import { XNYS } from '../../../lib/calendar/exchanges/xnys.js'
import { TYPES } from '../../../lib/postgres/database.js'
import { datesAsLoaded, loadedDays } from '../../../lib/store/ledger/days.js'
import { DAY_AGGS } from '../../../lib/datasets/day.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { undated, type Listing } from '../../../lib/formats/listing.js'
import { survey } from '../../../lib/features/status/survey.js'
import { importListings } from '../../../lib/features/universe/import.js'
import { renameSymbol } from '../../../lib/features/universe/rename.js'
import { freshDatabase, onConnect } from '../../helpers/database.js'
import { ACCEPTED as options, runtimeOf } from '../../helpers/load.js'

const [FIRST, LAST] = [isoDate('2024-04-01'), isoDate('2024-04-26')]
const SYMBOLS = 11_000

/** A loaded range as nobody has analyzed it: bars of known symbols, and others that were unknown on each date. */
const LOADED = `
  do $$
  declare name text;
  begin
    perform ohlcv_daily_ensure_partitions('${FIRST}', '${LAST}');
    for name in select oid::regclass from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' loop
      execute format('alter table %s set (autovacuum_enabled = off)', name);
    end loop;
  end $$;
  insert into tickers (symbol_id, symbol) select n, 'S' || n from generate_series(1, ${SYMBOLS}) n;
  insert into ticker_symbols select n, 'S' || n, '(,)', true from generate_series(1, ${SYMBOLS}) n;
  insert into identity_facts (kind, symbol, cause) select 'known', 'S' || n, 'import' from generate_series(1, ${SYMBOLS}) n;
  insert into universe_changes (symbol, dates, new_symbol_id, cause) select 'S' || n, '(,)', n, 'import' from generate_series(1, ${SYMBOLS}) n;
  select setval('tickers_symbol_id_seq', ${SYMBOLS});
  insert into ingestion_runs (command, parameters, version, status) values ('load', '{}', 'test', 'succeeded');
  create temp table dates as select d::date as date from generate_series(date '${FIRST}', '${LAST}', interval '1 day') d where extract(isodow from d) < 6;
  insert into lineage (dataset, date, run_id, provider, object_key, source_identity, size_bytes, sha256, pulled_at, read, staged, inserted, updated,
                       unchanged, removed, rejected, unknown, not_selected, duplicates, rules_version, identity_seq, authoritative)
  select 'day_aggs', date, 1, 'test', 'file', 'etag:1', 0, '', now(), 5000, 2000, 2000, 0, 0, 0, 0, 3000, 0, 0, 1, 0, true from dates order by date;
  insert into ohlcv_daily select n, date, 1, 1, 1, 1, 1, 1, 1 from dates, generate_series(1, 2000) n;
  insert into unknown_symbols select 'day_aggs', date, 'N' || n from dates, generate_series(1, 3000) n;
  insert into days (dataset, date, load_id, row_count, hash_sum, rehash_sum, largest)
  select 'day_aggs', date, load_id, row_count, hash_sum, rehash_sum, row_count from lineage cross join lateral ohlcv_daily_checksum(date)`

await t.test('a second load right after the first, and what changes identities then, need no statistics', async (t) => {
  const { url, pool: setUp } = await freshDatabase(t)
  const client = await setUp.connect()
  const started = performance.now()
  await client.query(LOADED)
  // A plan that nobody gave statistics takes minutes. What a busy machine makes slow, making the data was slow by as well.
  const limit = Math.round(Math.max(5000, 5 * (performance.now() - started)))
  client.release(true)
  const limited: (client: pg.ClientBase) => unknown = async (client) => {
    await onConnect(client)
    await client.query(`set statement_timeout = ${limit}`)
  }
  const pool = new pg.Pool({ connectionString: url, types: TYPES, onConnect: limited })
  // The database may be dropped before its last connection is gone.
  pool.on('error', () => {})
  t.teardown(() => pool.end())
  const importRows = (rows: Listing[]) => importListings(runtimeOf(pool), { listings: { rows, testIssues: 0 }, cause: 'import', ...options })
  const listings = (letter: string) => Array.from({ length: SYMBOLS }, (_, n) => undated(n + 2, `${letter}${n + 1}`, {}))

  const days = await loadedDays(pool, 'day_aggs', { start: FIRST, end: LAST })
  t.equal((await datesAsLoaded(pool, DAY_AGGS, [...days.values()])).size, 20)
  const judge = { calendar: createCalendar(XNYS), publication: { publishedAt: '11:00', missingAfter: 24 }, now: new Date('2024-04-29T12:00:00Z') }
  t.equal((await survey(pool, { dataset: DAY_AGGS, range: { start: FIRST, end: LAST }, thinBelow: 80, ...judge })).days.filter(({ rowCount }) => rowCount !== null).length, 20)

  t.match(await importRows(listings('N')), { added: SYMBOLS, change: { staleDates: 20 } })
  t.match((await renameSymbol(runtimeOf(pool), { oldSymbol: 'S1', newSymbol: 'T1', on: isoDate('2024-04-15'), reused: true, ...options })).change, { changed: { length: 1 }, barsMoved: 10 })
  const ended = listings('S').slice(1).map((row) => ({ ...row, to: isoDate('2024-04-15') }))
  t.match((await importRows(ended)).change, { changed: { length: SYMBOLS - 1 }, barsRemoved: 1999 * 10, dates: 10 })

  const { rows } = await setUp.query(`select relname from pg_stat_user_tables where schemaname = 'public' and (last_analyze is not null or last_autoanalyze is not null)`)
  t.same(rows, [], 'nobody has analyzed anything')
})
