import * as v from 'valibot'
import type { Pruned } from '../features/retention/prune.js'
import { defineDocument, type DocumentOf } from './document.js'
import { count, instant, instantText } from './fields.js'

const names = v.array(v.string())
const database = v.string()

/** The migrations that were applied, or the SQL of those that would be. */
export const DB_UP = defineDocument('ohlcv.db.up/1', v.union([
  v.strictObject({ database, applied: names }),
  v.strictObject({ database, pending: names, sql: v.string() }),
]))

/** What is known of the database that is used, of the one that would be made, or the text of its schema. */
export const DB_INFO = defineDocument('ohlcv.db.info/1', v.union([
  v.strictObject({
    kind: v.picklist(['embedded', 'external']),
    exists: v.literal(true),
    database,
    server_version: v.string(),
    size_bytes: count,
    /** The environment variables that name it. */
    named_by: v.nullable(v.string()),
    folder: v.nullable(v.string()),
    home: v.nullable(v.string()),
    kept_running: v.nullable(v.boolean()),
    schema_version: count,
    /** Migrations it lacks, that it has in another text, and that this version does not know. */
    pending: names,
    edited: names,
    unknown: names,
    connect: v.string(),
    tables: v.array(v.strictObject({ name: v.string(), rows: count, estimated: v.boolean(), bytes: count })),
  }),
  v.strictObject({ kind: v.literal('embedded'), exists: v.literal(false), folder: v.string() }),
  v.strictObject({ schema_text: v.string() }),
]))

export const DB_START = defineDocument('ohlcv.db.start/1', v.strictObject({ folder: v.string(), running: v.literal(true) }))

export const DB_STOP = defineDocument('ohlcv.db.stop/1', v.strictObject({ state: v.picklist(['stopped', 'not_running', 'in_use']) }))

const objects = v.array(v.strictObject({ kind: v.string(), name: v.string() }))

/** What was removed: the files of the embedded database, or what ohlcv had made in another. */
export const DB_RESET = defineDocument('ohlcv.db.reset/1', v.union([
  v.strictObject({ database, removed: v.string(), applied: names }),
  v.strictObject({ database, applied: names, dropped: objects, left_alone: objects }),
]))

/** Tables that were distributed, and those that were before. */
export const DB_DISTRIBUTE = defineDocument('ohlcv.db.distribute/1', v.strictObject({ database, distributed: names, already: names }))

/** How many records of each kind were removed, or would have been: those of before an instant. */
export const DB_PRUNE = defineDocument('ohlcv.db.prune/1', v.strictObject({
  before: instant,
  dry_run: v.boolean(),
  records: v.array(v.strictObject({ name: v.string(), rows: count })),
}))

export function dbPruneDocument({ before, records }: Pruned, dryRun: boolean): DocumentOf<typeof DB_PRUNE> {
  return { before: instantText(before), dry_run: dryRun, records }
}
