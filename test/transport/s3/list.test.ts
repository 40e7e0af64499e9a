import t from 'tap'
import { inspect } from 'node:util'
import { DAY_AGGS } from '../../../lib/datasets/day.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { s3Source } from '../../../lib/transport/s3/s3.js'
import { memoryObject } from '../../helpers/s3-objects.js'
import type { Fault } from '../../helpers/s3-server.js'
import { range, SIGNAL } from '../contract.js'
import { s3 } from './fixture.js'

const YEAR = range('2024-01-01', '2024-12-31')
const SECRETS = ['secret/of', 'hunter2', 'token/of']

/** The error of a listing with these variables, after looking for secrets anywhere in it. */
async function listError(t: Parameters<typeof s3>[0], env: NodeJS.ProcessEnv, uri = 's3://flatfiles/us_stocks_sip'): Promise<unknown> {
  const source = s3Source(uri, { env, policy: { attempts: 2, baseMs: 1, capMs: 1, budgetMs: 1000 } })
  t.teardown(() => source.close())
  const error: unknown = await source.list(DAY_AGGS, YEAR, SIGNAL).then(() => t.fail('listed'), (error: unknown) => error)
  for (const secret of SECRETS) t.notOk(inspect(error, { depth: 10, showHidden: true }).includes(secret), 'no secret shows')
  return error
}

