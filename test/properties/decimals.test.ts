import fc from 'fast-check'
import t from 'tap'
import type { Decimal } from '../../lib/domain/bar.js'
import { isGreater, isNegative, isPositive, parseDecimal } from '../../lib/domain/decimal.js'
import { freshDatabase } from '../helpers/database.js'
import { directorySource, loadDates, putDayFile, registerSymbols } from '../helpers/load.js'
import { inputs, SEED } from './runs.js'

const DATE = '2025-01-06'
const BATCH = 2000

const digits = (max: number) => fc.string({ unit: fc.constantFrom(...'0123456789'.split('')), minLength: 1, maxLength: max })
/** What looks like a number: of any length, with zeros at either end, points and exponents in and out of place. */
const texts = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(digits(22), digits(22)).map(([whole, part]) => `${whole.replace(/^0+(?=\d)/, '')}.${part}`) },
  { weight: 2, arbitrary: fc.tuple(digits(12), digits(9), fc.integer({ min: -25, max: 25 })).map(([whole, part, power]) => `${BigInt(whole)}.${part}e${power}`) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('', '-', '+'), digits(21), fc.constantFrom('', '.', '.0', '.000', 'e0', 'E+2', 'e-2', 'e999999999', 'e-131072', 'e1e1')).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.double().map(String) },
  { weight: 2, arbitrary: fc.string({ unit: fc.constantFrom(...'0123456789.eE+- xX_'.split('')), maxLength: 24 }) },
  { weight: 1, arbitrary: fc.constantFrom('', '0', '-0', '0.0', '00', '01', '.5', '5.', 'NaN', 'Infinity', '-Infinity', '1e131071', '1e-16383', '0x10', '1_000', '１', '99999999999999999999', '0.00000000000000000001') },
)
/** A number by JSON's grammar, RFC 8259. */
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
/** So far from one that no digit of it lies within 20 places of the point; asking PostgreSQL would be costly or fail. */
const isFar = (text: string): boolean => Math.abs(Number(/[eE]([+-]?\d+)$/.exec(text)?.[1] ?? 0)) > 1000

await t.test('every number in a file is stored with exactly its value, or its row is rejected for a reason that holds', async (t) => {
  const { pool } = await freshDatabase(t)
  const symbols = Array.from({ length: BATCH }, (_, index) => `N${index}`)
  await registerSymbols(pool, symbols)
  const root = t.testdir({})
  const total = inputs(t, BATCH)
  const stored: number[] = []
  for (let done = 0; done < total; done += BATCH) {
    const batch = fc.sample(texts, { numRuns: BATCH, seed: SEED + done })
    putDayFile(root, DATE, batch.map((text, index) => `N${index},5,5,5,5,${text},1`))
    const { days: [day] } = await loadDates(pool, directorySource(root), DATE, DATE, { accept: true, force: true, thresholds: { maxRejected: 100, maxRemoved: 100 } })
    t.equal(day!.outcome, 'loaded', day!.message ?? '')
    // Of what is stored: the value, digit for digit, by PostgreSQL's own reading of the text as it stood in the file.
    const { rows: wrong } = await pool.query(
      `select given.text, o.volume from unnest($1::text[]) with ordinality given (text, line)
         join tickers t on t.symbol = 'N' || line - 1 join ohlcv_daily o on o.symbol_id = t.symbol_id and o.time = $2
        where given.text !~ '^-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?$' or case when given.text ~ '[eE][+-]?[0-9]{4,}' then o.volume <> 0 else o.volume <> given.text::numeric end
           or o.volume::text ~ '\\..*0$'`, [batch, DATE])
    t.same(wrong, [], `seed ${SEED + done}`)
    // Of what is not: that it is no number, or negative, or needs more than 20 digits before or after the point.
    const { rows: refused } = await pool.query<{ line: number; reason: string }>('select line, reason from rejected_rows where date = $1', [DATE])
    const numbers = refused.filter(({ reason }) => reason !== 'bad_number').map(({ line, reason }) => ({ text: batch[line - 2]!, reason }))
    for (const { line } of refused.filter(({ reason }) => reason === 'bad_number')) if (JSON_NUMBER.test(batch[line - 2]!)) t.fail(`${batch[line - 2]} is a number`)
    const near = numbers.filter(({ text }) => !isFar(text))
    const { rows: without } = await pool.query(
      `select given.* from unnest($1::text[], $2::text[]) given (text, reason)
        where case reason when 'negative_volume' then given.text::numeric >= 0
                          else abs(given.text::numeric) < 1e20 and scale(trim_scale(given.text::numeric)) <= 20 end`,
      [near.map(({ text }) => text), near.map(({ reason }) => reason)])
    t.same(without, [], `rejected without a reason, seed ${SEED + done}`)
    t.equal(refused.length + day!.counts!.staged, BATCH)
    stored.push(day!.counts!.staged)
  }
  t.ok(stored.every((count) => count > BATCH / 4), 'a good part of them were numbers')
})

await t.test('comparing decimals gives what PostgreSQL gives', async (t) => {
  const { pool } = await freshDatabase(t)
  const total = inputs(t, BATCH)
  for (let done = 0; done < total; done += BATCH) {
    const numbers = fc.sample(texts, { numRuns: BATCH, seed: SEED + done }).flatMap((text) => parseDecimal(text, () => {}) ?? [])
    const others = [...numbers.slice(1), numbers[0]!]
    const { rows } = await pool.query<{ greater: boolean; positive: boolean; negative: boolean }>(
      'select a > b as greater, a > 0 as positive, a < 0 as negative from unnest($1::numeric[], $2::numeric[]) n (a, b)', [numbers, others])
    const wrong = numbers.filter((number, index) => {
      const other = others[index] as Decimal
      const { greater, positive, negative } = rows[index]!
      const comparable = !isNegative(number) && !isNegative(other)
      return (comparable && isGreater(number, other) !== greater) || isPositive(number) !== positive || isNegative(number) !== negative
    })
    t.same(wrong, [], `seed ${SEED + done}`)
  }
})
