import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { fetches } from '../../../lib/cli/commands/fetches/group.js'
import { PACKAGE_ROOT } from '../../../lib/domain/version.js'
import { openAnswers } from '../../../lib/transport/answers/answers.js'
import { callProgram } from '../../helpers/call-program.js'
import { empty, freshDatabase } from '../../helpers/database.js'
import { keepFetch } from '../../helpers/kept-fetches.js'
import { runCommand } from '../../helpers/run-command.js'

const { pool, url } = await freshDatabase(t)
const raw = t.testdir({})
const answers = openAnswers(raw, {})
const run = (...line: string[]) => runCommand(fetches, ['fetches', ...line], { pool, settings: { answers: raw } })
const program = (...line: string[]) => callProgram(['fetches', ...line], { DATABASE_URL: url, OHLCV_RAW: raw })

/** A few requests of two jobs: stored, failed, of all symbols. */
async function someFetches(): Promise<void> {
  await empty(pool)
  await keepFetch(pool, answers, { job: 'first', symbol: 'SPY', end: '2025-01-10', bars: 5, bodies: ['{"page":1}', '{"page":2}'] })
  await keepFetch(pool, answers, { job: 'first', symbol: 'VUG', timespan: 'week', status: 'failed', code: 'PROVIDER_UNAVAILABLE', message: 'the server failed' })
  await keepFetch(pool, answers, { job: 'second', symbol: null, provider: 'other', bars: 1234, bodies: ['{}'] })
}

await t.test('requests come newest first, with a closing line about all that match', async (t) => {
  await someFetches()
  const { text, json } = await run()
  const [, ...lines] = text.split('\n')
  t.match(lines, [/^ +3 .* other +\* +day +2025-01-06 +stored +- +1 +1,234 +2 B +[0-9a-f]{10}$/, /^ +2 .* VUG +week .* failed +PROVIDER_UNAVAILABLE .* - +-$/, /^ +1 .* SPY +day +2025-01-06\.\.2025-01-10 +stored .* 20 B/])
  t.match(text, '3 requests: 2 stored, 1 failed; 1,239 bars, 22 B.')
  t.match(json, {
    fetches: [{ fetch_id: 3, symbol: null }, { fetch_id: 2, code: 'PROVIDER_UNAVAILABLE', raw_hash: null }, { fetch_id: 1, raw_hash: /^[0-9a-f]{64}$/, pulled_at: '2025-02-01T12:00:00.000Z' }],
    counts: [{ status: 'stored', fetches: 2, bars: 1239, bytes: 22 }, { status: 'failed', fetches: 1, bars: 0, bytes: 0 }],
  })
})

await t.test('job, symbol, provider, timespan, status and limit choose', async (t) => {
  await someFetches()
  const ids = async (...flags: string[]) => ((await run(...flags)).json['fetches'] as { fetch_id: number }[]).map(({ fetch_id }) => fetch_id)
  t.same(await ids('--job', 'first'), [2, 1])
  t.same(await ids('--symbol', 'SPY'), [1])
  t.same(await ids('--provider', 'other'), [3])
  t.same(await ids('--provider', 'polygon'), [2, 1], 'by another name it goes by')
  t.same(await ids('--timespan', 'week'), [2])
  t.same(await ids('--status', 'failed'), [2])
  t.same(await ids('--limit', '2'), [3, 2])
  t.match((await run('--limit', '2')).text, '1 more; --limit 3 shows all.')
  t.equal((await run('--job', 'third')).text, 'No request was like that.')
  await empty(pool)
  t.match((await run()).text, 'Nothing has been fetched yet.')
})

