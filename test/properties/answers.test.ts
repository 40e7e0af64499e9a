import fc from 'fast-check'
import t from 'tap'
import { timespanNamed } from '../../lib/datasets/timespans.js'
import { isoDate } from '../../lib/domain/dates.js'
import { SourceError } from '../../lib/domain/errors.js'
import { Tally } from '../../lib/domain/tally.js'
import type { BarsReading } from '../../lib/providers/bar-provider.js'
import { BAR_PROVIDERS } from '../../lib/providers/bar-providers.js'
import { BAR_SAMPLES, DATE, SYMBOL } from '../providers/bar-samples.js'
import { inputs, SEED } from './runs.js'

const byte = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...Buffer.from('",:{}[]\\-+.eE019n\0 ')) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }) })
const NUMBER = /^(?:0|[1-9]\d{0,19})(?:\.\d{1,20})?$|^-/

/** Whatever an answer may have become on its way. */
function damaged(answer: string): fc.Arbitrary<Buffer> {
  const edit = fc.record({ at: fc.nat(answer.length), remove: fc.oneof(fc.nat(3), fc.nat(120)), insert: fc.array(byte, { maxLength: 4 }) })
  const edited = fc.array(edit, { maxLength: 4 }).map((edits) => {
    let bytes = Buffer.from(answer)
    for (const { at, remove, insert } of edits) bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(insert), bytes.subarray(at + remove)])
    return bytes
  })
  // JSON that is well formed, with a value in it that is another.
  const value = fc.oneof(fc.jsonValue().map((json) => JSON.stringify(json)), fc.constantFrom('1e400', '-0', '1e-400', 'null', '[]', '"1"', '0.1e+2', '99999999999999999999999'))
  const replaced = fc.tuple(fc.nat(40), value).map(([nth, text]) => {
    let index = 0
    return Buffer.from(answer.replaceAll(/:(?:[-+.\deE]+|"[^"]*")/g, (found) => (index++ === nth ? `:${text}` : found)))
  })
  return fc.oneof(edited, replaced, fc.array(byte, { maxLength: 200 }).map((bytes) => Buffer.from(bytes)), fc.nat(answer.length).map((at) => Buffer.from(answer.slice(0, at))))
}

for (const provider of BAR_PROVIDERS) {
  const { days, grouped, details } = BAR_SAMPLES[provider.name]!
  const end = isoDate(DATE)
  const reading = (start: string): BarsReading => ({ timespan: 'day', periods: timespanNamed('day').periods({ start: isoDate(start), end }), tally: new Tally(100), firstRow: 1 })

  await t.test(`whatever comes from ${provider.name} is read row by row or refused with a code`, async (t) => {
    let [read, refused] = [0, 0]
    const judge = (body: Buffer, what: 'bars' | 'grouped' | 'details'): void => {
      const at = reading(what === 'grouped' ? DATE : '2026-03-05')
      try {
        if (what === 'details') provider.details!.read(body)
        else {
          const page = what === 'bars' ? provider.bars.read(body, SYMBOL, at) : provider.grouped!.read(body, at)
          const { counts } = at.tally
          if (counts.read !== page.rows || page.bars.length + counts.rejected !== page.rows) throw new Error('rows were lost')
          for (const bar of page.bars) {
            if (bar.slot < 0 || bar.slot >= at.periods.slots) throw new Error(`slot ${bar.slot}`)
            for (const number of [bar.open, bar.high, bar.low, bar.close, bar.volume]) if (!NUMBER.test(number)) throw new Error(number)
          }
        }
        read++
      } catch (error) {
        if (!(error instanceof SourceError)) throw error
        refused++
      }
    }
    const runs = { numRuns: inputs(t, 600), seed: SEED }
    fc.assert(fc.property(damaged(days), (body) => judge(body, 'bars')), runs)
    if (grouped) fc.assert(fc.property(damaged(grouped.answer), (body) => judge(body, 'grouped')), runs)
    if (details) fc.assert(fc.property(damaged(details.answer), (body) => judge(body, 'details')), runs)
    t.ok(read > 50 && refused > 50, 'some of each')
  })
}
