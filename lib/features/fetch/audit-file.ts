import { mkdir, open, rename } from 'node:fs/promises'
import path from 'node:path'
import type pg from 'pg'
import { auditLines } from '../../store/fetches/audit.js'
import type { Runtime } from '../runs/runtime.js'

/** Where the audit of a job is written for people and programs: one JSON object a line, those of `ingestion_audit`. */
export function auditPath(folder: string, jobId: string): string {
  return path.join(folder, `backfill_${jobId}.jsonl`)
}

/** Writes the audit of a job as it is now, in place of what was there: whole lines and nothing else, whenever the process dies. */
export async function writeAudit(client: pg.ClientBase, folder: string, jobId: string): Promise<void> {
  const file = auditPath(folder, jobId)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const aside = `${file}.new`
  const handle = await open(aside, 'w', 0o600)
  try {
    for await (const lines of auditLines(client, jobId)) await handle.writeFile(lines.map((line) => `${line}\n`).join(''))
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(aside, file)
}

/** It is written at most every so many milliseconds. */
const EVERY_MS = 10_000
/** Of the time that a job takes, at most one part of so many goes to it. */
const SHARE = 20

/** Has something written now and then: never twice at once. */
export class NowAndThen {
  #due: number

  constructor(private readonly write: () => Promise<void>, private readonly clock: () => number) {
    this.#due = clock() + EVERY_MS
  }

  async ifDue(): Promise<void> {
    const began = this.clock()
    if (began < this.#due) return
    this.#due = Infinity
    await this.write()
    const ended = this.clock()
    this.#due = ended + Math.max(EVERY_MS, (ended - began) * SHARE)
  }
}

/** The file of a job that is being worked on: `write` at its end, `meanwhile` before. That it cannot be written stops nothing. */
export function auditFile({ db, log, now, signal }: Runtime, folder: string, jobId: string): { write: () => Promise<void>; meanwhile: NowAndThen } {
  const write = () => db.run(signal, (client) => writeAudit(client, folder, jobId)).catch((error: unknown) => {
    log.warn({ reason: (error as Error).message }, 'the file of the audit could not be written; it is in ingestion_audit')
  })
  return { write, meanwhile: new NowAndThen(write, () => now().getTime()) }
}