await t.test('one request tells what became of it and of each page', async (t) => {
  await someFetches()
  const { text, json } = await run('show', '1')
  t.match(text, /^Fetch 1: massive, SPY, day, 2025-01-06\.\.2025-01-10: stored\n/)
  t.match(text, 'bars        5: 5 inserted')
  t.match(text, /1 {2}[0-9a-f]{64} {2}kept +10\n +2 {2}[0-9a-f]{64} {2}kept +10$/)
  t.match(json, { fetch: { fetch_id: 1, job_id: 'first' }, kept_in: raw, pages: [{ page: 1, state: 'kept', bytes: 10 }, { page: 2, state: 'kept', bytes: 10 }] })
  t.match((await run('show', '2')).text, 'message     PROVIDER_UNAVAILABLE: the server failed')
  t.same((await run('show', '2')).json['pages'], [])
  for (const id of ['4', 'x', '99999999999999999999']) await t.rejects(run('show', id), { code: 'FETCH_UNKNOWN' })
})

await t.test('a page that is gone or damaged is told apart', async (t) => {
  await someFetches()
  const folder = path.join(raw, 'massive/2025/02')
  const [first, second] = readdirSync(folder).filter((name) => name.endsWith('.gz'))
  writeFileSync(path.join(folder, first!), 'no gzip')
  rmSync(path.join(folder, second!))
  const states = ((await run('show', '1')).json['pages'] as { state: string; bytes: number | null }[])
  t.same(states.map(({ state }) => state).toSorted(), ['damaged', 'gone'])
  t.same(states.map(({ bytes }) => bytes), [null, null])
  t.match(await program('show', '1', '--raw'), { code: 3, stdout: '', stderr: /the kept answer .* is not/ }, 'and then nothing of the answer is printed')
  await pool.query('update fetches set pruned_at = now() where fetch_id = 1')
  rmSync(path.join(folder, first!))
  t.match((await run('show', '1')).json['pages'], [{ state: 'pruned' }, { state: 'pruned' }])
  t.match((await run('show', '1')).text, /^Fetch 1: .*: stored, pruned\n/)
  t.match(await program('show', '1', '--raw'), { code: 3, stdout: '', stderr: /no longer kept: it was pruned/ })
})

await t.test('an answer is printed as it came, page after page or one of them, and nothing else', async (t) => {
  await someFetches()
  t.match(await program('show', '1', '--raw'), { code: 0, stdout: /^\{"page":1\}\{"page":2\}$/, stderr: '' })
  t.match(await program('show', '1', '--raw', '--page', '2'), { code: 0, stdout: /^\{"page":2\}$/ })
  t.match(await program('show', '1', '--raw', '--page', '3'), { code: 2, stdout: '', stderr: /fetch 1 has no page 3\n +its pages are 1 to 2/ })
  t.match(await program('show', '2', '--raw'), { code: 3, stdout: '', stderr: /fetch 2 brought no answer: PROVIDER_UNAVAILABLE/ })
  t.match(JSON.parse((await program('show', '1', '--raw', '--json')).stdout), { schema: 'ohlcv.fetches.show/1', pages: [{ page: 1 }, { page: 2 }] }, 'with --json it is a document as ever')
})

await t.test('bytes that are no text come out as they went in, also the second megabyte of them', async (t) => {
  await empty(pool)
  const body = Buffer.from(Array.from({ length: 1_500_000 }, (_, i) => (i * 7919) % 256))
  await keepFetch(pool, answers, { bodies: [body] })
  const printed = await printedBy('show', '1', '--raw')
  t.equal(printed.length, body.length)
  t.equal(createHash('sha256').update(printed).digest('hex'), createHash('sha256').update(body).digest('hex'))
})

/** What the program writes to its standard output through a pipe. */
async function printedBy(...line: string[]): Promise<Buffer> {
  const child = spawn('/usr/bin/env', ['-u', 'NODE_OPTIONS', process.execPath, path.join(PACKAGE_ROOT, 'dist/bin/ohlcv.js'), 'fetches', ...line], {
    env: { PATH: process.env['PATH'] ?? '', DATABASE_URL: url, OHLCV_RAW: raw }, stdio: ['ignore', 'pipe', 'inherit'],
  })
  const chunks: Buffer[] = []
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
