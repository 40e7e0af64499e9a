import fc from 'fast-check'
import t from 'tap'
import type { Trouble } from '../../lib/features/alerts/trouble.js'
import { DAY, late, Memory, minute, missing, news, silent } from '../helpers/troubles.js'
import { inputs, SEED } from './runs.js'

/** What a look finds: some dates, late or missing, and some other things. */
const found = fc.record({
  dates: fc.subarray(['2026-02-26', '2026-02-27', '2026-03-02']), isMissing: fc.boolean(), isSilent: fc.boolean(), symbols: fc.subarray(['AAA', 'BBB']),
}).map(({ dates, isMissing, isSilent, symbols }): Trouble[] => [
  ...(dates.length > 0 ? [isMissing ? missing(...dates) : late(...dates)] : []), ...(isSilent ? [silent('massive')] : []), ...(symbols.length > 0 ? [news(...symbols)] : []),
])
/** Looks with the minutes between them; a clock that is set back has less than none. */
const looks = (between: fc.Arbitrary<number>): fc.Arbitrary<{ after: number; troubles: Trouble[] }[]> => fc.array(fc.record({ after: between, troubles: found }), { maxLength: 40 })
const forwards = fc.oneof(fc.constant(10), fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 3 * DAY }))
const anyhow = fc.oneof({ weight: 9, arbitrary: forwards }, { weight: 1, arbitrary: fc.integer({ min: -40 * DAY, max: -1 }) })

/** Looks, and then for a day at nothing that is wrong. */
function run(sequence: readonly { after: number; troubles: Trouble[] }[], each: (memory: Memory, troubles: Trouble[]) => void = () => undefined): Memory {
  const memory = new Memory()
  let at = 0
  for (const { after, troubles } of [...sequence, { after: 10, troubles: [] }, ...Array.from({ length: 5 }, () => ({ after: 400, troubles: [] }))]) {
    at += after
    memory.look(minute(at), ...troubles)
    each(memory, troubles)
  }
  return memory
}

await t.test('whatever looks find, and however the clock is set, there is one open incident of a cause, and each thing that is wrong is in one', async () => {
  fc.assert(fc.property(looks(anyhow), (sequence) => {
    run(sequence, (memory, troubles) => {
      if (new Set(memory.open).size !== memory.open.length) throw new Error(`two of ${memory.open.join(', ')}`)
      const open = memory.incidents.filter(({ clearedAt }) => clearedAt === null)
      for (const { topic, parts, severity } of troubles.filter((one) => one.severity !== 'info')) {
        for (const part of parts) if (!open.some((one) => one.topic === topic && one.parts.includes(part))) throw new Error(`${severity} ${topic} ${part} is in none`)
      }
    })
  }), { seed: SEED, numRuns: inputs(t, 100) })
})

await t.test('who hears that something began hears once that it is over, and never of the one without the other', async () => {
  fc.assert(fc.property(looks(forwards), (sequence) => {
    const memory = run(sequence)
    if (memory.open.length > 0) throw new Error(`${memory.open.join(', ')} is still open`)
    const states = new Map<string, string>()
    for (const { text } of memory.notices.filter((one) => !/reminder|symbols/.test(one.text))) {
      const [event = '', ...rest] = text.split(' ')
      const cause = rest.join(' ')
      const isOpen = ['opened', 'reopened', 'escalated'].includes(states.get(cause) ?? '')
      if (isOpen === ['opened', 'reopened'].includes(event)) throw new Error(`${event} ${cause} after ${states.get(cause) ?? 'nothing'}`)
      states.set(cause, event)
    }
    for (const [cause, event] of states) if (event !== 'cleared') throw new Error(`${cause} ended with ${event}`)
  }), { seed: SEED, numRuns: inputs(t, 100) })
})

await t.test('a second monitor that looks just after the first one changes nothing', async () => {
  fc.assert(fc.property(looks(anyhow), (sequence) => {
    const [one, two] = [run(sequence), run(sequence.flatMap(({ after, troubles }) => [{ after, troubles }, { after: 0, troubles }]))]
    if (JSON.stringify(one.notices) !== JSON.stringify(two.notices)) throw new Error(`${JSON.stringify(one.notices)} is not ${JSON.stringify(two.notices)}`)
  }), { seed: SEED, numRuns: inputs(t, 100) })
})

await t.test('people are reminded once a day at most', async () => {
  fc.assert(fc.property(looks(forwards), (sequence) => {
    const reminders = run(sequence).notices.filter(({ text }) => text.startsWith('reminder')).map(({ at }) => at.getTime())
    if (reminders.some((at, index) => index > 0 && at - reminders[index - 1]! < DAY * 60_000)) throw new Error('two within a day')
  }), { seed: SEED, numRuns: inputs(t, 100) })
})
