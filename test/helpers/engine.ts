import type pg from 'pg'

/** Whether bars are in partitions of PostgreSQL; if not, in chunks of TimescaleDB, which has none of what a test may say about partitions. */
export async function isPartitioned(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query<{ partitioned: boolean }>(`select relkind = 'p' as partitioned from pg_class where oid = 'ohlcv_daily'::regclass`)
  return rows[0]!.partitioned
}

/** Whether the database has one of these extensions. */
export async function hasExtension(pool: pg.Pool, ...names: string[]): Promise<boolean> {
  return (await pool.query('select from pg_extension where extname = any ($1)', [names])).rowCount! > 0
}
