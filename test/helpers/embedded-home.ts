import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { pino } from 'pino'
import type { Test } from 'tap'
import type { EmbeddedOptions, EmbeddedServer } from '../../lib/postgres/embedded/embedded.js'

/** A home of its own for an embedded server, in a folder that is open to other users and goes at teardown. */
export function embeddedHome(t: Test): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ohlcv-test-'))
  chmodSync(folder, 0o755)
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return path.join(folder, 'home')
}

export function quietly(home: string, signal = new AbortController().signal): EmbeddedOptions {
  return { home, log: pino({ enabled: false }), signal }
}

/** The column `answer` of the first row. */
export async function ask(server: EmbeddedServer, sql: string): Promise<unknown> {
  const client = new pg.Client(server.connection)
  await client.connect()
  try {
    const { rows } = await client.query<{ answer: unknown }>(sql)
    return rows[0]?.answer
  } finally {
    await client.end()
  }
}
