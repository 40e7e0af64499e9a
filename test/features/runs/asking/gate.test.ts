import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { promisify } from 'node:util'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { PACKAGE_ROOT } from '../../../../lib/domain/version.js'
import { quotaGate } from '../../../../lib/features/runs/asking/gate.js'
import { SteadyPool } from '../../../../lib/postgres/steady-pool.js'
import { quotaUse, type QuotaLimits } from '../../../../lib/store/fetches/quota.js'
import { empty, freshDatabase } from '../../../helpers/database.js'

const { url, pool } = await freshDatabase(t)
const db = new SteadyPool(pool, 0, pino({ enabled: false }))
const limits = (some: Partial<QuotaLimits>): QuotaLimits => ({ perSecond: null, perMinute: null, perDay: null, perMonth: null, ...some })
const { signal } = new AbortController()

t.afterEach(() => empty(pool))

/** A server that notes when each request that arrives was sent: how long it is on its way, on a busy machine, is no matter of the gate. */
async function countingServer(t: Test): Promise<{ address: string; sent: number[] }> {
  const sent: number[] = []
  const server = createServer(({ url }, response) => {
    const [, at] = /^\/\?sent=(.*)$/.exec(url ?? '') ?? []
    if (at !== undefined) sent.push(Number(at))
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, sent }
}

/** Requests of two processes at once; how many each was refused. */
async function twoProcesses(address: string, requests: number, lanes: number, some: Partial<QuotaLimits>): Promise<number[]> {
  const program = path.join(PACKAGE_ROOT, 'dist/test/helpers/gate-process.js')
  const { NODE_OPTIONS: _, ...env } = process.env
  const one = () => promisify(execFile)(process.execPath, [program, url, address, String(requests), String(lanes), JSON.stringify(limits(some))], { env })
  return (await Promise.all([one(), one()])).map(({ stdout }) => Number(stdout))
}

/** Most requests of any window. */
const most = (sent: readonly number[], windowMs: number): number => Math.max(...sent.map((first) => sent.filter((at) => at >= first && at - first < windowMs).length))

await t.test('two processes with one limit a second never exceed it together, and leave little of it', async (t) => {
  const { address, sent } = await countingServer(t)
  t.same(await twoProcesses(address, 30, 10, { perSecond: 20 }), [0, 0])
  t.equal(sent.length, 60)
  t.ok(most(sent, 1000) <= 20, `${most(sent, 1000)} in one second`)
  // 60 are three windows, the first of which begins at once.
  const took = Math.max(...sent) - Math.min(...sent)
  t.ok(took < 6000, `within ${took} ms`)
})

await t.test('two processes share what is left of a day, and are told when it is used up', async (t) => {
  const { address, sent } = await countingServer(t)
  const refused = await twoProcesses(address, 20, 4, { perDay: 25 })
  t.equal(sent.length, 25)
  t.equal(refused[0]! + refused[1]!, 15)
  t.match(await quotaUse(pool), new Map([['p', { day: 25, month: 25 }]]), 'and what they used stays counted')
  await t.rejects(quotaGate(db, 'p', limits({ perDay: 25 })).pass(signal), {
    name: 'QuotaUsedUp', code: 'QUOTA_USED_UP', stops: true, message: 'p may be asked 25 times a day, and 25 are used', hint: /^the next day begins at \d{4}-\d\d-\d\dT00:00 UTC; /,
  })
})

await t.test('who asked first is served at an earlier instant, or at the same', async (t) => {
  // However late: who misses an instant waits for another.
  const gate = quotaGate(db, 'p', limits({ perSecond: 3 }), Infinity)
  const served: number[] = []
  await Promise.all([1, 2, 3, 4, 5].map(async (who) => {
    await gate.pass(signal)
    served.push(who)
  }))
  t.same([new Set(served.slice(0, 3)), new Set(served.slice(3))], [new Set([1, 2, 3]), new Set([4, 5])])
})

await t.test('a request that is stopped while it waits is given back, and so is one that was never sent', async (t) => {
  const gate = quotaGate(db, 'p', limits({ perMinute: 1 }))
  const first = await gate.pass(signal)
  const stop = new AbortController()
  const reason = new Error('stopped')
  const waiting = gate.pass(stop.signal)
  setTimeout(() => stop.abort(reason), 50)
  await t.rejects(waiting, reason)
  t.match((await quotaUse(pool)).get('p'), { minute: 1, day: 1 })
  await t.rejects(gate.pass(stop.signal), reason)
  await first.giveBack()
  t.match((await quotaUse(pool)).get('p'), { minute: 0, day: 0 })
  await gate.pass(signal)
})

await t.test('a process that is kept busy past its instant takes another one', async (t) => {
  const gate = quotaGate(db, 'p', limits({ perSecond: 2 }))
  const passes = [1, 2, 3].map(() => gate.pass(signal))
  await Promise.all(passes.slice(0, 2))
  setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300), 900)
  await passes[2]
  t.match((await quotaUse(pool)).get('p'), { day: 3, minute: 3 }, 'and gives the first one back')
  const { rows: [latest] } = await pool.query<{ id: number }>('select max(request_id) as id from provider_requests')
  t.equal(latest!.id, 4)
})

await t.test('a database that is gone is told to those who wait', async (t) => {
  const { pool: other } = await freshDatabase(t)
  await other.query('drop table provider_quota')
  await t.rejects(quotaGate(new SteadyPool(other, 0, pino({ enabled: false })), 'p', limits({})).pass(signal), { code: '42P01' })
})
