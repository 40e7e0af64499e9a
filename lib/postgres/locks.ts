import type pg from 'pg'
import { dayNumber, type IsoDate } from '../domain/dates.js'
import type { Queryable } from './database.js'

/** First key of every advisory lock here: the bytes of "ohlc". Datasets use the numbers after it. */
const SPACE = 0x6f686c63
const MIGRATIONS = 2
const IDENTITY = 3
const SERVER = 4

/** What is locked date by date. */
export interface LockedByDate {
  lockNumber: number
}

/** Tries to become the only one who merges this date until the transaction ends; if so, keeps identity changes out as well. */
export async function tryLockDate(client: pg.ClientBase, dataset: LockedByDate, date: IsoDate): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    `select locked, case when locked then pg_advisory_xact_lock_shared($3, $4) end
       from (select pg_try_advisory_xact_lock($1, $2) as locked offset 0) date`,
    [SPACE + dataset.lockNumber, dayNumber(date), SPACE, IDENTITY],
  )
  return rows[0]!.locked
}

/** The last identity change made. Asked in a statement of its own after {@link tryLockDate}: its snapshot must be taken once the lock is had. */
export async function lastIdentityChange(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ seq: number }>('select coalesce(max(seq), 0) as seq from universe_changes')
  return rows[0]!.seq
}

/** Waits for loads that are merging and keeps others out until the transaction ends: the other side of {@link tryLockDate}. */
export async function lockIdentities(client: pg.ClientBase): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1, $2)', [SPACE, IDENTITY])
}

const runKey = (runId: number): string => ((BigInt(SPACE) << 32n) + BigInt(runId)).toString()

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
    [SPACE + dataset.lockNumber, dayNumber(date), process],
  )
}

/** Marks a run as alive for as long as this session lives. */
export async function holdRun(client: pg.ClientBase, runId: number): Promise<void> {
  await client.query('select pg_advisory_lock($1::bigint)', [runKey(runId)])
}

/** Closes the runs that say they are running while nobody holds their lock; returns their ids. */
export async function closeDeadRuns(db: Queryable): Promise<number[]> {
  const { rows } = await db.query<{ run_id: number }>(
    `update ingestion_runs
        set status = 'died', finished_at = clock_timestamp(), message = 'the process ended without a word'
      where status = 'running'
        and not exists (
          select from pg_locks
          where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
            and classid::bigint = $1 and objid::bigint = run_id & x'ffffffff'::bigint and objsubid = 1)
      returning run_id`,
    [SPACE],
  )
  return rows.map(({ run_id }) => run_id)
}

/** Waits until nobody merges this date any more, and keeps others out until the transaction ends. */
export async function lockDate(client: pg.ClientBase, dataset: LockedByDate, date: IsoDate): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1, $2)', [SPACE + dataset.lockNumber, dayNumber(date)])
}

/** Waits until nobody migrates the schema any more, and keeps others from it for as long as this session lives, or until {@link unlockMigrations}. */
export async function lockMigrations(client: pg.ClientBase): Promise<void> {
  await client.query('select pg_advisory_lock($1, $2)', [SPACE, MIGRATIONS])
}

export async function unlockMigrations(client: pg.ClientBase): Promise<void> {
  await client.query('select pg_advisory_unlock($1, $2)', [SPACE, MIGRATIONS])
}

/** Takes a share in the embedded server for as long as this session lives; waits for one who is stopping it. */
export async function shareServer(client: pg.ClientBase): Promise<void> {
  await client.query('select pg_advisory_lock_shared($1, $2)', [SPACE, SERVER])
}

/** Gives the share back and takes the embedded server for this session alone, if nobody else has a share. */
export async function takeServerAlone(client: pg.ClientBase): Promise<boolean> {
  await client.query('select pg_advisory_unlock_shared($1, $2)', [SPACE, SERVER])
  const { rows } = await client.query<{ alone: boolean }>('select pg_try_advisory_lock($1, $2) as alone', [SPACE, SERVER])
  return rows[0]!.alone
}
