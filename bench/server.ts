import pg from 'pg'
import { pino } from 'pino'
import { TYPES } from '../lib/postgres/database.js'
import { openEmbedded } from '../lib/postgres/embedded/embedded.js'

/** The server that is measured on: databases of our own in the one DATABASE_URL names, or in an embedded one. */
export interface Server {
  describe: string
  /** A new, empty database of that name, in place of an old one. */
  fresh(name: string): Promise<void>
  drop(name: string): Promise<void>
  /** What a process needs to connect to that database. */
  env(name: string): NodeJS.ProcessEnv
  connect(name: string): Promise<pg.Client>
  /** WAL written so far, by everything on the server, in bytes. */
  walBytes(): Promise<number>
  close(): Promise<void>
}

/** The caller's environment without what names a database or settings of ohlcv. */
function bareEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(DATABASE_URL|PG[A-Z]+|DB_[A-Z]+|OHLCV_.*)$/.test(name) || name === 'OHLCV_LANES'))
}

export async function openServer(home: string): Promise<Server> {
  const url = process.env['DATABASE_URL']
  const embedded = url ? undefined : await openEmbedded({ home, log: pino({ enabled: false }), signal: new AbortController().signal })
  const config: pg.ClientConfig = embedded?.connection ?? { connectionString: url! }
  const { host, port, user, password, database } = new pg.Client(config)
  const connect = async (name: string) => {
    const client = new pg.Client({ host, port, user: user!, password: password ?? '', database: name, types: TYPES })
    await client.connect()
    return client
  }
  const admin = await connect(database!)
  const drop = async (name: string) => {
    await admin.query(`drop database if exists ${admin.escapeIdentifier(name)} with (force)`)
  }
  const { rows } = await admin.query<{ version: string }>('select version() as version')
  return {
    describe: `${rows[0]!.version.split(',')[0]!}${embedded ? ', embedded' : ''}`,
    drop,
    async fresh(name) {
      await drop(name)
      await admin.query(`create database ${admin.escapeIdentifier(name)}`)
    },
    env: (name) => ({ ...bareEnvironment(), PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: name, ...(password && { PGPASSWORD: password }) }),
    connect,
    async walBytes() {
      return Number((await admin.query<{ bytes: string }>(`select pg_current_wal_lsn() - '0/0' as bytes`)).rows[0]!.bytes)
    },
    async close() {
      await admin.end()
      await embedded?.release()
    },
  }
}
