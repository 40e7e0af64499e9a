import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { UsageError } from '../../domain/errors.js'

/** An account of this machine. */
export interface SystemUser {
  name: string
  uid: number
  gid: number
}

/** How a program ended: its exit code, or null with the reason in `output` when it could not run. */
interface Ended {
  code: number | null
  output: string
}

/** Accounts that PostgreSQL may run as when root starts it, which it refuses to be. */
const FOR_ROOT = ['postgres', 'nobody']

/**
 * The account with the user id, else the one that root starts servers as.
 * @throws UsageError when there is none
 */
export function systemUser(wanted?: number): SystemUser {
  const users = readFileSync('/etc/passwd', 'utf8').split('\n').map((line): SystemUser => {
    const [name = '', , uid = '', gid = ''] = line.split(':')
    return { name, uid: Number(uid), gid: Number(gid) }
  })
  const found = wanted === undefined
    ? FOR_ROOT.map((name) => users.find((user) => user.name === name)).find((user) => user !== undefined)
    : users.find(({ uid }) => uid === wanted)
  if (found) return found
  throw new UsageError('EMBEDDED_USER', wanted === undefined
    ? 'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody"'
    : `the embedded PostgreSQL's files belong to user id ${wanted}, which this machine does not have`, {
    hint: 'run ohlcv as an ordinary user, or name a database with DATABASE_URL',
  })
}

/**
 * What PostgreSQL's programs are started with: not the caller's folder, which another user may not be able to enter, nor
 * his environment (PGPORT and LANG would change what they do), and a session of their own, which Ctrl-C does not reach.
 */
export function spawnOptions(user: SystemUser | undefined): { cwd: string; env: Record<string, string>; detached: true; uid?: number; gid?: number } {
  return { cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }, detached: true, ...(user && { uid: user.uid, gid: user.gid }) }
}

/** Runs a program to its end, as the user. */
export function runAs(user: SystemUser | undefined, file: string, args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    let output = ''
    const child = spawn(file, args, { ...spawnOptions(user), stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.on('error', (error) => resolve({ code: null, output: error.message }))
    child.on('close', (code) => resolve({ code, output }))
  })
}

/** The last lines of a log, for a message. */
export function lastLines(text: string, count = 8): string {
  return text.trim().split('\n').slice(-count).map((line) => `  | ${line}`).join('\n')
}
