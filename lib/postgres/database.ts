import pg from 'pg'

/** A pool or one client of it. */
export type Queryable = pg.Pool | pg.ClientBase

/** An open database whose schema is current. */
export interface Database {
  pool: pg.Pool
  kind: 'embedded' | 'external'
  /** Where it is, for people: host, port, database and user, never a password. */
  describe: string
  /** How to connect to it. */
  config: pg.ClientConfig
  close(): Promise<void>
}

/** The rows of the last of several statements sent at once, for which node-postgres returns a list that its types do not know of. */
export function lastRows<T extends pg.QueryResultRow>(result: pg.QueryResult<T>): T[] {
  const results: pg.QueryResult<T>[] = [result].flat()
  return results.at(-1)?.rows ?? []
}

/**
 * The rows of a statement that each connection plans only once or a few times: for those that take less time than to plan them, as is so of tables with
 * many partitions, and whose best plan is the same whatever the values.
 * @param name at most 63 bytes, and the same for the same text only
 */
export async function rowsOfPlanned<T extends pg.QueryResultRow>(db: Queryable, name: string, text: string, values: unknown[]): Promise<T[]> {
  return (await db.query<T>({ name, text, values })).rows
}

/**
 * How values arrive: dates as `YYYY-MM-DD` (node-postgres would make a local-time Date of them), 64-bit integers as
 * numbers (every count and id here is far below 2^53), numerics as exact text.
 */
export const TYPES: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === pg.types.builtins.DATE) return (text: string) => text
    if (oid === pg.types.builtins.INT8) return Number
    return pg.types.getTypeParser(oid, format)
  },
}
