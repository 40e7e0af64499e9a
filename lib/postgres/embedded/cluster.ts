import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { chown, mkdtemp, readFile, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { UsageError } from '../../domain/errors.js'
import type { Binaries } from './binaries.js'
import { hasCluster, makeSocketFolder, type Place, SOCKET } from './place.js'
import { lastLines, runAs, spawnOptions } from './process.js'

/** The superuser and the database of an embedded server. */
export const EMBEDDED_NAME = 'ohlcv'
export const EMBEDDED_PORT = 5432

/** Settings of every embedded server; all of them survive a crash. ALTER SYSTEM overrides them. */
const SETTINGS: Record<string, string> = {
  listen_addresses: '',
  port: String(EMBEDDED_PORT),
  unix_socket_permissions: '0700',
  max_connections: '100',
  shared_buffers: '256MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  wal_compression: 'pglz',
  synchronous_commit: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
}

/** How an attempt to start ended: `contended` when another server has the directory, or its remains are not gone yet. */
type Started = 'running' | 'contended'

let suffixes = 0

/** Ends the name of a file of this process's own, so that it is told whose remains it is should it stay. */
function ownSuffix(): string {
  return `${process.pid}-${++suffixes}`
}

async function own(file: string, place: Place): Promise<void> {
  if (place.user) await chown(file, place.user.uid, place.user.gid)
}

/**
 * Makes the data directory, unless it is there: aside, then renamed, so that it is whole or absent and of two processes
 * one wins. UTF-8 by PostgreSQL's own C.UTF-8, whatever locales the machine has.
 */
export async function createCluster(place: Place, binaries: Binaries): Promise<void> {
  if (hasCluster(place)) return
  const folder = await mkdtemp(`${place.data}-new-${process.pid}-`)
  try {
    await own(folder, place)
    const args = [
      '-D', folder, '-U', EMBEDDED_NAME, '--auth=trust', '--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions',
    ]
    const { code, output } = await runAs(place.user, binaries.initdb, args)
    if (code !== 0) {
      throw new UsageError('EMBEDDED_INITDB', `the embedded PostgreSQL could not make its files in ${place.base}:\n${lastLines(output)}`, {
        hint: 'mend what it says, or name a database with DATABASE_URL',
      })
    }
    await rename(folder, place.data)
  } catch (error) {
    if (!hasCluster(place)) throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What postmaster.pid says of the server in the data directory, if it has one: process id, data directory, socket's folder. */
export function readPostmaster(place: Pick<Place, 'data'>): { pid: number; data: string; socket: string } | undefined {
  try {
    const [pid = '', data = '', , , socket = ''] = readFileSync(path.join(place.data, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(pid), data, socket }
  } catch {
    return undefined
  }
}

/**
 * Whether a process may be the server of a data directory; told by its working directory, which for a server is just that.
 * Another user's process cannot be looked at; PostgreSQL itself knows that it is not its own.
 */
function maybeServes(data: string, pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data)
  } catch (error) {
    // Gone, or dead and not waited for by its parent, as happens in containers.
    return (error as NodeJS.ErrnoException).code !== 'ENOENT' || !existsSync('/proc/self/cwd')
  }
}

/**
 * Takes away a lock file of PostgreSQL (its first line is a process id) whose process is dead or some other program by
 * now: PostgreSQL would take that for a server and not start, as after a container's restart.
 */
async function removeStaleLock(place: Place, file: string): Promise<void> {
  const holderOf = async (name: string) => Number((await readFile(name, 'utf8').catch(() => '')).split('\n')[0])
  const pid = await holderOf(file)
  if (pid === 0 || maybeServes(place.data, pid)) return
  const aside = `${file}.stale-${ownSuffix()}`
  await rename(file, aside).catch(() => {})
  const taken = await holderOf(aside)
  // A server that started in between has written its own: that goes back.
  if (taken !== 0 && taken !== pid) await rename(aside, file)
  else await rm(aside, { force: true })
}

async function configure(place: Place, socket: string): Promise<void> {
  const quote = (value: string) => `'${value.replaceAll('\\', '\\\\').replaceAll('\'', '\'\'')}'`
  const lines = Object.entries({ ...SETTINGS, unix_socket_directories: `"${socket.replaceAll('"', '""')}"` }).map(([name, value]) => `${name} = ${quote(value)}`)
  await replaceFile(place, 'postgresql.conf', `# Written by ohlcv at each start; use ALTER SYSTEM for settings of your own.\n${lines.join('\n')}\n`)
  await replaceFile(place, 'pg_hba.conf', 'local all all trust\n')
}

/** Writes a file of the data directory aside and puts it in place: a server that another process starts just now reads the old one or the new one. */
async function replaceFile(place: Place, name: string, text: string): Promise<void> {
  const file = path.join(place.data, name)
  const temporary = `${file}.${ownSuffix()}`
  await writeFile(temporary, text, { mode: 0o600 })
  await own(temporary, place)
  await rename(temporary, file)
}

/**
 * Starts the server and waits until it is `reachable`. Its output goes to a log of this start, which becomes server.log
 * unless another server turns out to have the directory.
 * @throws UsageError with the log's last lines when it ends instead; the signal's reason, the server stopped again
 */
export async function startServer(place: Place, binaries: Binaries, reachable: () => Promise<boolean>, signal: AbortSignal): Promise<Started> {
  checkVersion(place, binaries)
  await removeRemains(place)
  const socket = await makeSocketFolder(place)
  await removeStaleLock(place, path.join(place.data, 'postmaster.pid'))
  await removeStaleLock(place, path.join(socket, `${SOCKET}.lock`))
  await configure(place, socket)
  const log = `${place.log}.${ownSuffix()}`
  const output = openSync(log, 'w')
  const child = spawn(binaries.postgres, ['-D', place.data], { ...spawnOptions(place.user), stdio: ['ignore', output, output] })
  closeSync(output)
  const end = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('exit', (code, killer) => resolve(`it ended with ${killer ?? code}`))
  })
  let ended: string | undefined
  while (ended === undefined && !(await reachable())) {
    if (signal.aborted) {
      child.kill('SIGINT')
      await end
      throw signal.reason
    }
    ended = await Promise.race([end, pause(20)])
  }
  if (ended === undefined) {
    child.unref()
    if (readPostmaster(place)?.pid === child.pid) {
      await rename(log, place.log)
      return 'running'
    }
    await rm(log, { force: true })
    return 'contended'
  }
  const text = readFileSync(log, 'utf8')
  if (/lock file .* (already exists|is empty)|could not create lock file .* No such file|pre-existing shared memory block/.test(text)) {
    await rm(log, { force: true })
    return 'contended'
  }
  await rename(log, place.log)
  throw new UsageError('EMBEDDED_START', `the embedded PostgreSQL in ${place.base} does not start, ${ended}:\n${lastLines(text)}`, {
    hint: `its whole log is ${place.log}; when nothing helps, make it anew and load again: ohlcv db reset --yes`,
  })
}

