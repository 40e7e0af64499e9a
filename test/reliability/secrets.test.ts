import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import pg from 'pg'
import t from 'tap'
import { callProgram } from '../helpers/call-program.js'
import { freshDatabase } from '../helpers/database.js'
import { startFaultProxy } from '../helpers/fault-proxy.js'
import { dayFileText, manyBars, registerSymbols } from '../helpers/load.js'
import { FAULTS, type RestFault } from '../helpers/rest-faults.js'
import { REST_KEY, startRestServer, type DIALECTS } from '../helpers/rest-server.js'
import { startProgram } from '../helpers/process.js'
import { memoryObject } from '../helpers/s3-objects.js'
import { startS3Server } from '../helpers/s3-server.js'

const DATE = '2025-01-06'
const PASSWORD = 'Pa55w0rd-of-the-database'
const TOKEN = 'session-token-of-the-test'

t.setTimeout(300_000)
await t.test('no secret is in what a load prints, stores or shows in the process list, however it ends', async (t) => {
  const { url, pool } = await freshDatabase(t)
  await registerSymbols(pool, manyBars(20).map((bar) => bar.split(',')[0]!))
  const s3 = await startS3Server({ sessionToken: TOKEN })
  t.teardown(() => s3.close())
  s3.objects.set(`stocks/day_aggs_v1/2025/01/${DATE}.csv.gz`, memoryObject(Buffer.from(dayFileText(DATE, [...manyBars(20), 'A001,1,1,2,1,1,1']))))
  const user = `ohlcv_test_secret_${process.pid}`
  await pool.query(`create role ${user} login password '${PASSWORD}' in role ohlcv_loader`)
  t.teardown(() => pool.query(`drop role ${user}`))
  const { host, port, database } = new pg.Client({ connectionString: url })
  const proxy = await startFaultProxy(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port })
  t.teardown(() => proxy.close())
  const at = (to: string) => `postgres://${user}:${PASSWORD}@${to}/${database}`
  const secrets = [PASSWORD, TOKEN, s3.env['AWS_SECRET_ACCESS_KEY']!]
  const line = ['load', '--source', `s3://${s3.bucket}/stocks`, '--date', DATE, '-v']

  const runs: [string, number, Record<string, string>, string[]?][] = [
    ['that succeeds', 0, {}],
    ['again, as JSON', 0, {}, ['--json', '--force']],
    ['whose database is not there', 2, { DATABASE_URL: at('127.0.0.1:1') }],
    ['whose database has another name', 2, { DATABASE_URL: at(`127.0.0.1:${proxy.port}`).replace(/\/[^/]*$/, '/nowhere') }],
    ['whose URL cannot be read', 2, { DATABASE_URL: `postgres://${user}:${PASSWORD}@[/x` }],
    ['whose database is no PostgreSQL', 2, { DATABASE_URL: at(new URL(s3.endpoint).host) }, ['--json']],
    ['whose credentials are wrong', 2, { AWS_ACCESS_KEY_ID: 'AKIAWRONGWRONGWRONG0' }],
    ['whose secret is wrong', 2, { AWS_SECRET_ACCESS_KEY: `${s3.env['AWS_SECRET_ACCESS_KEY']}x` }, ['--json']],
    ['whose source is wrong', 2, {}, ['--source', `s3://${s3.bucket}-not/stocks`]],
    ['with an unknown flag', 2, {}, ['--unknown']],
  ]
  for (const [what, exit, env, more = []] of runs) {
    const { code, stdout, stderr } = await callProgram([...line, ...more], { DATABASE_URL: at(`127.0.0.1:${proxy.port}`), ...s3.env, ...env })
    t.equal(code, exit, `a load ${what}`)
    for (const secret of secrets) t.notOk(`${stdout}${stderr}`.includes(secret), `a load ${what} prints none`)
  }

  await t.test('while it runs', async (t) => {
    s3.faults.push({ operation: 'get', delay: 3000 })
    const loader = startProgram(t, [...line, '--force'], { DATABASE_URL: at(`127.0.0.1:${proxy.port}`), ...s3.env })
    await loader.says(/load begins/)
    const command = readFileSync(`/proc/${loader.pid}/cmdline`, 'latin1')
    t.ok(command.includes('load'))
    for (const secret of secrets) t.notOk(command.includes(secret), 'the process list has none')
    const { rows } = await pool.query<{ text: string }>('select concat_ws(\' \', application_name, query) as text from pg_stat_activity')
    for (const secret of secrets) t.notOk(rows.some(({ text }) => text.includes(secret) && !text.startsWith('create role')), 'the server\'s list of activities has none')
    loader.kill('SIGTERM')
    await loader.ended
  })

  await t.test('in the tables', async (t) => {
    const { rows: tables } = await pool.query<{ name: string }>(`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`)
    for (const { name } of tables) {
      const { rows } = await pool.query<{ text: string | null }>(`select string_agg(x::text, ' ') as text from ${pg.escapeIdentifier(name)} x`)
      for (const secret of secrets) t.notOk(rows[0]?.text?.includes(secret), name)
    }
  })
})

