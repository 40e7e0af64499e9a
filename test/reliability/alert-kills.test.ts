import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { ALERT_FAILPOINTS, type Failpoint } from '../../lib/domain/failpoint.js'
import { monitor } from '../../lib/routines/monitor/monitor.js'
import { freshDatabase } from '../helpers/database.js'
import { runtimeOf } from '../helpers/load.js'
import { Random } from '../helpers/random.js'
import { minute, postingTo, silent, situationAt } from '../helpers/troubles.js'

t.setTimeout(3_600_000)

/** A few kills in the suite, at the steps where they differ most; `make alerts` has many at any step, and another seed each time. */
const KILLS = process.env['ALERTS_KILLS'] === undefined ? undefined : Number(process.env['ALERTS_KILLS'])
const SEED = Number(process.env['ALERTS_SEED'] ?? 1)
const IN_SUITE: [step: Failpoint, time: number][] = [['alerts-before-commit', 1], ['alerts-before-send', 1], ['alerts-sent', 2]]
const random = new Random(SEED)
const kills = KILLS === undefined ? IN_SUITE : Array.from({ length: KILLS }, (): [Failpoint, number] => [random.pick(ALERT_FAILPOINTS), random.below(2) + 1])

const { url, pool } = await freshDatabase(t)
const received: { messageId: string; text: string }[] = []
const server = createServer((request, response) => {
  void text(request).then((body) => {
    received.push(JSON.parse(body) as { messageId: string; text: string })
    response.end()
  })
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
t.teardown(() => server.close())
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

/** A look in a process of its own, which kills itself at a step; how it ended. */
async function killedLook(at: number, causes: readonly string[], step: string): Promise<string | null> {
  const child = spawn('/usr/bin/env', ['-u', 'NODE_OPTIONS', process.execPath, path.join(import.meta.dirname, '../helpers/monitor-process.js'), String(at), causes.join(','), address],
    { env: { ...process.env, DATABASE_URL: url, OHLCV_FAILPOINT: step }, stdio: ['ignore', 'ignore', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  const [, signal] = (await once(child, 'close')) as [number | null, string | null]
  return signal
}

async function look(at: number, causes: readonly string[]): Promise<void> {
  await monitor({ ...runtimeOf(pool), now: () => minute(at) }, { channels: [postingTo(address)], look: async (now) => situationAt(now), rules: [() => causes.map((cause) => silent(cause))] })
}

await t.test(`monitors that are killed ${kills.length} times tell all there is to tell, and twice only what was taken and not marked, by the same name (seed ${SEED})`, async (t) => {
  t.comment(`seed ${SEED}; again with: make alerts ALERTS_SEED=${SEED} ALERTS_KILLS=${kills.length}`)
  const due: string[] = []
  let taken = 0
  for (const [index, [step, time]] of kills.entries()) {
    const causes = [`a${index}`, `b${index}`]
    const at = index * 100
    // Two incidents begin, or two end: the one or the other is told by two notices, which each have a first and a second time for each step.
    const isEnd = KILLS !== undefined && index % 2 === 1
    if (isEnd) {
      await look(at, causes)
      await look(at + 10, [])
    }
    // What is written is committed once.
    const count = /commit/.test(step) ? 1 : time
    t.equal(await killedLook(at + 20, isEnd ? [] : causes, `${step}:${count}`), 'SIGKILL', `${step}:${count}`)
    if (step === 'alerts-sent') taken++
    for (const [after, found] of [[21, isEnd ? [] : causes], [30, []], [40, []]] as const) await look(at + after, found)
    due.push(...causes.flatMap((cause) => [`opened provider ${cause}`, `cleared provider ${cause}`]))
  }
  const byName = new Map(received.map(({ messageId, text: said }) => [messageId, said]))
  t.same([...byName.values()].toSorted(), due.toSorted(), 'each notice is told, and no other')
  t.equal(received.length - byName.size, taken, 'twice only what was taken and not marked')
  t.equal((await pool.query('select from deliveries where sent_at is null')).rowCount, 0)
})
