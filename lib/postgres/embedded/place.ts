import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { chmod, chown, lstat, mkdir, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { UsageError } from '../../domain/errors.js'
import { runAs, type SystemUser, systemUser } from './process.js'

/** Where an embedded server keeps its files, and as whom it runs. */
export interface Place {
  /** What the user knows: the setting `home`, or `.ohlcv` of the project. */
  home: string
  /** Where the files are: `home`, or elsewhere when the server's user cannot get there. */
  base: string
  /** The data directory of the cluster. */
  data: string
  /** The log of the last start. */
  log: string
  /** While this file exists the last command out leaves the server running. */
  keepRunning: string
  /** As whom the server runs; undefined: as whoever runs this program. */
  user: SystemUser | undefined
}

/** The name of the socket in its folder. */
export const SOCKET = '.s.PGSQL.5432'
/** Longest path of a unix socket in bytes: sun_path less its final NUL, unix(7). */
const LONGEST_SOCKET_PATH = 107
/** Where root keeps what the server's user could not reach below `home`. */
export const SYSTEM_FOLDER = '/var/lib/ohlcv-embedded'

/**
 * The folder of the embedded server: as set, else `.ohlcv` in the nearest folder upward that has one or is this
 * program's checkout, else in the current folder.
 */
export function homeFolder(setting: string | undefined, cwd: string): string {
  if (setting !== undefined) return path.resolve(cwd, setting)
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, '.ohlcv')) || isCheckout(folder)) return path.join(folder, '.ohlcv')
    if (folder === path.dirname(folder)) return path.join(cwd, '.ohlcv')
  }
}

function isCheckout(folder: string): boolean {
  try {
    return (JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { name?: unknown }).name === 'ohlcv'
  } catch {
    return false
  }
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

function placeAt(home: string, base: string, user: SystemUser | undefined): Place {
  return { home, base, data: path.join(base, 'data'), log: path.join(base, 'server.log'), keepRunning: path.join(base, 'keep-running'), user }
}

/** The place as it is now, made or not. Root runs the server as the owner of its data, as PostgreSQL demands. */
export function findPlace(folder: string): Place {
  const home = existsSync(folder) ? realpathSync(folder) : folder
  const pointer = path.join(home, 'location')
  const base = existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : home
  const place = placeAt(home, base, undefined)
  if (process.geteuid?.() !== 0) return place
  const owner = existsSync(place.data) ? statSync(place.data).uid : 0
  return { ...place, user: owner === 0 ? systemUser() : systemUser(owner) }
}

export function hasCluster({ data }: Place): boolean {
  return existsSync(path.join(data, 'PG_VERSION'))
}

/** Makes the folder and those above it: private, or open for another user to pass through whatever the umask says. */
async function makeFolder(folder: string, open: boolean): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (first === undefined || !open) return
  for (let made = folder; made.length >= first.length; made = path.dirname(made)) await chmod(made, 0o755)
}

/**
 * Makes the folders of a place. Where root's home is closed to the server's user, as /root is, its files go below
 * /var/lib/ohlcv-embedded and the file `location` in the home says where.
 */
export async function makePlace(folder: string): Promise<Place> {
  try {
    await makeFolder(folder, process.geteuid?.() === 0)
    const place = findPlace(folder)
    const { home, user } = place
    await writeFile(path.join(home, '.gitignore'), '*\n')
    await makeFolder(place.base, user !== undefined)
    if (!user || (await canEnter(place.base, user))) return place
    const elsewhere = path.join(SYSTEM_FOLDER, shortHash(home))
    await makeFolder(elsewhere, true)
    await writeFile(path.join(home, 'location'), `${elsewhere}\n`)
    return placeAt(home, elsewhere, user)
  } catch (cause) {
    throw new UsageError('EMBEDDED_HOME', `the embedded PostgreSQL cannot keep its files in ${folder}: ${(cause as Error).message}`, {
      hint: 'name a folder you may write to with OHLCV_HOME, or a database with DATABASE_URL', cause,
    })
  }
}

async function canEnter(folder: string, user: SystemUser): Promise<boolean> {
  const { code } = await runAs(user, '/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder])
  return code === 0
}

/** The folder the server's socket is to be in: in the base, or in the system's temporary folder when that path is too long. */
export function socketFolder({ base, user }: Place): string {
  const near = path.join(base, 'run')
  if (Buffer.byteLength(path.join(near, SOCKET)) <= LONGEST_SOCKET_PATH) return near
  const name = `ohlcv-${user?.uid ?? process.getuid?.() ?? 0}-${shortHash(base)}`
  const temporary = path.join(os.tmpdir(), name)
  return Buffer.byteLength(path.join(temporary, SOCKET)) <= LONGEST_SOCKET_PATH ? temporary : path.join('/tmp', name)
}

/** Makes the socket's folder, private to the server's user; one that somebody else put there is refused. */
export async function makeSocketFolder(place: Place): Promise<string> {
  const folder = socketFolder(place)
  const { user } = place
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  let found = await lstat(folder)
  // Root made it, here or in another process that has not come to this as yet.
  if (user && found.isDirectory() && found.uid === process.getuid?.()) {
    await chown(folder, user.uid, user.gid)
    found = await lstat(folder)
  }
  const uid = user?.uid ?? process.getuid?.()
  if (!found.isDirectory() || (uid !== undefined && found.uid !== uid) || (found.mode & 0o077) !== 0) {
    throw new UsageError('EMBEDDED_SOCKET', `the folder ${folder}, meant for the embedded PostgreSQL's socket, is not private to its user`, {
      hint: 'remove it if you know where it comes from, or name another place with OHLCV_HOME',
    })
  }
  return folder
}
