import type pg from 'pg'
import { dayNumber, type IsoDate } from '../domain/dates.js'
import type { Queryable } from './database.js'

/** First key of every advisory lock here, or the upper half of its only one: the bytes of "ohlc". */
const SPACE = 0x6f686c63

/** Every advisory lock there is, by its two keys; from 1000 on the second is the tests' own. */
export const LOCKS = {
  /** Partitions are made: taken by the function ohlcv_make_partitions of the schema. */
  partitions: [SPACE, 1],
  /** The schema is migrated, dropped, or its tables are distributed. */
  migrations: [SPACE, 2],
  /** Symbols are given to securities: shared by who merges a date. */
  identities: [SPACE, 3],
  /** The embedded server is used, shared, or stopped. */
  server: [SPACE, 4],
  /** The quality of bars is checked. */
  quality: [SPACE, 5],
  /** Dates of a dataset are filled with fetched bars: shared by who merges a date of it. */
  fills: ({ lockNumber }: LockedByDate): [number, number] => [SPACE, 100 + lockNumber],
  /** Fetched bars of a length that fills nothing are merged. */
  fetched: ({ lockNumber }: LockedWhole): [number, number] => [SPACE, 200 + lockNumber],
  /** A provider's requests are counted: taken by the functions ohlcv_reserve_requests and ohlcv_give_back_requests of the schema, the second key being a hash of its name. */
  quota: SPACE - 1,
  /** A date of a dataset is merged. */
  date: ({ lockNumber }: LockedByDate, date: IsoDate): [number, number] => [SPACE + lockNumber, dayNumber(date)],
  /** A run lives. One key of 64 bits, which PostgreSQL keeps apart from two; the function ohlcv_run_is_alive of the schema looks for it. */
  run: (runId: number): string => ((BigInt(SPACE) << 32n) + BigInt(runId)).toString(),
  /** Actions are taken on: who counts those that are being done is alone. */
  actions: [SPACE, 6],
  /** A demo is made and shown. */
  demo: [SPACE, 7],
  /** It is looked who has to be told of what. */
  alerts: [SPACE, 8],
  /** An action is being done. One key of 64 bits; the function ohlcv_action_is_alive of the schema looks for it. */
  action: (actionId: number): string => ((BigInt(SPACE - 2) << 32n) + BigInt(actionId)).toString(),
} as const

/** What is locked date by date. */
export interface LockedByDate {
  lockNumber: number
}

/** What is locked as a whole. */
export interface LockedWhole {
  lockNumber: number
}

// Who merges takes its locks in one order: the date, without waiting; identities; fills or fetched. Who holds a later one waits for no earlier
// one, so that merges of dates, merges of fills and identity changes, which take identities alone, never wait for each other in a circle.

/** Tries to become the only one who merges this date until the transaction ends; if so, keeps identity changes and fills of the dataset out as well. */
export async function tryLockDate(client: pg.ClientBase, dataset: LockedByDate, date: IsoDate): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    `select locked, case when locked then pg_advisory_xact_lock_shared($3, $4) end, case when locked then pg_advisory_xact_lock_shared($5, $6) end
       from (select pg_try_advisory_xact_lock($1, $2) as locked offset 0) date`,
    [...LOCKS.date(dataset, date), ...LOCKS.identities, ...LOCKS.fills(dataset)],
  )
  return rows[0]!.locked
}

/** Waits for identity changes and keeps others out until the transaction ends. */
export async function shareIdentities(client: pg.ClientBase): Promise<void> {
  await client.query('select pg_advisory_xact_lock_shared($1, $2)', [...LOCKS.identities])
}

/** Shares identities, then waits for who merges fetched bars of the timespan and keeps others out until the transaction ends. */
export async function lockFetched(client: pg.ClientBase, timespan: LockedWhole): Promise<void> {
  await client.query('select pg_advisory_xact_lock_shared($1, $2), pg_advisory_xact_lock($3, $4)', [...LOCKS.identities, ...LOCKS.fetched(timespan)])
}

/** Shares identities, then waits for who merges dates or fills of the dataset and keeps others out until the transaction ends. */
export async function lockFills(client: pg.ClientBase, dataset: LockedByDate): Promise<void> {
  await client.query('select pg_advisory_xact_lock_shared($1, $2), pg_advisory_xact_lock($3, $4)', [...LOCKS.identities, ...LOCKS.fills(dataset)])
}

/** Waits for merges, of files and of fetched bars, and keeps others out until the transaction ends: the other side of {@link tryLockDate}, {@link shareIdentities} and what else shares identities. */
export async function lockIdentities(client: pg.ClientBase): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1, $2)', [...LOCKS.identities])
}

/** Waits until nobody merges this date any more, and keeps others out until the transaction ends. */
export async function lockDate(client: pg.ClientBase, dataset: LockedByDate, date: IsoDate): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1, $2)', LOCKS.date(dataset, date))
}

/**
 * Ends the server's process of a connection that was lost, if it still holds the date's lock, and waits until it is gone:
 * a server may notice late that its client is no more. The lock proves that the process is still that one.
 */
export async function endHolder(db: Queryable, dataset: LockedByDate, date: IsoDate, process: number): Promise<void> {
  await db.query(
    `select pg_terminate_backend(pid, 10000)
       from pg_locks
      where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
        and classid::bigint = $1 and objid::bigint = $2 and objsubid = 2 and granted and pid = $3`,
    [...LOCKS.date(dataset, date), process],
  )
}

/** Waits until nobody migrates the schema any more, and keeps others from it for as long as this session lives, or until {@link unlockMigrations}. */
export async function lockMigrations(client: pg.ClientBase): Promise<void> {
  await client.query('select pg_advisory_lock($1, $2)', [...LOCKS.migrations])
}

export async function unlockMigrations(client: pg.ClientBase): Promise<void> {
  await client.query('select pg_advisory_unlock($1, $2)', [...LOCKS.migrations])
}

/** Tries to become the only one who checks the quality of bars, for as long as this session lives, or until {@link unlockQuality}. */
export async function tryLockQuality(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1, $2) as locked', [...LOCKS.quality])
  return rows[0]!.locked
}

/** Waits for who checks the quality of bars, and keeps others from it as {@link tryLockQuality} does. */
export async function lockQuality(client: pg.ClientBase): Promise<void> {
  await client.query('select pg_advisory_lock($1, $2)', [...LOCKS.quality])
}

export async function unlockQuality(client: pg.ClientBase): Promise<void> {
  await client.query('select pg_advisory_unlock($1, $2)', [...LOCKS.quality])
}

/** Waits for who looks whether anybody has to be told of something, and keeps others from it until the transaction ends. */
export async function lockAlerts(client: pg.ClientBase): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1, $2)', [...LOCKS.alerts])
}

/** Tries to become the only one who shows a demo here, for as long as this session lives. */
export async function tryLockDemo(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1, $2) as locked', [...LOCKS.demo])
  return rows[0]!.locked
}

/** Takes a share in the embedded server for as long as this session lives; waits for one who is stopping it. */
export async function shareServer(client: pg.ClientBase): Promise<void> {
  await client.query('select pg_advisory_lock_shared($1, $2)', [...LOCKS.server])
}

/** Gives the share back and takes the embedded server for this session alone, if nobody else has a share. */
export async function takeServerAlone(client: pg.ClientBase): Promise<boolean> {
  await client.query('select pg_advisory_unlock_shared($1, $2)', [...LOCKS.server])
  const { rows } = await client.query<{ alone: boolean }>('select pg_try_advisory_lock($1, $2) as alone', [...LOCKS.server])
  return rows[0]!.alone
}
