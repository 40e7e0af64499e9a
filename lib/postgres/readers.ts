import type pg from 'pg'
import type { Logger } from 'pino'
import { createPool } from './connect.js'
import { beginSession } from './session.js'

/** The role of those who only read, as the migrations make it. */
const READER = 'ohlcv_reader'
/** Seconds that a reader waits for a connection. */
const CONNECT_TIMEOUT = 3
/** Seconds that a statement may take; and how much later than that one is given up whose server says nothing any more. */
const STATEMENT_TIMEOUT = 15
const GRACE = 2
/** Seconds that a statement waits for whoever keeps a table to himself. */
const LOCK_TIMEOUT = 3
/** Minutes that a connection is kept which nobody uses: the first statements of a new one take several times as long. */
const IDLE = 10

/** One process of the server for a statement: several would be little faster and dearer, beside a load above all. A login that is not the reader itself becomes it where the server lets it; from PostgreSQL 16 on a member need not have that right. */
const BEGIN_READING = `
  select set_config('default_transaction_read_only', 'on', false), set_config('statement_timeout', '${STATEMENT_TIMEOUT}s', false), set_config('lock_timeout', '${LOCK_TIMEOUT}s', false),
    set_config('max_parallel_workers_per_gather', '0', false),
    (select set_config('role', rolname, false) from pg_roles
     where rolname = '${READER}' and pg_has_role(oid, case when current_setting('server_version_num')::integer >= 160000 then 'set' else 'member' end))`

async function beginReading(client: pg.ClientBase): Promise<void> {
  await beginSession(client)
  await client.query(BEGIN_READING)
}

/** Connections on which nothing can be written and no statement takes long, with the rights of a reader and no more where the login may take them. */
export function createReaders(config: pg.PoolConfig, log: Logger, max: number): pg.Pool {
  return createPool({
    ...config, max, idleTimeoutMillis: IDLE * 60_000, connectionTimeoutMillis: CONNECT_TIMEOUT * 1000, query_timeout: (STATEMENT_TIMEOUT + GRACE) * 1000,
  }, log, beginReading)
}
