import { existsSync } from 'node:fs'
import pg from 'pg'
import type { Logger } from 'pino'
import { UsageError } from '../../domain/errors.js'
import { type Binaries, findBinaries } from './binaries.js'
import { createCluster, EMBEDDED_NAME, EMBEDDED_PORT, pause, readPostmaster, startServer, stopServer } from './cluster.js'
import { findPlace, hasCluster, makePlace, type Place, socketFolder } from './place.js'
import { shareServer, takeServerAlone } from '../locks.js'
import { beginSession } from '../session.js'
import { SQLSTATE, sqlStateOf } from '../sqlstates.js'

/** What opening the embedded server needs of its caller. */
export interface EmbeddedOptions {
  /** See homeFolder. */
  home: string
  log: Logger
  signal: AbortSignal
}

/** How a command left the server: `in_use` by another command, `kept` running as `db start` asked for. */
export type ReleaseOutcome = 'stopped' | 'in_use' | 'kept' | 'gone'

/**
 * This process's share in an embedded server. The share is a shared advisory lock held by a session in the server's
 * maintenance database, so that it ends with the process however that ends. Who gives its share back and then gets the
 * lock exclusively was the last one out, and stops the server.
 */
export interface EmbeddedServer {
  place: Place
  /** Where connections to its database go. */
  connection: pg.ClientConfig
  /** Gives the share back; the last one out stops the server, unless it is to be kept running. */
  release(): Promise<ReleaseOutcome>
  /** Gives the share back and stops the server even if it is to be kept running; false when others use it. */
  stop(): Promise<boolean>
}

/** How often a start is tried against another process's start, stop or remains, 100 ms apart. */
const ATTEMPTS = 300
/** The socket of a server that was killed takes connections for as long as a child of it has not noticed, and nobody answers there. */
const ANSWER_MS = 10_000

function config(host: string, database: string): pg.ClientConfig {
  // Everything is given, so that none of the PG* variables of some other server is taken for it.
  return { host, port: EMBEDDED_PORT, user: EMBEDDED_NAME, database, password: '', ssl: false, application_name: 'ohlcv' }
}

/** A session on the server that serves this place; `none` when there is none, `passing` while one starts or stops. */
async function connect(place: Place): Promise<pg.Client | 'none' | 'passing'> {
  const running = readPostmaster(place)
  if (!running) return 'none'
  const client = new pg.Client({ ...config(running.socket || socketFolder(place), 'postgres'), keepAlive: true, connectionTimeoutMillis: ANSWER_MS })
  // The server may go at any moment; the next query says so.
  client.on('error', () => {})
  try {
    await client.connect()
    await beginSession(client)
    const { rows } = await client.query<{ data_directory: string }>('show data_directory')
    if (rows[0]?.data_directory === place.data) return client
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EACCES') {
      throw new UsageError('EMBEDDED_OTHER_USER', `the embedded PostgreSQL in ${place.base} belongs to another user`, {
        hint: 'run ohlcv as that user, or name a folder of your own with OHLCV_HOME', cause: error,
      })
    }
    const state = sqlStateOf(error)
    if (state === SQLSTATE.cannotConnectNow) return 'passing'
    if (state !== undefined && state !== SQLSTATE.adminShutdown && state !== SQLSTATE.crashShutdown) {
      throw new UsageError('EMBEDDED_REFUSED', `the embedded PostgreSQL in ${place.base} takes no connection: ${(error as Error).message}`, {
        hint: `its log is ${place.log}`, cause: error,
      })
    }
  }
  await client.end().catch(() => {})
  return 'none'
}

/** What a process holds of the server while it uses it. */
interface Share {
  place: Place
  holder: pg.Client
  binaries(): Promise<Binaries>
}

/**
 * Takes the shared lock, and waits for one who is stopping the server.
 * @returns false when the connection was lost, for it has stopped
 */
