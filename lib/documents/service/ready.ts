import * as v from 'valibot'
import type { SchemaState } from '../../postgres/migrations/migrate.js'
import { defineDocument } from '../document.js'

/** `/health`: the service lives. */
export const HEALTH = defineDocument('ohlcv.health/1', v.strictObject({ status: v.literal('ok') }))

/** `/ready`: whether the service can answer. */
export const READY = defineDocument('ohlcv.ready/1', v.strictObject({
  ready: v.boolean(),
  database: v.picklist(['ok', 'unavailable']),
  /** Whether the database has the tables that this version of the program knows; null: it cannot be asked. */
  tables: v.nullable(v.picklist(['current', 'older', 'newer', 'other'])),
}))

/** How the database's tables are to this version of the program. */
function tablesOf({ pending, edited, unknown }: SchemaState): 'current' | 'older' | 'newer' | 'other' {
  if (unknown.length > 0) return 'newer'
  return edited.length > 0 ? 'other' : pending.length > 0 ? 'older' : 'current'
}

/** The document of what was seen of the database; null: it does not answer. */
export function readyDocument(schema: SchemaState | null): v.InferInput<typeof READY.fields> {
  const tables = schema && tablesOf(schema)
  return { ready: tables === 'current', database: schema ? 'ok' : 'unavailable', tables }
}
