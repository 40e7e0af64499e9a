import t from 'tap'
import { retry, TransientError, type RetryPolicy, type RetryTools } from '../../lib/transport/retry.js'

const POLICY: RetryPolicy = { attempts: 4, baseMs: 100, capMs: 300, budgetMs: 10_000 }
const SIGNAL = new AbortController().signal
const final = new Error('for good')

function world(random = 1) {
  const clock = { ms: 0 }
  const waits: number[] = []
  const tools: RetryTools = {
    random: () => random,
    now: () => clock.ms,
    delay: async (ms) => {
      waits.push(ms)
      clock.ms += ms
    },
    onRetry: () => {},
  }
  return { clock, waits, tools }
}

await t.test('what may pass is tried again, with waits that double up to a cap, and random below that', async (t) => {
  for (const [random, expected] of [[1, [100, 200, 300]], [0.5, [50, 100, 150]], [0, [0, 0, 0]]] as const) {
    const { tools, waits } = world(random)
    let calls = 0
    const result = await retry(async () => {
      if (++calls < 4) throw new TransientError(final)
      return 'done'
    }, POLICY, tools, SIGNAL)
    t.equal(result, 'done')
    t.same(waits, expected)
  }
})

await t.test('after the last attempt the final error is thrown, and each retry has been told', async (t) => {
  const { tools, waits } = world()
  const told: number[] = []
  tools.onRetry = (failure, waitMs) => {
    t.equal(failure.final, final)
    told.push(waitMs)
  }
  await t.rejects(retry(async () => {
    throw new TransientError(final)
  }, POLICY, tools, SIGNAL), final)
  t.same(waits, [100, 200, 300])
  t.same(told, waits)
})

await t.test('what will not pass is not tried again', async (t) => {
  const { tools, waits } = world()
  await t.rejects(retry(async () => {
    throw final
  }, POLICY, tools, SIGNAL), final)
  t.same(waits, [])
})

await t.test('the server may ask for a longer wait, unless it is more than there is to spend', async (t) => {
  const { tools, waits } = world()
  const asking = (ms: number) => retry(async () => {
    if (waits.length === 0) throw new TransientError(final, ms)
  }, POLICY, tools, SIGNAL)
  await asking(5000)
  t.same(waits, [5000])
  waits.length = 0
  await t.rejects(asking(10_001), final)
  t.same(waits, [])
})

await t.test('news count the attempts anew, but the time lost adds up', async (t) => {
  const { tools, clock } = world()
  let calls = 0
  await t.rejects(retry(async (progressed) => {
    calls++
    clock.ms += 900 // a connection that takes its time to fail or to bring something
    progressed()
    clock.ms += 1_000_000 // time in which bytes flow costs nothing
    progressed()
    throw new TransientError(final)
  }, POLICY, tools, SIGNAL), final)
  t.equal(calls, 11, 'each failure but the first costs 100 + 900 ms of 10 s')
})

await t.test('a signal ends it before an attempt, in one and between two', async (t) => {
  const reason = new Error('stopped')
  const { tools } = world()
  await t.rejects(retry(async () => t.fail('tried'), POLICY, tools, AbortSignal.abort(reason)), reason)
  for (const where of ['attempt', 'delay']) {
    const stop = new AbortController()
    tools.delay = async () => {
      if (where === 'delay') stop.abort(reason)
    }
    await t.rejects(retry(async () => {
      if (where === 'attempt') stop.abort(reason)
      throw new TransientError(final)
    }, POLICY, tools, stop.signal), reason)
  }
})