await t.test('a place or a credential that cannot be used is named with the variable to mend', async (t) => {
  const { server } = await s3(t, { sessionToken: 'token/of+test' })
  const good = server.env
  const cases = [
    [{ AWS_SECRET_ACCESS_KEY: 'hunter2' }, 'SOURCE_CREDENTIALS', /refused the signature/, /AWS_SECRET_ACCESS_KEY/],
    [{ AWS_ACCESS_KEY_ID: 'AKIAOTHER' }, 'SOURCE_CREDENTIALS', /does not know the access key/, /AWS_ACCESS_KEY_ID/],
    [{ AWS_SESSION_TOKEN: 'hunter2' }, 'SOURCE_CREDENTIALS_EXPIRED', /session credentials/, /AWS_SESSION_TOKEN/],
    [{ AWS_REGION: 'eu-west-1' }, 'SOURCE_ELSEWHERE', /not in the region eu-west-1/, /AWS_REGION/],
    [{ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9' }, 'SOURCE_UNREACHABLE', /http:\/\/127\.0\.0\.1:9: nothing listens there/, /AWS_ENDPOINT_URL_S3/],
    [{ AWS_ENDPOINT_URL_S3: '', AWS_ENDPOINT_URL: 'http://s3.invalid' }, 'SOURCE_UNREACHABLE', /http:\/\/s3\.invalid: its host name is not known/, /AWS_ENDPOINT_URL_S3/],
  ] as const
  for (const [change, code, message, hint] of cases) {
    t.match(await listError(t, { ...good, ...change }), { name: 'UsageError', code, message, hint }, JSON.stringify(change))
  }
  t.match(await listError(t, good, 's3://otherbucket/x'), { name: 'UsageError', code: 'SOURCE_NO_BUCKET', message: /no bucket otherbucket at http/ })
})

await t.test('what S3 answers to a listing is told in plain words', async (t) => {
  const { server } = await s3(t)
  const cases: [Fault, string, RegExp][] = [
    [{ status: 400, code: 'ExpiredToken' }, 'SOURCE_CREDENTIALS_EXPIRED', /have expired/],
    [{ status: 403, code: 'AccessDenied' }, 'SOURCE_ACCESS_DENIED', /may not list the bucket flatfiles/],
    [{ status: 403, code: 'RequestTimeTooSkewed' }, 'SOURCE_CLOCK', /clock is wrong/],
    [{ status: 301, code: 'PermanentRedirect' }, 'SOURCE_ELSEWHERE', /not in the region us-east-1/],
    [{ status: 307, code: 'TemporaryRedirect', headers: { Location: 'http://elsewhere.invalid/' } }, 'SOURCE_ELSEWHERE', /not in the region/],
    [{ status: 400, code: 'SomethingNew' }, 'SOURCE_UNREACHABLE', /SomethingNew, HTTP 400/],
    [{ page: '<html><body>Please log in</body></html>' }, 'SOURCE_UNREACHABLE', /cannot be listed at http/],
    [{ page: 'not even markup' }, 'SOURCE_UNREACHABLE', /cannot be listed at http/],
    [{ status: 503, code: 'SlowDown', times: 2 }, 'SOURCE_UNREACHABLE', /SlowDown, HTTP 503/],
    [{ refuse: true, times: 2 }, 'SOURCE_UNREACHABLE', /ECONNRESET/],
  ]
  for (const [fault, code, message] of cases) {
    server.faults.push({ ...fault })
    t.match(await listError(t, server.env), { name: 'UsageError', code, message, hint: /./ }, JSON.stringify(fault))
    t.same(server.faults, [], 'the request met the fault')
  }
})

await t.test('settings that cannot work are refused before anything is sent', async (t) => {
  const cases = [
    [{ AWS_ACCESS_KEY_ID: 'AKIA' }, 's3://flatfiles/x', 'SOURCE_NO_CREDENTIALS', /AWS_SECRET_ACCESS_KEY is not set/],
    [{ AWS_SECRET_ACCESS_KEY: 'hunter2' }, 's3://flatfiles/x', 'SOURCE_NO_CREDENTIALS', /AWS_ACCESS_KEY_ID is not set/],
    [{ AWS_ENDPOINT_URL_S3: 'files.massive.com' }, 's3://flatfiles/x', 'SOURCE_ENDPOINT', /AWS_ENDPOINT_URL_S3 is not the address/],
    [{ AWS_ENDPOINT_URL: 'https://u:hunter2@host' }, 's3://flatfiles/x', 'SOURCE_ENDPOINT', /AWS_ENDPOINT_URL is not the address/],
    [{}, 's3://', 'SOURCE_URI', /not of the form/],
    [{}, 's3://Bad_Bucket/x', 'SOURCE_URI', /not of the form/],
    [{}, 's3://AKIA:hunter2@bucket/x', 'SOURCE_URI', /not of the form/],
  ] as const
  for (const [env, uri, code, message] of cases) {
    try {
      s3Source(uri, { env })
      t.fail(uri)
    } catch (error) {
      t.match(error, { name: 'UsageError', code, message, hint: /./ })
      t.notOk(inspect(error, { depth: 10 }).includes('hunter2'))
    }
  }
})

await t.test('without any credentials it says which variables are missing', async (t) => {
  const nowhere = t.testdir()
  const changed: Record<string, string> = {
    AWS_SHARED_CREDENTIALS_FILE: `${nowhere}/credentials`, AWS_CONFIG_FILE: `${nowhere}/config`, AWS_EC2_METADATA_DISABLED: 'true',
  }
  const before = new Map(Object.keys(changed).map((name) => [name, process.env[name]]))
  Object.assign(process.env, changed)
  t.teardown(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })
  const { server } = await s3(t)
  const { AWS_ENDPOINT_URL_S3 } = server.env
  for (const env of [{ AWS_ENDPOINT_URL_S3 }, { AWS_ENDPOINT_URL_S3, AWS_PROFILE: 'nobody' }]) {
    t.match(await listError(t, env), { name: 'UsageError', code: 'SOURCE_NO_CREDENTIALS', message: /no credentials for the bucket flatfiles/, hint: /AWS_ACCESS_KEY_ID/ })
  }
  t.same(server.requests, [])
})

await t.test('a busy or broken server is asked again, after as long as it asks for', async (t) => {
  const { server, source, waits, publish } = await s3(t)
  publish('2024-01-02', Buffer.from('x'))
  server.faults.push(
    { status: 503, code: 'SlowDown', headers: { 'Retry-After': '7' } }, { status: 429, code: 'TooManyRequests' }, { refuse: true },
  )
  t.same([...(await source.list(DAY_AGGS, YEAR, SIGNAL)).keys()], ['2024-01-02'])
  t.same(waits, [7000, 200, 400], 'half of 400 and 800 ms')
})

await t.test('an answer that never comes is given up after the idle time', async (t) => {
  const { server, source, publish } = await s3(t, {}, { idleMs: 100 })
  publish('2024-01-02', Buffer.from('x'))
  server.faults.push({ delay: 2 ** 30 })
  t.equal((await source.list(DAY_AGGS, YEAR, SIGNAL)).size, 1)
  t.match(server.requests.map(({ broken }) => broken), [true, false])
})

await t.test('a signal ends the wait for an answer and for the next attempt', async (t) => {
  const reason = new Error('stopped')
  const stop = new AbortController()
  const { server, source } = await s3(t)
  server.faults.push({ delay: 2 ** 30 })
  const listed = source.list(DAY_AGGS, YEAR, stop.signal)
  while (server.requests.length === 0) await new Promise(setImmediate)
  stop.abort(reason)
  await t.rejects(listed, reason)

  const waiting = new AbortController()
  const other = s3Source('s3://flatfiles/x', { env: server.env, tools: { onRetry: () => waiting.abort(reason) } })
  server.faults.push({ status: 503, headers: { 'Retry-After': '600' } })
  await t.rejects(other.list(DAY_AGGS, YEAR, waiting.signal), reason)
  await other.close()
})

await t.test('a prefix without the dataset is unusable, and a child that has it is named', async (t) => {
  const { server, source, publish } = await s3(t)
  await t.rejects(source.list(DAY_AGGS, YEAR, SIGNAL), { name: 'UsageError', code: 'SOURCE_NO_DATASET', message: /us_stocks_sip\/ has no objects below day_aggs_v1/, hint: /YYYY-MM-DD\.csv\.gz/ })
  server.objects.set('other/file', memoryObject(Buffer.from('x')))
  publish('2020-01-02', Buffer.from('x'))
  const above = s3Source('s3://flatfiles', { env: server.env })
  t.teardown(() => above.close())
  await t.rejects(above.list(DAY_AGGS, YEAR, SIGNAL), { code: 'SOURCE_NO_DATASET', hint: 'did you mean s3://flatfiles/us_stocks_sip?' })
  for (const deep of ['day_aggs_v1', 'day_aggs_v1/2020/01/']) {
    const below = s3Source(`s3://flatfiles/us_stocks_sip/${deep}`, { env: server.env })
    t.teardown(() => below.close())
    await t.rejects(below.list(DAY_AGGS, YEAR, SIGNAL), { code: 'SOURCE_NO_DATASET', hint: 'give the prefix that holds day_aggs_v1/: s3://flatfiles/us_stocks_sip' }, deep)
  }
  t.equal((await source.list(DAY_AGGS, YEAR, SIGNAL)).size, 0, 'files of other years are enough for an empty answer')
})

await t.test('a year is one request, and the bucket itself may be the prefix', async (t) => {
  const { server, source, publish } = await s3(t)
  for (const date of ['2023-12-29', '2024-01-02', '2024-06-03']) publish(date, Buffer.from('x'))
  t.equal((await source.list(DAY_AGGS, range('2023-12-01', '2024-12-31'), SIGNAL)).size, 3)
  t.same(server.requests.map(({ key }) => key), ['us_stocks_sip/day_aggs_v1/2023/', 'us_stocks_sip/day_aggs_v1/2024/'])
  server.objects.set('day_aggs_v1/2024/01/2024-01-03.csv.gz', memoryObject(Buffer.from('x')))
  const whole = s3Source('s3://flatfiles/', { env: server.env })
  t.teardown(() => whole.close())
  t.same([...(await whole.list(DAY_AGGS, YEAR, SIGNAL)).keys()], ['2024-01-03'])
})

await t.test('a date that is not listed is absent or forbidden, whichever the server answers', async (t) => {
  const { server, source, publish } = await s3(t)
  const date = isoDate('2024-01-02')
  const key = publish(date, Buffer.from('x'))
  t.equal(await source.probe(DAY_AGGS, isoDate('2024-01-06'), SIGNAL), 'absent')
  server.faults.push({ status: 503, code: 'SlowDown' })
  t.equal(await source.probe(DAY_AGGS, isoDate('2024-01-06'), SIGNAL), 'absent', 'also when it is busy at first')
  t.equal(await source.probe(DAY_AGGS, date, SIGNAL), 'absent', 'one that came after the listing')
  server.forbidden.add(key)
  t.equal(await source.probe(DAY_AGGS, date, SIGNAL), 'forbidden')
  server.faults.push({ status: 400, code: 'ExpiredToken' })
  await t.rejects(source.probe(DAY_AGGS, date, SIGNAL), { name: 'SourceError', code: 'SOURCE_REFUSED', message: /HTTP 400/ })
})