/** What a run of the program is, how it has to end, what goes wrong with answers, its line, and more of its environment. */
type Run = [string, number, RestFault | undefined, string[], Record<string, string>?]

/** Refusals of a key that repeat it. */
const REFUSED: Readonly<Record<string, RestFault>> = {
  massive: { status: 401, body: `{"error":"Unknown API Key ${REST_KEY}"}` },
  alpha_vantage: { status: 200, body: `{"Error Message":"the parameter apikey ${REST_KEY} is invalid or missing."}` },
  stooq: { status: 200, body: `Get your apikey: ${REST_KEY} is none\r\n` },
}

for (const [provider, refused] of Object.entries(REFUSED)) {
  await t.test(`the key of ${provider} is in nothing that a fetch prints, stores, keeps or writes, whatever comes back`, async (t) => {
    const { url, pool } = await freshDatabase(t)
    const home = t.testdir({})
    // As JSON, a URL or HTML may write it, in an answer that repeats it.
    const waysToWrite = [REST_KEY, REST_KEY.replaceAll('/', '\\/'), encodeURIComponent(REST_KEY), Buffer.from(REST_KEY).toString('base64')]
    const server = await startRestServer({ dialect: provider as keyof typeof DIALECTS, securities: { AAA: {}, BBB: {} }, floor: '2026-01-01' })
    t.teardown(() => server.close())
    // How often one may ask is told elsewhere; here it would be waited for.
    const limits = path.join(home, 'providers.yaml')
    writeFileSync(limits, `providers: { ${provider}: { priority: 1, tier: primary } }\n`)
    const env = { DATABASE_URL: url, OHLCV_HOME: home, OHLCV_PROVIDERS: limits, ...server.env }
    const elsewhere = Object.fromEntries(Object.entries(server.env).filter(([name]) => name.endsWith('_BASE_URL')).map(([name, base]) => [name, base.replace(/:\d+$/, ':1')]))
    const fetching = (...more: string[]): string[] => ['fetch', '--provider', provider, '--days', '2', '--timespan', 'day', ...more]
    const { exhausted } = server.dialect.refusals
    // In CSV there is no place to repeat it: the answer is refused, and kept.
    const isJson = provider !== 'stooq'
    const runs: Run[] = [
      ['that succeeds', 0, undefined, fetching('--symbols', 'AAA,BBB', '-v')],
      ['as JSON', 0, undefined, fetching('--symbols', 'AAA', '--json')],
      ['whose answers repeat it', isJson ? 0 : 3, FAULTS.repeatsKey(REST_KEY), fetching('--symbols', 'AAA,BBB', '-v')],
      ['whose answers are none and repeat it', 3, { body: `{"status":"ERROR","error":"key ${REST_KEY} or ${encodeURIComponent(REST_KEY)} or ${REST_KEY.replaceAll('/', '\\/')}"}` }, fetching('--symbols', 'AAA', '-v')],
      ['whose key is refused with it', 2, refused, fetching('--symbols', 'AAA', '-v')],
      ...(exhausted ? [['whose day is used up, which repeats it', 3, exhausted, fetching('--symbols', 'AAA', '-v')] satisfies Run] : []),
      // Of a header, and of a parameter: others are no different.
      ...(isJson ? [['that cannot reach anybody', 3, undefined, fetching('--symbols', 'AAA', '--json'), elsewhere] satisfies Run] : []),
      ['of providers', 0, undefined, ['providers', '--json']],
      ['of a provider that is tried', 3, { body: `<p>${REST_KEY}</p>` }, ['providers', 'test', provider, '--json']],
      ['of its replay', 0, undefined, ['fetches', 'replay', '--json']],
    ]
    for (const [what, exit, fault, line, more] of runs) {
      server.fault = () => fault
      const { code, stdout, stderr } = await callProgram(line, { ...env, ...more })
      t.equal(code, exit, `a run ${what}: ${stdout}${stderr}`)
      for (const written of waysToWrite) t.notOk(`${stdout}${stderr}`.includes(written), `a run ${what} prints none`)
    }
    const { rows: tables } = await pool.query<{ name: string }>(`select oid::regclass::text as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`)
    for (const { name } of tables) {
      const { rows } = await pool.query<{ text: string | null }>(`select string_agg(x::text, ' ') as text from ${name} x`)
      for (const written of waysToWrite) t.notOk(rows[0]?.text?.includes(written), name)
    }
    const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map(({ parentPath, name }) => `${parentPath}/${name}`)
    t.ok(files.some((file) => file.endsWith('.jsonl')) && files.some((file) => file.endsWith('.json.gz')))
    const texts = files.map((file) => {
      const bytes = readFileSync(file)
      return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1')
    })
    for (const [index, text] of texts.entries()) for (const written of waysToWrite) t.notOk(text.includes(written), files[index]!)
    t.ok(texts.some((text) => text.includes('your key REDACTED or REDACTED or REDACTED')), 'an answer that repeats it is kept without it')
  })
}
