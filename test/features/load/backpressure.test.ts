import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import t from 'tap'
import { beginSession } from '../../../lib/postgres/session.js'
import type { Universe } from '../../../lib/domain/universe.js'
import { DAY_AGGS } from '../../../lib/datasets/day.js'
import { isoDate } from '../../../lib/domain/dates.js'
import type { Failpoints } from '../../../lib/domain/failpoint.js'
import { stageDay } from '../../../lib/features/load/day/stage-day.js'
import { Turns } from '../../../lib/features/load/day/turns.js'
import type { Source } from '../../../lib/sources/source.js'
import { freshDatabase } from '../../helpers/database.js'
import { startFaultProxy } from '../../helpers/fault-proxy.js'
import { directorySource } from '../../helpers/load.js'

const DATE = isoDate('2025-01-06')
const MIB = 1024 ** 2
const BODY = 1024 * MIB
const CHUNK = 64 * 1024

/** A day file's text of a gigabyte, made while it is read; `taken` counts what was. */
function endlessBody() {
  const state = { taken: 0 }
  function* text(): Generator<Buffer> {
    yield Buffer.from('ticker,volume,open,close,high,low,window_start,transactions\n')
    const rest = `,1234567.125,101.25,101.5,102.75,100.875,${Date.parse('2025-01-06T05:00:00Z')}000000,4321\n`
    for (let row = 1; state.taken < BODY;) {
      let chunk = ''
      while (chunk.length < CHUNK) chunk += `S${row++}${rest}`
      state.taken += chunk.length
      yield Buffer.from(chunk)
    }
  }
  return { state, body: () => Readable.from(text(), { objectMode: false, highWaterMark: CHUNK }) }
}

await t.test('a server that takes no more stops the reading of the source within 16 MB; when it takes again, so does the reading', async (t) => {
  const { url } = await freshDatabase(t)
  const { host, port, user, password, database } = new pg.Client({ connectionString: url })
  const proxy = await startFaultProxy(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port })
  t.teardown(() => proxy.close())
  const client = new pg.Client({ host: proxy.host, port: proxy.port, user: user ?? '', database: database ?? '', ...(typeof password === 'string' && { password }) })
  client.on('error', () => {})
  await client.connect()
  await beginSession(client)
  const { state, body } = endlessBody()
  // Early, while the buffers on the way are still empty.
  let blocks = 0
  let open = () => {}
  let blockedAt = 0
  const failpoint: Failpoints = (step) => {
    if (step !== 'mid-copy' || ++blocks !== 4) return
    open = proxy.block('up')
    blockedAt = state.taken
  }
  const stop = new AbortController()
  const universe = { size: 1, identitySeq: 0, has: () => true, securityOn: (symbol: string) => Number(symbol.slice(1)) }
  const source: Source = { ...directorySource(t.testdir({})), open: () => Promise.resolve(body()) }
  const staging = stageDay(client, {
    dataset: DAY_AGGS, source, file: { date: DATE, key: 'endless', size: BODY, version: 'etag:endless' }, date: DATE, universe: universe as unknown as Universe, selected: null,
    limits: { maxLineBytes: 65_536, maxFileBytes: 2 * BODY, maxFileLines: 1e6, maxRejectedRows: 10 }, signal: stop.signal, now: () => new Date(0), failpoint, turns: new Turns(),
  })
  const ended = { early: false }
  staging.catch(() => (ended.early = true))
  const until = async (isSo: () => boolean) => {
    while (!isSo() && !ended.early) await delay(5)
  }

  await until(() => blockedAt > 0)
  // It has come to rest once nothing was taken in a while.
  for (let before = -1, still = 0; still < 10; still = state.taken === before ? still + 1 : 0) {
    before = state.taken
    await delay(50)
  }
  const restedAt = state.taken
  t.ok(restedAt - blockedAt <= 16 * MIB, `${((restedAt - blockedAt) / MIB).toFixed(1)} MB were taken after the server took no more`)
  t.ok(restedAt < BODY / 4, 'most of the body is still to be read')

  open()
  await until(() => state.taken >= restedAt + 16 * MIB)
  t.ok(state.taken >= restedAt + 16 * MIB, 'the reading goes on')
  stop.abort(new Error('enough'))
  await t.rejects(staging)
  await client.end().catch(() => {})
})
