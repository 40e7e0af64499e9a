import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Test } from 'tap'
import { spawnOptions, systemUser } from '../../lib/postgres/embedded/process.js'

const PROGRAM = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/usr/local/bin/pgbouncer', '/opt/homebrew/bin/pgbouncer'].find((file) => existsSync(file))

/** Why tests with a pooler cannot run here, for a test's `skip`; false where they can. */
export const NO_PGBOUNCER = PROGRAM === undefined && 'pgbouncer is not installed'

export type PoolMode = 'session' | 'transaction' | 'statement'

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function untilListening(port: number, child: ChildProcess, said: () => string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended:\n${said()}`)
    const socket = net.connect(port, '127.0.0.1')
    const open = await once(socket, 'connect').then(() => true, () => false)
    socket.destroy()
    if (open) return
    await delay(20)
  }
}

/** Starts a PgBouncer in front of the database of a URL until the test's teardown; returns the URL through it. */
export async function startPgBouncer(t: Test, url: string, mode: PoolMode, settings: Readonly<Record<string, string | number>> = {}): Promise<string> {
  const { host, port, user = '', password, database = '' } = new pg.Client({ connectionString: url })
  const listenPort = await freePort()
  const target = [`host=${host}`, `port=${port}`, `user=${user}`, ...(typeof password === 'string' ? [`password=${password}`] : [])].join(' ')
  const lines = Object.entries({
    listen_addr: '127.0.0.1', listen_port: listenPort, unix_socket_dir: '', auth_type: 'any', pool_mode: mode, ignore_startup_parameters: 'extra_float_digits', ...settings,
  }).map(([name, value]) => `${name} = ${value}`)
  // It does not run as root, and the test's own folder may be closed to others.
  const account = process.geteuid?.() === 0 ? systemUser() : undefined
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ohlcv-test-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const file = path.join(folder, 'pgbouncer.ini')
  writeFileSync(file, ['[databases]', `${database} = ${target}`, '[pgbouncer]', ...lines, ''].join('\n'))
  if (account) for (const each of [folder, file]) chownSync(each, account.uid, account.gid)
  const child = spawn(PROGRAM ?? '', [file], { ...spawnOptions(account), detached: false, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  const ended = once(child, 'close')
  t.teardown(async () => {
    child.kill('SIGKILL')
    await ended
  })
  await untilListening(listenPort, child, () => said)
  return `postgres://${user}@127.0.0.1:${listenPort}/${database}`
}
