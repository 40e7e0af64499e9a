import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import type { Test } from 'tap'
import { createCalendar } from '../../lib/calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../lib/calendar/exchanges.js'
import type { Dataset } from '../../lib/datasets/dataset.js'
import { partitionsOf } from '../../lib/datasets/partitions.js'
import { addDays, isoDate, type DateRange, type IsoDate } from '../../lib/domain/dates.js'
import { instantOf } from '../../lib/domain/zone.js'
import { applyDifference, compare, insertAll, storedSums } from '../../lib/store/bars/merge.js'
import { ensurePartitions, summarize } from '../../lib/store/bars/partitions.js'
import { beginStaging, copyIntoStaging } from '../../lib/store/bars/staging.js'
import { sumsOf } from '../../lib/store/bars/sums.js'
import { freshDatabase } from '../helpers/database.js'
import { isPartitioned } from '../helpers/engine.js'

/** Ordinary sessions, those around both changes of the clocks and these Sundays themselves, and the ends of months, quarters and years. */
const DATES = [
  '1999-12-31', '2000-01-03', '2016-11-21', '2023-12-31', '2024-01-01', '2024-01-31', '2024-02-01', '2024-02-29', '2024-03-08', '2024-03-09', '2024-03-10', '2024-03-11',
  '2024-03-31', '2024-04-01', '2024-06-30', '2024-07-01', '2024-11-01', '2024-11-02', '2024-11-03', '2024-11-04', '2024-12-31', '2025-01-02',
].map(isoDate)

const calendar = createCalendar(DEFAULT_EXCHANGE)

/** Whether the bars of a table have an instant for a time, and not a date. */
async function hasInstants(pool: pg.Pool, { table }: Dataset): Promise<boolean> {
  const { rows } = await pool.query<{ type: string }>(`select format_type(atttypid, null) as type from pg_attribute where attrelid = $1::regclass and attname = 'time'`, [table])
  return rows[0]!.type === 'timestamp with time zone'
}

/** The times that staged bars of a date may have: the first and the last minute of its day, or none but the date. */
function stagedTimes({ zone }: Dataset, date: IsoDate, instants: boolean): (string | null)[] {
  if (!instants) return [null]
  return [instantOf(date, '00:00', zone), new Date(instantOf(addDays(date, 1), '00:00', zone).getTime() - 60_000)].map((time) => time.toISOString())
}

/** A line of COPY; the close tells one bar from another. */
const line = (symbolId: number, time: string | null, close: string, transactions: number | null = 5): string =>
  `${symbolId}\t${time ?? '\\N'}\t10.5\t12\t9\t${close}\t1000.25\t${transactions ?? '\\N'}\n`

/** Stages the lines as the file of a date and merges them, as a load does; returns what differed. */
async function merge(client: pg.PoolClient, dataset: Dataset, date: IsoDate, loadId: number, lines: readonly string[]) {
  await beginStaging(client)
  await pipeline(Readable.from(lines), copyIntoStaging(client))
  const scope = { dataset, date, symbolIds: null }
  const { difference, sums } = await compare(client, scope)
  if (difference.stored === 0) await insertAll(client, scope, loadId)
  else await applyDifference(client, scope, { loadId, cause: 'vendor', difference })
  const stored = await storedSums(client, scope)
  await client.query('commit')
  return { difference, sums, stored }
}

/** Makes the partitions of the dates and stores two securities' bars on each. */
async function fill(pool: pg.Pool, dataset: Dataset, dates: readonly IsoDate[], instants: boolean): Promise<void> {
  const client = await pool.connect()
  try {
    for (const date of dates) {
      await ensurePartitions(client, dataset, date, date)
      await merge(client, dataset, date, 1, [1, 2].flatMap((symbolId) => stagedTimes(dataset, date, instants).map((time) => line(symbolId, time, '11'))))
    }
  } finally {
    client.release(true)
  }
}

