import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pino } from 'pino'
import t from 'tap'
import { connectDatabase } from '../../lib/postgres/open.js'
import { runProgram } from '../helpers/process.js'
import { makeCertificate, startTlsServer } from '../helpers/tls-server.js'

const server = await startTlsServer(t)
const { port, certificate } = server
const other = makeCertificate(t.testdir(), 'other').certificate

const urlOf = (user: string, parameters: string, host = '127.0.0.1') => `postgres://${user}@${host}:${port}/postgres?${parameters}`

/** Whether the connection came to be encrypted. */
async function encrypted(env: NodeJS.ProcessEnv): Promise<boolean> {
  const database = await connectDatabase({ env, home: undefined, create: false, log: pino({ enabled: false }), signal: new AbortController().signal })
  try {
    const { rows } = await database.pool.query<{ ssl: boolean }>('select ssl from pg_stat_ssl where pid = pg_backend_pid()')
    return rows[0]!.ssl
  } finally {
    await database.close()
  }
}

const connected = (user: string, parameters: string, host?: string) => encrypted({ DATABASE_URL: urlOf(user, parameters, host) })

await t.test('sslmode means what it means to libpq', async (t) => {
  const root = `sslrootcert=${certificate}`
  t.equal(await connected('either', ''), true, 'prefer is the default')
  t.equal(await connected('either', 'sslmode=disable'), false)
  t.equal(await connected('either', 'sslmode=allow'), false)
  t.equal(await connected('either', 'sslmode=prefer'), true)
  t.equal(await connected('either', 'sslmode=require'), true, 'whoever signed the certificate')
  t.equal(await connected('either', `sslmode=verify-ca&${root}`), true, 'whatever the host is called')
  t.equal(await connected('either', `sslmode=verify-full&${root}`, 'localhost'), true)
  t.equal(await connected('either', `sslmode=require&${root}`), true)
})

await t.test('a certificate that is no good is refused, with what would help', async (t) => {
  const refusals: [parameters: string, expected: object][] = [
    ['sslmode=verify-full', { code: 'DATABASE_TLS', message: /self-signed/, hint: /sslrootcert.*sslmode=require without it/ }],
    ['sslmode=verify-full&sslrootcert=system', { code: 'DATABASE_TLS' }],
    [`sslmode=verify-full&sslrootcert=${certificate}`, { code: 'DATABASE_TLS', message: /127\.0\.0\.1/, hint: /a name that the certificate has/ }],
    [`sslmode=verify-ca&sslrootcert=${other}`, { code: 'DATABASE_TLS', hint: /sslrootcert/ }],
    [`sslmode=require&sslrootcert=${other}`, { code: 'DATABASE_TLS' }],
    ['sslmode=verify-ca', { code: 'DATABASE_SETTING', hint: /sslrootcert/ }],
    ['sslmode=require&sslrootcert=system', { code: 'DATABASE_SETTING', message: /too weak/ }],
    ['sslmode=prefer&sslnegotiation=direct', { code: 'DATABASE_SETTING', message: /too weak for sslnegotiation/ }],
  ]
  for (const [parameters, expected] of refusals) await t.rejects(connected('either', parameters), { name: 'UsageError', ...expected }, parameters)
})

await t.test('prefer and allow take the other way where the server wants it, and no other mode does', async (t) => {
  t.equal(await connected('encrypted', 'sslmode=allow'), true)
  t.equal(await connected('plain', 'sslmode=prefer'), false)
  await t.rejects(connected('encrypted', 'sslmode=disable'), { code: 'DATABASE_ACCESS', hint: /sslmode=require/ })
  await t.rejects(connected('plain', 'sslmode=require'), { code: 'DATABASE_ACCESS' })
  await t.rejects(connected('nobody', 'sslmode=prefer'), { code: 'DATABASE_ACCESS', message: /nobody/ }, 'what the server said of the first way')
  await t.rejects(connected('nobody', 'sslmode=allow'), { code: 'DATABASE_ACCESS', message: /nobody/ })
})

await t.test('the variables of libpq count too, beside DATABASE_URL as well', async (t) => {
  const env = { PGHOST: '127.0.0.1', PGPORT: String(port), PGUSER: 'either', PGDATABASE: 'postgres' }
  t.equal(await encrypted({ ...env, PGSSLMODE: 'disable' }), false)
  t.equal(await encrypted({ ...env, PGSSLMODE: 'require' }), true)
  t.equal(await encrypted({ ...env, PGSSLMODE: 'verify-ca', PGSSLROOTCERT: certificate }), true)
  await t.rejects(encrypted({ ...env, PGSSLMODE: 'verify-ca', PGSSLROOTCERT: other }), { code: 'DATABASE_TLS' })
  t.equal(await encrypted({ DATABASE_URL: urlOf('either', ''), PGSSLMODE: 'disable' }), false)
  t.equal(await encrypted({ DATABASE_URL: urlOf('either', 'sslmode=require'), PGSSLMODE: 'disable' }), true, 'the URL wins')
})

await t.test('a root certificate in the user\'s home makes require check', async (t) => {
  const home = t.testdir()
  mkdirSync(path.join(home, '.postgresql'))
  const withRoot = (file: string) => {
    writeFileSync(path.join(home, '.postgresql', 'root.crt'), readFileSync(file))
    return encrypted({ HOME: home, DATABASE_URL: urlOf('either', 'sslmode=require') })
  }
  t.equal(await withRoot(certificate), true)
  await t.rejects(withRoot(other), { code: 'DATABASE_TLS' })
})

await t.test('the program says nothing but its answer', async (t) => {
  const { code, stdout, stderr } = await runProgram(t, ['db', 'info'], { DATABASE_URL: urlOf('either', 'sslmode=require') })
  t.match({ code, stdout }, { code: 0, stdout: `127.0.0.1:${port}/postgres as either` })
  t.equal(stderr, '', 'no warning of Node\'s or of node-postgres\'')
})

await t.test('a password that is asked for and not given is an error at once', async (t) => {
  const began = performance.now()
  const { code, stderr } = await runProgram(t, ['status'], { DATABASE_URL: urlOf('secret', '') })
  t.equal(code, 2)
  t.match(stderr, /asks for a password and none is given\n +set PGPASSWORD/)
  t.ok(performance.now() - began < 20_000, 'the server itself would wait for 60 s')
})

await t.test('a server without TLS', async (t) => {
  await server.run('alter system set ssl = off')
  await server.run('select pg_reload_conf()')
  while (await connected('either', 'sslmode=prefer')) t.comment('not yet')
  t.equal(await connected('either', ''), false)
  t.equal(await connected('either', 'sslmode=allow'), false)
  await t.rejects(connected('either', 'sslmode=require'), { code: 'DATABASE_TLS', hint: /offers no TLS: sslmode=prefer or disable/ })
  await t.rejects(connected('encrypted', 'sslmode=allow'), { code: 'DATABASE_ACCESS', message: /no encryption/ })
})
