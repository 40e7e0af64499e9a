import { writeFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { providers } from '../../../lib/cli/commands/providers/group.js'
import { vendorsOf } from '../../../lib/features/fetch/vendors/vendors.js'
import { askedProvider } from '../../helpers/asked-provider.js'
import { FAULTS } from '../../helpers/rest-faults.js'
import { REST_KEY, startRestServer } from '../../helpers/rest-server.js'
import { runCommand } from '../../helpers/run-command.js'

const NOON = '2025-06-20T12:00:00.000Z'
const { pool, server } = await askedProvider(t)

const at = (minutes: number) => new Date(new Date(NOON).getTime() + minutes * 60_000)
/** A check so many minutes after noon: what it says of Massive, and all that it says. */
async function check(minutes: number, env: Record<string, string> = server.env, settings: Record<string, unknown> = {}) {
  const answer = await runCommand(providers, ['providers', 'check'], { pool, env, settings, now: at(minutes).toISOString() })
  const [massive] = answer.json['providers'] as Record<string, unknown>[]
  return { ...answer, massive: massive! }
}
const stateAt = async (minutes: number) => (await vendorsOf(pool, at(minutes)))[0]!

const rest = (code: string, minutes: number) =>
  pool.query(`insert into provider_rests (provider, failures, code, message, changed_at) values ('massive', 1, $1, 'no', $2)`, [code, at(minutes)])

await t.test('a provider that answers is well for a quarter of an hour, and unknown after that; who was never looked at is unknown', async (t) => {
  const { exitCode, massive, text } = await check(0)
  t.equal(exitCode, 0)
  t.match(massive, { provider: 'massive', state: 'ok', shown_by: 'probe', not_asked: null, code: null, changed_at: NOON, checked_at: NOON, valid_until: '2025-06-20T12:15:00.000Z' })
  t.match(text, /^massive +ok +2025-06-20 12:00:00Z +2025-06-20 12:00:00Z +asked +\d+ ms/m)
  t.equal(server.requests.length, 1)
  t.match(await stateAt(14.9), { state: 'ok', changedAt: at(0) })
  t.match(await stateAt(15), { state: 'unknown', code: null, changedAt: at(15), checkedAt: at(0) })
  t.same((await vendorsOf(pool, at(0))).slice(1).map(({ provider, state, checkedAt }) => [provider, state, checkedAt]), [['alpha_vantage', 'unknown', null], ['stooq', 'unknown', null], ['yahoo', 'unknown', null]])
})

await t.test('what is wrong is written down, and since when; the check itself has not failed', async (t) => {
  const cases = [
    [FAULTS.limited, 'rate_limited', 'RATE_LIMITED', 0], [FAULTS.limited, 'rate_limited', 'RATE_LIMITED', 0], [FAULTS.busyFor('0'), 'unavailable', 'PROVIDER_UNAVAILABLE', 20],
    [FAULTS.reset, 'unavailable', 'HTTP_UNREACHABLE', 20], [FAULTS.unknownKey, 'unavailable', 'PROVIDER_KEY_REFUSED', 20], [{}, 'ok', null, 50],
  ] as const
  for (const [index, [fault, state, code, since]] of cases.entries()) {
    server.fault = () => fault
    const { exitCode, massive, text, json } = await check(index * 10)
    t.equal(exitCode, 0)
    t.match(massive, { state, code, shown_by: 'probe', changed_at: at(since).toISOString(), checked_at: at(index * 10).toISOString() }, `${index}`)
    t.notMatch(text + JSON.stringify(json), REST_KEY)
  }
  t.equal(server.requests.length, cases.length, 'one request each')
})

await t.test('a provider that does not answer in time is unavailable', async (t) => {
  server.fault = () => FAULTS.delay(3000)
  t.match((await check(0, { ...server.env, MASSIVE_API_TIMEOUT: '0.1' })).massive, { state: 'unavailable', code: 'HTTP_TIMEOUT' })
})

await t.test('requests of checks count within the limits, and not among those by which providers are chosen', async (t) => {
  await check(0)
  t.match((await pool.query(`select used from provider_quota where period = 'day'`)).rows, [{ used: 1 }])
  t.same((await pool.query('select from provider_metrics')).rows, [])
})

await t.test('who answered a moment ago is not asked again: a check, or a fetch', async (t) => {
  await check(0)
  t.match((await check(4)).massive, { state: 'ok', not_asked: 'it answered a moment ago', checked_at: NOON })
  t.equal(server.requests.length, 1)
  await pool.query(`insert into jobs (job_id, kind, request) values ('j', 'fetch', '{}')`)
  await pool.query(`
    insert into fetches (job_id, provider, timespan, start_date, end_date, status, tries, rules_version, identity_seq, pulled_at, duration_ms)
    values ('j', 'massive', 'day', '2025-06-19', '2025-06-19', 'empty', 1, 1, 0, $1, 5)`, [at(8)])
  t.match((await check(10)).massive, { state: 'ok', shown_by: 'requests', not_asked: 'it answered a moment ago', checked_at: at(8).toISOString(), changed_at: NOON, valid_until: at(23).toISOString() })
  t.equal(server.requests.length, 1)
  await rest('RATE_LIMITED', 11)
  t.match((await check(12)).massive, { state: 'ok', shown_by: 'probe', checked_at: at(12).toISOString() }, 'who failed a moment ago is asked whether that has passed')
  t.equal(server.requests.length, 2)
})

await t.test('who may not be asked is known by what fetches met, as long as that is not old', async (t) => {
  const noKey = { MASSIVE_API_KEY: '' }
  t.match((await check(0, noKey)).massive, { state: 'unknown', shown_by: null, not_asked: 'MASSIVE_API_KEY is not set' })
  await rest('HTTP_TIMEOUT', 1)
  t.match((await check(2, noKey)).massive, { state: 'unavailable', shown_by: 'requests', code: 'HTTP_TIMEOUT', checked_at: at(1).toISOString(), not_asked: 'MASSIVE_API_KEY is not set' })
  await pool.query('delete from provider_rests')
  t.match((await check(12, noKey)).massive, { state: 'unavailable' }, 'the last that is known')
  t.match((await check(17, noKey)).massive, { state: 'unknown', code: null, changed_at: at(16).toISOString() })
  t.equal(server.requests.length, 0)
})

await t.test('checks leave small limits to fetches, and one that is used up is told', async (t) => {
  const limits = path.join(t.testdir({}), 'providers.yaml')
  const checkedWith = async (text: string, minutes: number) => {
    writeFileSync(limits, `providers: { massive: { priority: 1, tier: primary, ${text} } }\n`)
    return (await check(minutes, server.env, { providers: limits })).massive
  }
  const tooLittle = { state: 'unknown', not_asked: 'its limits leave too little for a check every ten minutes' }
  t.match(await checkedWith('per_day: 719', 0), tooLittle, 'a fifth of it is less than 144')
  t.match(await checkedWith('monthly_limit: 22319', 0), tooLittle, 'a fifth of it is less than 31 times 144')
  t.match(await checkedWith('enabled: false', 0), { state: 'unknown', not_asked: 'not enabled in providers.yaml' })
  t.match(await checkedWith('per_day: 720, monthly_limit: 22320', 0), { state: 'ok' })
  await pool.query('update provider_quota set used = 720')
  t.match(await checkedWith('per_day: 720', 10), { state: 'rate_limited', code: 'QUOTA_USED_UP', not_asked: null })
  t.equal(server.requests.length, 1)
})

await t.test('a setting that cannot be used is told of its provider, and one without a key is asked only where fetches ask it', async (t) => {
  const yahoo = await startRestServer({ dialect: 'yahoo' })
  t.teardown(() => yahoo.close())
  const both = async (minutes: number) => {
    const { json, text } = await check(minutes, { ...server.env, ...yahoo.env, MASSIVE_API_KEY: 'with a space' })
    const [massive, , , last] = json['providers'] as Record<string, unknown>[]
    return { massive, last, text }
  }
  const { massive, last, text } = await both(0)
  t.match(massive, { state: 'unavailable', code: 'PROVIDER_KEY_INVALID' })
  t.match(text, /^massive: MASSIVE_API_KEY has spaces.*; copy it once more$/m)
  t.match(last, { provider: 'yahoo', state: 'unknown', not_asked: 'no fetch of the last 30 days has asked it' })
  await pool.query(`insert into provider_metrics (provider_name, date) values ('yahoo', (clock_timestamp() at time zone 'UTC')::date)`)
  t.match((await both(10)).last, { provider: 'yahoo', shown_by: 'probe', not_asked: null })
  t.equal(yahoo.requests.length, 1)
})

await t.test('what is older than what stands says nothing new', async (t) => {
  await check(10)
  t.match((await check(0)).massive, { state: 'ok', checked_at: at(10).toISOString() })
})