async function datesStored(pool: pg.Pool, { table, times }: Dataset): Promise<string[]> {
  const { rows } = await pool.query<{ date: string }>(`select distinct ${times.dateOf('time')} as date from ${table} order by 1`)
  return rows.map(({ date }) => date)
}

/** What must hold for every dataset. */
export async function testDataset(t: Test, dataset: Dataset): Promise<void> {
  const { name, table, times, zone } = dataset
  const { pool } = await freshDatabase(t)
  const [partitioned, instants] = [await isPartitioned(pool), await hasInstants(pool, dataset)]

  await t.test(`${name} has days of the exchange whose files are loaded`, async (t) => t.equal(zone, DEFAULT_EXCHANGE.zone))

  await t.test(`${name} has a table of bars`, async (t) => {
    const { rows } = await pool.query<{ line: string }>(`
      select concat_ws(' ', attname, format_type(atttypid, atttypmod), case when attnotnull then 'not null' end) as line
      from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`, [table])
    t.same(rows.map((row) => row.line), [
      'symbol_id integer not null', `time ${instants ? 'timestamp with time zone' : 'date'} not null`, 'open numeric not null', 'high numeric not null',
      'low numeric not null', 'close numeric not null', 'volume numeric not null', 'transactions bigint', 'load_id bigint not null', 'filled_by text', 'fetch_id bigint',
    ])
    const { rows: [key] } = await pool.query(`select pg_get_constraintdef(oid) as key from pg_constraint where conrelid = $1::regclass and contype = 'p'`, [table])
    t.same(key, { key: 'PRIMARY KEY (symbol_id, "time")' })
  })

  await t.test(`${name} gives loader and reader their rights, and nobody else any`, async (t) => {
    const { rows: onTable } = await pool.query(`
      select pg_get_userbyid(grantee) as role, string_agg(privilege_type, ' ' order by privilege_type) as rights
      from pg_class cross join lateral aclexplode(relacl) where pg_class.oid = $1::regclass and grantee <> relowner group by 1 order by 1`, [table])
    t.same(onTable, [{ role: 'ohlcv_loader', rights: 'DELETE INSERT SELECT UPDATE' }, { role: 'ohlcv_reader', rights: 'SELECT' }])
    const { rows: functions } = await pool.query(`
      select proname as name, prosecdef as definer, array(
        select case grantee when 0 then 'public' else pg_get_userbyid(grantee)::text end from aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee <> proowner order by 1
      ) as roles
      from pg_proc where pronamespace = current_schema()::regnamespace and starts_with(proname, $1 || '_') order by proname`, [table])
    const own = (suffix: string) => ({ name: `${table}_${suffix}`, definer: true, roles: ['ohlcv_loader'] })
    const open = (name: string) => ({ name, definer: false, roles: ['public'] })
    t.same(functions, [
      open(`${table}_checksum`),
      ...(dataset.retention === null ? [] : [open(dataset.retention)]),
      own('ensure_partitions'),
      ...(dataset.summarize === null ? [] : [{ ...own(''), name: dataset.summarize }]),
    ])
  })

  await t.test(`${name} tells dates and times of each other as the exchange does`, async (t) => {
    const { rows } = await pool.query<Record<string, unknown>>(`
      with days as (select d, starts, ${times.startOf('d')} as time, ${times.startOf('d + 1')} as next from unnest($1::date[], $2::text[]) days (d, starts))
      select d::text as date, time::text = starts as starts, ${times.dateOf('time')} = d as "dateOf",
             ${times.on('time', 'd')} as "on", ${times.on('next', 'd')} as "nextOn", ${times.on('time', 'd + 1')} as before,
             ${times.within('time', 'd', 'd')} and ${times.within('time', 'd - 3', 'd')} and ${times.within('time', 'd', 'd + 3')} as within,
             ${times.within('next', 'd - 3', 'd')} or ${times.within('time', 'd + 1', 'd + 3')} as beyond
      from days`,
    [DATES, DATES.map((date) => (instants ? `${instantOf(date, '00:00', zone).toISOString().slice(0, 19).replace('T', ' ')}+00` : date))])
    t.same(rows, DATES.map((date) => ({ date, starts: true, dateOf: true, on: true, nextOn: false, before: false, within: true, beyond: false })))
  })

  await t.test(`${name} has whole sessions on their date`, { skip: !instants && 'its times are dates' }, async (t) => {
    const sessions = DATES.flatMap((date) => calendar.session(date) ?? [])
    const { rows } = await pool.query<{ date: string }>(`
      select d::text as date from unnest($1::date[], $2::timestamptz[], $3::timestamptz[]) s (d, open, close)
      where ${times.dateOf('open')} = d and ${times.dateOf('close')} = d and ${times.on('open', 'd')} and ${times.on('close', 'd')}`,
    [sessions.map(({ date }) => date), sessions.map(({ open }) => open), sessions.map(({ close }) => close)])
    t.same(rows.map(({ date }) => date), sessions.map(({ date }) => date))
    t.ok(sessions.length > 5)
  })

  await t.test(`${name} has its partitions made, each of them once`, { skip: !partitioned && 'hypertables make theirs' }, async (t) => {
    const { pool } = await freshDatabase(t)
    for (const range of [['2023-12-31', '2024-01-01'], ['2024-02-29', '2024-04-01'], ['1999-11-30', '1999-11-30']].map(([start, end]): DateRange => ({ start: isoDate(start!), end: isoDate(end!) }))) {
      const pieces = partitionsOf(dataset, range)
      const here = await ensurePartitions(pool, dataset, range.start, range.end)
      t.equal(await ensurePartitions(pool, dataset, range.start, range.end), 0, 'a second time there is nothing to do')
      t.ok(here <= pieces.length)
      const { rows } = await pool.query<{ partitions: string[] }>(`
        with stored as (
          insert into ${table} select 1, ${times.startOf('d::date')}, 1, 1, 1, 1, 1, null, 1
          from unnest($1::date[], $2::date[]) p (first, last) cross join lateral generate_series(first, last, interval '1 day') d returning time, tableoid::regclass::text as partition
        )
        select array_agg(distinct partition) as partitions from stored join unnest($1::date[], $2::date[]) p (first, last) on ${times.within('time', 'first', 'last')} group by first order by first`,
      [pieces.map(({ start }) => start), pieces.map(({ end }) => end)])
      const partitions = rows.flatMap((row) => row.partitions)
      t.equal(partitions.length, pieces.length, 'one partition a piece')
      t.equal(new Set(partitions).size, pieces.length)
      await pool.query(`delete from ${table}`)
    }
    const { rows: [count] } = await pool.query(`select count(*) from pg_inherits where inhparent = $1::regclass`, [table])
    t.same(count, { count: dataset.partition === 'month' ? 6 : 4 }, 'and none beside those')
  })

  await t.test(`${name} has every bar on its date and on no other, whatever the date`, async (t) => {
    const { pool } = await freshDatabase(t)
    await fill(pool, dataset, DATES, instants)
    t.same(await datesStored(pool, dataset), DATES)
    const { rows } = await pool.query<{ date: string; bars: number; there: number; sums: boolean }>(`
      select d::text as date, (select count(*) from ${table} where ${times.on('time', 'd')}) as bars, (select count(*) from ${table} where ${times.within('time', 'd', 'd')}) as there,
             (select c.row_count from ${table}_checksum(d) c) as checked
      from (select unnest($1::date[]) as d union select unnest($1::date[]) - 1 union select unnest($1::date[]) + 1) days order by d`, [DATES])
    const bars = 2 * stagedTimes(dataset, DATES[0]!, instants).length
    t.same(rows, rows.map(({ date }) => {
      const expected = DATES.some((known) => known === date) ? bars : 0
      return { date, bars: expected, there: expected, checked: expected }
    }))
  })

  await t.test(`${name} takes another version of a date, and its sums are those of its checksum`, async (t) => {
    const { pool } = await freshDatabase(t)
    const [before, date, after] = ['2024-11-02', '2024-11-03', '2024-11-04'].map(isoDate) as [IsoDate, IsoDate, IsoDate]
    await fill(pool, dataset, [before, date, after], instants)
    const client = await pool.connect()
    t.teardown(() => client.release(true))
    const all = stagedTimes(dataset, date, instants)
    const [first = null] = all
    const others = all.length - 1
    const same = all.slice(1).map((time) => line(1, time, '11'))
    const version = [line(1, first, '11.5', null), ...same, line(3, first, '11')]
    const { difference, sums, stored } = await merge(client, dataset, date, 2, version)
    t.same(difference, { stored: 2 * all.length, inserted: 1, updated: 1, unchanged: others, removed: all.length })
    t.same(stored, sums)
    const { rows: [checked] } = await pool.query(`select row_count as "rowCount", hash_sum::text as "hashSum", rehash_sum::text as "rehashSum" from ${table}_checksum($1)`, [date])
    t.same(checked, sums)
    const { rows: [summed] } = await pool.query(sumsOf(dataset, 'o', `(select * from ${table} o where ${times.on('o.time', '$1::date')}) o`), [date])
    t.same(summed, sums)
    t.match((await merge(client, dataset, date, 3, version)).difference, { inserted: 0, updated: 0, removed: 0 }, 'which again changes nothing')
    const { rows: revisions } = await pool.query(`
      select date, symbol_id, time, new_close is null as gone from bar_revisions where dataset = $1 order by symbol_id, time`, [name])
    const revisionTime = (time: string | null) => (time === null ? null : new Date(time))
    t.same(revisions, [
      { date, symbol_id: 1, time: revisionTime(first), gone: false },
      ...all.map((time) => ({ date, symbol_id: 2, time: revisionTime(time), gone: true })),
    ])
    await t.resolves(summarize(client, { dataset, date }))
    const untouched = await pool.query(`select from ${table} where load_id = 1 and (${times.on('time', '$1::date')} or ${times.on('time', '$2::date')})`, [before, after])
    t.equal(untouched.rowCount, 4 * all.length)
  })

  await t.test(`${name} drops what is older than a date and nothing else`, { skip: dataset.retention === null && 'its bars are kept for good' }, async (t) => {
    const { pool } = await freshDatabase(t)
    await fill(pool, dataset, DATES, instants)
    await pool.query(`
      insert into ingestion_runs (command, parameters, version) values ('load', '{}', 'test');
      insert into lineage (dataset, date, run_id, provider, object_key, source_identity, size_bytes, sha256, pulled_at, read, staged, inserted, updated, unchanged,
        removed, rejected, unknown, not_selected, duplicates, rules_version, identity_seq, authoritative)
      values ('${name}', '2024-01-02', 1, 'test', '', '', 0, '', now(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, true)`)
    await pool.query(`insert into days (dataset, date, load_id, row_count) select dataset, date, 1, 0 from unnest($1::date[]) date, unnest(array[$2, 'other_aggs']) dataset`, [DATES, name])
    const day = isoDate('2024-03-11')
    const last = partitioned ? partitionsOf(dataset, { start: isoDate('1990-01-01'), end: day }).at(-1)!.start : day
    const kept = DATES.filter((date) => date >= last)
    await pool.query(`select ${dataset.retention}($1)`, [day])
    t.same(await datesStored(pool, dataset), kept)
    const { rows } = await pool.query<{ dataset: string; dates: string[] }>('select dataset, array_agg(date::text order by date) as dates from days group by dataset')
    t.same(new Map(rows.map((row) => [row.dataset, row.dates])), new Map<string, string[]>([[name, kept], ['other_aggs', DATES]]))
    t.equal((await pool.query(`select from ${table}`)).rowCount, kept.length * 2 * stagedTimes(dataset, day, instants).length)
  })
}