async function take(holder: pg.Client): Promise<boolean> {
  try {
    await shareServer(holder)
    await ensureDatabase(holder)
    return true
  } catch (error) {
    await holder.end().catch(() => {})
    const state = sqlStateOf(error)
    if (state !== undefined && state !== SQLSTATE.adminShutdown && state !== SQLSTATE.crashShutdown) throw error
    return false
  }
}

/** Takes a share; the server is made and started when need be. */
async function acquire({ home, log, signal }: EmbeddedOptions): Promise<Share> {
  let place = findPlace(home)
  let found: Promise<Binaries> | undefined
  const binaries = () => (found ??= findBinaries(place))
  const reachable = async () => {
    const client = await connect(place)
    if (typeof client === 'string') return false
    await client.end()
    return true
  }
  for (let attempt = 0; attempt < ATTEMPTS;) {
    signal.throwIfAborted()
    const holder = await connect(place)
    if (holder === 'passing') {
      await pause(100)
      continue
    }
    if (holder !== 'none' && (await take(holder))) return { place, holder, binaries }
    attempt++
    if (!hasCluster(place)) {
      place = await makePlace(home)
      const left = hasCluster(place)
      log.info({ folder: place.base }, left ? 'taking up the embedded PostgreSQL that an earlier folder of this name left' : 'making an embedded PostgreSQL')
      await createCluster(place, await binaries())
    }
    const started = await startServer(place, await binaries(), reachable, signal)
    log.debug({ folder: place.base, started }, 'embedded PostgreSQL')
    if (started === 'contended') await pause(100)
  }
  throw new UsageError('EMBEDDED_BUSY', `the embedded PostgreSQL in ${place.base} is being used by a process that cannot be reached`, {
    hint: `end the postgres process that postmaster.pid in ${place.data} names, if it is one, or name another folder with OHLCV_HOME`,
  })
}

async function ensureDatabase(holder: pg.Client): Promise<void> {
  const { rowCount } = await holder.query('select from pg_database where datname = $1', [EMBEDDED_NAME])
  if (rowCount) return
  try {
    await holder.query(`create database ${EMBEDDED_NAME}`)
  } catch (error) {
    const state = sqlStateOf(error)
    // Another process made it at the same time.
    if (state !== SQLSTATE.duplicateDatabase && state !== SQLSTATE.uniqueViolation) throw error
  }
}

/** Whether a server runs in the place. */
export async function isServing(place: Place): Promise<boolean> {
  const client = await connect(place)
  if (client === 'none') return false
  if (client !== 'passing') await client.end()
  return true
}

/**
 * Takes a share in the embedded server, making and starting it when need be.
 * @throws UsageError when it cannot be had, saying why and what to do
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const { log } = options
  let share = await acquire(options)
  let released = false
  let reviving: Promise<void> | undefined

  // When the server dies under a running command, the command's next connection shall find it up again.
  const watch = () =>
    share.holder.once('end', () => {
      reviving = revive()
    })
  const revive = async () => {
    if (released) return
    log.warn('the embedded PostgreSQL has gone; starting it again')
    try {
      share = await acquire(options)
      watch()
    } catch (error) {
      if (!options.signal.aborted) log.error({ err: error }, 'the embedded PostgreSQL does not start again')
    }
  }
  watch()

  const leave = async (keep: () => boolean): Promise<ReleaseOutcome> => {
    released = true
    await reviving
    try {
      if (!(await takeServerAlone(share.holder))) return 'in_use'
      if (keep()) return 'kept'
      await stopServer(share.place, await share.binaries())
      return 'stopped'
    } catch (error) {
      if (error instanceof UsageError) throw error
      return 'gone'
    } finally {
      await share.holder.end().catch(() => {})
    }
  }
  const socket = readPostmaster(share.place)?.socket ?? socketFolder(share.place)
  return {
    place: share.place,
    connection: config(socket, EMBEDDED_NAME),
    release: () => leave(() => existsSync(share.place.keepRunning)),
    stop: async () => (await leave(() => false)) !== 'in_use',
  }
}
