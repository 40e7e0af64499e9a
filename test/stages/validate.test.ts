import t from 'tap'
import { none } from '../../lib/domain/stage.js'
import { REASONS_OF_KNOWN_SECURITIES, type RejectReason } from '../../lib/domain/reject.js'
import { validate } from '../../lib/stages/validate.js'
import { barOf, tallyOf } from './bars.js'

const BROKEN: readonly [string, Parameters<typeof barOf>[1], RejectReason, string][] = [
  ['an open of zero', { open: '0' }, 'price_not_positive', 'open'],
  ['a negative high', { high: '-12' }, 'price_not_positive', 'high'],
  ['a low of zero', { low: '0' }, 'price_not_positive', 'low'],
  ['a negative close', { close: '-0.01' }, 'price_not_positive', 'close'],
  ['a negative volume', { volume: '-1' }, 'negative_volume', 'volume'],
  ['a negative number of trades', { transactions: '-1' }, 'negative_transactions', 'transactions'],
  ['a low above the open', { low: '10.00000000000000000001' }, 'low_above_open', 'low'],
  ['a low above the close', { low: '9.5', close: '9.4' }, 'low_above_close', 'low'],
  ['an open above the high', { open: '12.00000000000000000001' }, 'open_above_high', 'high'],
  ['a close above the high', { close: '100' }, 'close_above_high', 'high'],
]

for (const [what, numbers, reason, field] of BROKEN) {
  await t.test(`${what} is rejected as ${reason}`, async (t) => {
    const tally = tallyOf()
    t.equal(validate(tally)(barOf(1, numbers)), none)
    t.same(tally.rejects, [{ line: 2, reason, field, symbol: 'S1', raw: Buffer.from('line 2') }])
  })
}

await t.test('the rules are what is judged of a known security, but for its times and repeats', async (t) => {
  t.same(['closed_day', 'in_future', ...new Set(BROKEN.map(([, , reason]) => reason)), 'duplicate'], REASONS_OF_KNOWN_SECURITIES)
})

await t.test('the first rule that does not hold is the reason', async (t) => {
  const tally = tallyOf()
  validate(tally)(barOf(1, { open: '0', close: '-1', volume: '-1' }))
  validate(tally)(barOf(1, { volume: '-1', low: '13' }))
  t.same(tally.rejects.map(({ reason, field }) => [reason, field]), [['price_not_positive', 'open'], ['negative_volume', 'volume']])
})

await t.test('bars at the edge of the rules go on', async (t) => {
  const tally = tallyOf()
  const least = '0.00000000000000000001'
  const edges = [
    {}, { open: '10', high: '10', low: '10', close: '10' }, { volume: '0', transactions: '0' }, { transactions: null },
    { open: least, high: least, low: least, close: least },
  ]
  for (const numbers of edges) {
    const bar = barOf(1, numbers)
    t.equal(validate(tally)(bar), bar)
  }
  t.equal(tally.counts.rejected, 0)
})
