import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { ALERT_FAILPOINTS } from '../../lib/domain/failpoint.js'
import { empty, freshDatabase } from '../helpers/database.js'
import { Random } from '../helpers/random.js'

t.setTimeout(3_600_000)

/** A few kills at fixed steps in the suite; `make alerts` has many at any, and another seed each time. */
const KILLS = Number(process.env['ALERTS_KILLS'] ?? 3)
const SEED = Number(process.env['ALERTS_SEED'] ?? 1)
/** What cannot be known after a kill between the other side's answer and the mark. */
const MAY_REPEAT = 'alerts-sent'
const STEPS = ['alerts-before-commit', 'alerts-before-send', 'alerts-sent']

interface Received { messageId: string; text: string }

const { url, pool } = await freshDatabase(t)
const received: Received[] = []
const server = createServer((request, response) => {
  void text(request).then((body) => {
    received.push(JSON.parse(body) as Received)
    response.end()
  })
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
t.teardown(() => server.close())

/** A look of a process of its own, which may die at a step; whether it died. */
async function look(at: number, causes: readonly string[], step = ''): Promise<boolean> {
  const child = spawn('/usr/bin/env', [
    '-u', 'NODE_OPTIONS', process.execPath, path.join(import.meta.dirname, '../helpers/monitor-process.js'), String(at), causes.join(','), `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
  ], { env: { ...process.env, DATABASE_URL: url, OHLCV_FAILPOINT: step }, stdio: ['ignore', 'ignore', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`a look ended with ${code ?? signal}`)
  return signal === 'SIGKILL'
}

await t.test(`monitors that are killed ${KILLS} times tell all there is to tell, and nothing twice but what may have been taken, by the same name (seed ${SEED})`, async (t) => {
  t.comment(`seed ${SEED}; again with: make alerts ALERTS_SEED=${SEED} ALERTS_KILLS=${KILLS}`)
  await empty(pool)
  const random = new Random(SEED)
  let killed = 0
  let mayRepeat = 0
  const due: string[] = []
  let at = 0
  for (let round = 0; killed < KILLS; round++) {
    const causes = [`a${round}`, `b${round}`]
    // Opened by looks of which the first is killed, and cleared by looks of which any may be.
    for (const [found, told] of [[causes, 'opened'], [[], 'gone'], [[], 'cleared']] as const) {
      const step = KILLS === STEPS.length ? (told === 'opened' ? STEPS[round]! : '') : killed < KILLS && random.chance(0.7) ? `${random.pick(ALERT_FAILPOINTS)}:${1 + random.below(3)}` : ''
      if (step !== '' && (await look(at, found, step))) {
        killed++
        if (step.startsWith(MAY_REPEAT)) mayRepeat++
      }
      if (step === '' || killed === KILLS || told !== 'gone') await look(at + 1, found)
      at += 10
      if (told !== 'gone') due.push(...causes.map((cause) => `${told} provider ${cause}`))
    }
    if (KILLS !== STEPS.length && round > 50 * KILLS) throw new Error('nobody is killed')
  }
  for (const more of [0, 10]) await look(at + more, [])
  const byName = new Map(received.map(({ messageId, text: said }) => [messageId, said]))
  t.same([...byName.values()].toSorted(), due.toSorted(), 'each once by its name')
  t.ok(received.length - byName.size <= mayRepeat, `${received.length - byName.size} came twice, ${mayRepeat} may have`)
  t.equal((await pool.query('select from deliveries where sent_at is null')).rowCount, 0)
  if (KILLS === STEPS.length) t.equal(received.length - byName.size, 1, 'the one that was taken and not marked')
})
