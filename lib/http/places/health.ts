import { setTimeout as delay } from 'node:timers/promises'
import { HEALTH, READY, readyDocument } from '../../documents/service/ready.js'
import { databaseFailure } from '../../postgres/failures.js'
import { readMigrations, schemaState, type Migration, type SchemaState } from '../../postgres/migrations/migrate.js'
import type { DocumentType } from '../../documents/document.js'
import type { Place, Plain } from '../framework/route.js'
import type { Site } from '../framework/site.js'

/** Seconds after which a database that says nothing counts as one that does not answer. */
const PATIENCE = 2

let migrations: Migration[] | undefined

/** What the database has of the schema; null where it does not answer in time. */
async function schemaOf({ pulse, log }: Site): Promise<SchemaState | null> {
  const answered = new AbortController()
  try {
    return await Promise.race([
      schemaState(pulse, (migrations ??= readMigrations())),
      delay(PATIENCE * 1000, null, { signal: answered.signal, ref: false }),
    ])
  } catch (error) {
    log[databaseFailure(error) === 'session' ? 'debug' : 'warn']({ err: error }, 'the database could not be asked for its schema')
    return null
  } finally {
    answered.abort()
  }
}

/** What is asked by machines is never kept: it is about this moment. */
function told({ name }: DocumentType, data: object, status = 200): Plain {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify({ schema: name, ...data }), headers: { 'cache-control': 'no-store' } }
}

export const health: Place = {
  path: '/health',
  summary: 'Whether the service lives',
  open: true,
  cache: false,
  async answer() {
    return told(HEALTH, { status: 'ok' })
  },
}

export const ready: Place = {
  path: '/ready',
  summary: 'Whether it can answer: the database does, and has the tables of this version; 503 when not',
  open: true,
  cache: false,
  async answer(_, site) {
    const document = readyDocument(await schemaOf(site))
    return told(READY, document, document.ready ? 200 : 503)
  },
}
