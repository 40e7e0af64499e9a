import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Test } from 'tap'
import { findBinaries } from '../../lib/postgres/embedded/binaries.js'
import { makePlace, type Place } from '../../lib/postgres/embedded/place.js'
import { spawnOptions } from '../../lib/postgres/embedded/process.js'
import { embeddedHome, prepared } from './embedded-home.js'

/** A PostgreSQL of the test's own that listens on TCP and offers TLS. */
export interface TlsServer {
  port: number
  /** Its certificate, which signs itself and is for the name localhost. */
  certificate: string
  /** Runs a statement as its superuser. */
  run: (sql: string) => Promise<void>
}

/** Who may log in, and how: by TLS only, without it only, either way, or with a password. */
const ACCESS = `local all all trust
hostssl all encrypted all trust
hostnossl all plain all trust
host all secret all scram-sha-256
host all either all trust
`

/** Makes a certificate that signs itself, for localhost, and its key. */
export function makeCertificate(folder: string, name: string): { certificate: string; key: string } {
  const [certificate, key] = [path.join(folder, `${name}.crt`), path.join(folder, `${name}.key`)]
  execFileSync('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', certificate, '-days', '2',
    '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost',
  ], { stdio: 'pipe' })
  return { certificate, key }
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function superuser({ base }: Place, port: number): Promise<pg.Client> {
  for (;;) {
    const client = new pg.Client({ host: base, port, user: 'ohlcv', database: 'postgres', ssl: false })
    try {
      await client.connect()
      return client
    } catch {
      await delay(50)
    }
  }
}

/** Starts the server; stopped at teardown. */
export async function startTlsServer(t: Test): Promise<TlsServer> {
  const place = await makePlace(await prepared(embeddedHome(t)))
  const binaries = await findBinaries(place)
  const { certificate, key } = makeCertificate(place.data, 'server')
  writeFileSync(path.join(place.data, 'pg_hba.conf'), ACCESS)
  const { user } = place
  if (user) for (const file of [certificate, key, place.base]) chownSync(file, user.uid, user.gid)
  chmodSync(key, 0o600)
  const port = await freePort()
  writeFileSync(path.join(place.data, 'postgresql.conf'), `port = ${port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '${place.base}'\nssl = on\n`)
  const server = spawn(binaries.postgres, ['-D', place.data], { ...spawnOptions(user), stdio: 'ignore' })
  const client = await superuser(place, port)
  t.teardown(async () => {
    await client.end()
    server.kill('SIGINT')
    await once(server, 'exit')
  })
  await client.query(`
    create role encrypted login; create role plain login; create role either login;
    create role secret login password 'hunter2'`)
  return { port, certificate, run: async (sql) => void (await client.query(sql)) }
}
