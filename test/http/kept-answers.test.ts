import t from 'tap'
import { pino } from 'pino'
import { KeptAnswers } from '../../lib/http/framework/kept-answers.js'
import { render, type Rendered } from '../../lib/http/framework/rendered.js'

/** Answers with a clock and a maker of the test's own. */
function setUp(limit = 1_000_000) {
  let time = 0
  const answers = new KeptAnswers({ kept: limit, behind: 10_000 }, pino({ enabled: false }), () => time)
  const open: (() => void)[] = []
  const asked: string[] = []
  const get = async (key: string, version: string, { soon = false, held = false, text = `${key} ${version}` } = {}): Promise<string> => {
    const make = async (): Promise<Rendered> => {
      asked.push(`${key} ${version}`)
      if (held) await new Promise<void>((resolve) => void open.push(resolve))
      if (text === 'fails') throw new Error('no')
      return render({ type: 'text/plain', body: text })
    }
    return (await answers.get({ key, version, soon, make })).body.toString()
  }
  return { answers, asked, get, pass: (ms: number) => { time += ms }, release: () => open.splice(0).forEach((resolve) => resolve()) }
}

const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

await t.test('an answer is kept until something is written', async (t) => {
  const { asked, get } = setUp()
  t.same([await get('a', '1'), await get('a', '1'), await get('b', '1'), await get('a', '2'), await get('a', '2')], ['a 1', 'a 1', 'b 1', 'a 2', 'a 2'])
  t.same(asked, ['a 1', 'b 1', 'a 2'])
})

await t.test('who asks while it is made waits for that one, unless it is of before', async (t) => {
  const { asked, get, release } = setUp()
  const waiting = [get('a', '1', { held: true }), get('a', '1', { held: true }), get('a', '2', { held: true })]
  await settled()
  t.same(asked, ['a 1', 'a 2'])
  release()
  t.same(await Promise.all(waiting), ['a 1', 'a 1', 'a 2'])
})

await t.test('one that is dear is given as it was while it is made anew, once, and is not made again at once', async (t) => {
  const { asked, get, pass, release } = setUp()
  const first = get('a', '1', { soon: true, held: true })
  pass(80)
  release()
  t.equal(await first, 'a 1')
  pass(3999)
  t.equal(await get('a', '2', { soon: true }), 'a 1')
  t.same(asked, ['a 1'], 'it rests fifty times as long as it took')
  pass(1)
  t.same(await Promise.all([get('a', '2', { soon: true, held: true }), get('a', '2', { soon: true, held: true }), get('a', '3', { soon: true, held: true })]), ['a 1', 'a 1', 'a 1'])
  t.same(asked, ['a 1', 'a 2'])
  release()
  await settled()
  t.equal(await get('a', '2', { soon: true }), 'a 2')
})

await t.test('one that is dear is never more than ten seconds behind', async (t) => {
  const { get, pass } = setUp()
  await get('a', '1', { soon: true })
  pass(60_000)
  t.equal(await get('a', '1', { soon: true }), 'a 1', 'it is as it was: nothing was written')
  pass(10_000)
  t.equal(await get('a', '2', { soon: true, text: 'fails' }), 'a 1')
  await settled()
  pass(1)
  t.equal(await get('a', '2', { soon: true }), 'a 2', 'whoever asks then waits')
})

await t.test('what cannot be made is not kept, and is tried again', async (t) => {
  const { answers, get } = setUp()
  await t.rejects(Promise.all([get('a', '1', { text: 'fails' }), get('a', '1', { text: 'fails' })]), { message: 'no' })
  t.equal(answers.last('a'), undefined)
  t.equal(await get('a', '1'), 'a 1')
})

await t.test('within its bytes those stay that were asked for last, and none takes all of them', async (t) => {
  const { answers, asked, get } = setUp(10_000)
  const text = 'x'.repeat(1000)
  for (const key of ['a', 'b', 'c', 'd']) await get(key, '1', { text })
  await get('a', '1')
  for (const key of ['e', 'f']) await get(key, '1', { text })
  t.ok(answers.bytes > 0 && answers.bytes <= 10_000, `${answers.bytes} bytes`)
  asked.length = 0
  await get('a', '1')
  t.same(asked, [], 'a was asked for lately')
  for (let at = 0; at < 500; at++) await get(`key ${at}`, String(at), { text })
  t.ok(answers.bytes <= 10_000, `${answers.bytes} bytes`)
  const before = answers.bytes
  await get('large', '1', { text: 'x'.repeat(5000) })
  t.equal(answers.last('large'), undefined)
  t.equal(answers.bytes, before)
})