function checkVersion(place: Place, binaries: Binaries): void {
  const major = readFileSync(path.join(place.data, 'PG_VERSION'), 'utf8').trim()
  if (major === binaries.major) return
  throw new UsageError('EMBEDDED_VERSION', `the embedded database in ${place.data} was made by PostgreSQL ${major}, and this version of ohlcv has ${binaries.major}`, {
    hint: 'use the version of ohlcv that made it, or make it anew and load again: ohlcv db reset --yes',
  })
}

export function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined))
}

/** Stops the server and waits until it has gone, its socket's folder too where that is not its own. Only for who holds its exclusive lock. */
export async function stopServer(place: Place, binaries: Binaries): Promise<void> {
  const stopped = readPostmaster(place)
  const { code, output } = await runAs(place.user, binaries.pgCtl, ['stop', '-D', place.data, '-m', 'fast', '-w', '-t', '300', '-s'])
  // While it waits another process may begin the next server, whose file is empty at first.
  if (code !== 0 && stopped !== undefined && readPostmaster(place)?.pid === stopped.pid) {
    throw new UsageError('EMBEDDED_STOP', `the embedded PostgreSQL in ${place.base} does not stop:\n${lastLines(output)}`, { hint: `see its log, ${place.log}` })
  }
  const socket = stopped?.socket
  if (socket && path.dirname(socket) !== place.base) await rmdir(socket).catch(() => {})
}

/** Removes what killed processes left half done beside the data directory: names end with the process's id. */
async function removeRemains(place: Place): Promise<void> {
  for (const name of await readdir(place.base)) {
    const pid = /^(?:data-(?:new|old)-|server\.log\.)(\d+)/.exec(name)?.[1]
    if (pid !== undefined && !isRunning(Number(pid))) await rm(path.join(place.base, name), { recursive: true, force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/**
 * Removes the data directory of a server that does not run.
 * @returns false when a server was started at this moment; then nothing is removed
 */
export async function removeCluster(place: Place): Promise<boolean> {
  const aside = `${place.data}-old-${ownSuffix()}`
  await rename(place.data, aside)
  const server = readPostmaster({ data: aside })
  if (server && maybeServes(aside, server.pid)) {
    await rename(aside, place.data)
    return false
  }
  await rm(aside, { recursive: true, force: true })
  return true
}
