import pg from 'pg'
import { UsageError } from '../../domain/errors.js'
import { cancelQuery } from '../../postgres/failures.js'
import { SQLSTATE } from '../../postgres/sqlstates.js'

/** A query of the user's. */
export interface UserQuery {
  text: string
  /** Whether it may write; otherwise it runs in a read-only transaction. */
  write: boolean
  /** Most rows kept; a query that only reads is canceled when it has more. */
  limit: number
  signal: AbortSignal
}

/** What a query gave: values as PostgreSQL writes them, so that nothing is rounded. */
export interface QueryAnswer {
  /** As the server says: `SELECT`, `UPDATE`; null where it was stopped at the limit. */
  command: string | null
  columns: { name: string; oid: number }[]
  rows: (string | null)[][]
  /** Rows returned or, where the command returns none, touched; null where neither makes sense. */
  affected: number | null
  /** Whether there were more rows than the limit. */
  cut: boolean
}

/** Every value as the text the server sent. */
const AS_SENT: pg.CustomTypesConfig = { getTypeParser: () => (value: unknown) => value }

/** Line and column (both from 1) of a position in a text, which PostgreSQL counts in characters. */
function lineAndColumn(text: string, position: number): string {
  const before = Array.from(text).slice(0, position - 1).join('').split('\n')
  return `line ${before.length}, column ${Array.from(before.at(-1) ?? '').length + 1}`
}

function explain(error: unknown, text: string): unknown {
  if (!(error instanceof pg.DatabaseError)) return error
  const where = error.position === undefined ? '' : ` at ${lineAndColumn(text, Number(error.position))}`
  const severalStatements = error.message.startsWith('cannot insert multiple commands')
  const hint = error.code === SQLSTATE.readOnlySqlTransaction
    ? 'add --write to let the query change the database'
    : severalStatements ? 'give one statement at a time' : (error.hint ?? error.detail)
  return new UsageError('SQL_ERROR', `${error.message}${where} (SQLSTATE ${error.code})`, hint === undefined ? { cause: error } : { hint, cause: error })
}

/** Sends the query by the extended protocol, which takes one statement only, so that none can end the read-only transaction. */
function send(client: pg.PoolClient, { text, limit, write }: UserQuery, cancel: () => void): Promise<QueryAnswer> {
  return new Promise((resolve, reject) => {
    const query = new pg.Query<(string | null)[]>({ text, rowMode: 'array', types: AS_SENT, queryMode: 'extended' } as pg.QueryArrayConfig)
    const rows: (string | null)[][] = []
    let count = 0
    const answer = ({ command, fields, rowCount }: pg.QueryResultBase): QueryAnswer =>
      ({ command, columns: fields.map(({ name, dataTypeID }) => ({ name, oid: dataTypeID })), rows, affected: rowCount, cut: count > limit })
    query.on('row', (row: (string | null)[], result?: pg.QueryResultBase) => {
      if (++count <= limit) return rows.push(row)
      // A statement that writes runs to its end whatever it returns.
      if (count > limit + 1 || write || !result) return undefined
      resolve(answer(result))
      return cancel()
    })
    query.on('error', reject)
    query.on('end', (result: pg.QueryResultBase) => resolve(answer(result)))
    client.query(query)
  })
}

/**
 * Runs one statement.
 * @throws UsageError when the server refuses it, with line and column; the signal's reason when it is aborted
 */
export async function runQuery(pool: pg.Pool, query: UserQuery): Promise<QueryAnswer> {
  query.signal.throwIfAborted()
  const client = await pool.connect()
  const cancel = () => void cancelQuery(pool, client).catch(() => {})
  query.signal.addEventListener('abort', cancel)
  let answer: QueryAnswer | undefined
  try {
    if (!query.write) await client.query('begin read only')
    answer = await send(client, query, cancel)
    if (!query.write && !answer.cut) await client.query('rollback')
    return answer
  } catch (error) {
    if (query.signal.aborted) throw query.signal.reason
    throw explain(error, query.text)
  } finally {
    query.signal.removeEventListener('abort', cancel)
    // One that was canceled or failed is not used again; closing it rolls back.
    client.release(answer === undefined || answer.cut)
  }
}
