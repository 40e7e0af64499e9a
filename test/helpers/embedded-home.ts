import { execFileSync } from 'node:child_process'
import { appendFileSync, chmodSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { pino } from 'pino'
import type { Test } from 'tap'
import { PACKAGE_ROOT } from '../../lib/domain/version.js'
import { findBinaries } from '../../lib/postgres/embedded/binaries.js'
import { createCluster } from '../../lib/postgres/embedded/cluster.js'
import type { EmbeddedOptions, EmbeddedServer } from '../../lib/postgres/embedded/embedded.js'
import { makePlace } from '../../lib/postgres/embedded/place.js'

/** A home of its own for an embedded server, in a folder that is open to other users and goes at teardown. */
export function embeddedHome(t: Test): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ohlcv-test-'))
  chmodSync(folder, 0o755)
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return path.join(folder, 'home')
}

/**
 * Puts into a home what initdb would make there, copied from where it was made once: it takes longer than most tests. The
 * copy may leave fsync out, for the machine outlives every process that a test kills.
 */
export async function prepared(home: string): Promise<string> {
  const made = await makePlace(path.join(PACKAGE_ROOT, '.tap', 'cluster'))
  await createCluster(made, await findBinaries(made))
  const { data } = await makePlace(home)
  execFileSync('cp', ['-a', made.data, data])
  appendFileSync(path.join(data, 'postgresql.auto.conf'), 'fsync = off\n')
  return home
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
