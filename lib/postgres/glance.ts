import { existsSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { externalTarget } from './connect.js'
import type { Queryable } from './database.js'
import { EMBEDDED_NAME, EMBEDDED_PORT, readPostmaster } from './embedded/cluster.js'
import { findPlace, homeFolder, SOCKET, socketFolder } from './embedded/place.js'

/** How to connect to a server that is there already, the likeliest way first: the one the environment names, or the embedded one while it runs. */
function running(env: NodeJS.ProcessEnv, home: string | undefined): pg.ClientConfig[] {
  const target = externalTarget(env)
  if (target) return target.configs
  const place = findPlace(homeFolder(home, process.cwd()))
  const host = readPostmaster(place)?.socket || socketFolder(place)
  if (!existsSync(path.join(host, SOCKET))) return []
  return [{ host, port: EMBEDDED_PORT, user: EMBEDDED_NAME, database: EMBEDDED_NAME, password: '', ssl: false }]
}

/** @throws whatever stands in the way */
async function lookAt<T>(config: pg.ClientConfig, ms: number, look: (db: Queryable) => Promise<T>): Promise<T> {
  const client = new pg.Client({ ...config, application_name: 'ohlcv', connectionTimeoutMillis: ms, query_timeout: ms })
  client.on('error', () => {})
  try {
    await client.connect()
    return await look(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/**
 * Looks something up in a database that runs already, whatever its schema; nothing is started or made for it.
 * @returns undefined where there is none, or it does not answer within so many milliseconds
 */
export async function glance<T>(env: NodeJS.ProcessEnv, home: string | undefined, ms: number, look: (db: Queryable) => Promise<T>): Promise<T | undefined> {
  try {
    for (const config of running(env, home)) {
      const seen = await lookAt(config, ms, look).catch(() => undefined)
      if (seen !== undefined) return seen
    }
  } catch {
    // A completion has nobody to tell what is wrong with the settings.
  }
  return undefined
}
