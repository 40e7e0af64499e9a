import { mkdir, open, rename } from 'node:fs/promises'
import path from 'node:path'
import type { Queryable } from '../../postgres/database.js'
import { auditLines } from '../../store/fetches/audit.js'

/** Where the audit of a job is written for people and programs: one JSON object a line, those of `ingestion_audit`. */
export function auditPath(folder: string, jobId: string): string {
  return path.join(folder, `backfill_${jobId}.jsonl`)
}

/** Writes the audit of a job as it is now, in place of what was there: whole lines and nothing else, whenever the process dies. */
export async function writeAudit(db: Queryable, folder: string, jobId: string): Promise<void> {
  const lines = await auditLines(db, jobId)
  const file = auditPath(folder, jobId)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const aside = `${file}.new`
  const handle = await open(aside, 'w', 0o600)
  try {
    await handle.writeFile(lines.map((line) => `${line}\n`).join(''))
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(aside, file)
}
