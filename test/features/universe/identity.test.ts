import fc from 'fast-check'
import t from 'tap'
import type { SymbolRange } from '../../../lib/store/universe/ranges.js'
import { addDays, isoDate, type IsoDate } from '../../../lib/domain/dates.js'
import { covers, datesText, lacking, outside, pieces, within } from '../../../lib/features/universe/identity.js'
import { inputs, SEED } from '../../properties/runs.js'

const FIRST = isoDate('2020-01-01')
const DAYS = 12
const day = (index: number): IsoDate => addDays(FIRST, index)
const dates = Array.from({ length: DAYS }, (_, index) => day(index))

const range = (symbol: string, symbolId: number, from: string | null, to: string | null, assumed = false): SymbolRange =>
  ({ symbol, symbolId, from: from === null ? null : isoDate(from), to: to === null ? null : isoDate(to), assumed })

/** Ranges of a symbol from which security it names on each stretch of dates; 0 is none. The ends are without bound. */
const rangesOf = (symbol: string) =>
  fc.array(fc.tuple(fc.integer({ min: 1, max: DAYS - 1 }), fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 4 }).map((stretches) => {
    const cuts = [...new Set(stretches.map(([cut]) => cut))].sort((a, b) => a - b)
    return [...cuts, null].flatMap((cut, index) => {
      const symbolId = stretches[index % stretches.length]![1]
      const from = index === 0 ? null : cuts[index - 1]!
      return symbolId === 0 ? [] : [{ symbol, symbolId, from: from === null ? null : day(from), to: cut === null ? null : day(cut), assumed: false }]
    })
  })

const universe = fc.tuple(rangesOf('A'), rangesOf('B')).map(([a, b]) => [...a, ...b])
const named = (ranges: readonly SymbolRange[], symbol: string, date: IsoDate): number | null =>
  ranges.find((range) => range.symbol === symbol && covers(range, date))?.symbolId ?? null

await t.test('pieces say for every symbol and date what changes, and nothing else', async (t) => {
  fc.assert(fc.property(universe, universe, (current, wanted) => {
    const changed = pieces(current, wanted)
    for (const symbol of ['A', 'B']) {
      for (const date of [isoDate('1990-01-01'), ...dates, isoDate('2050-01-01')]) {
        const found = changed.filter((piece) => piece.symbol === symbol && covers(piece, date))
        const [before, after] = [named(current, symbol, date), named(wanted, symbol, date)]
        if (before === after) {
          if (found.length > 0) return false
        } else if (found.length !== 1 || found[0]!.oldId !== before || found[0]!.newId !== after) return false
      }
    }
    return true
  }), { numRuns: inputs(t, 100), seed: SEED })
})

await t.test('pieces that follow each other and say the same are one', async (t) => {
  const current = [range('A', 1, null, '2020-01-05'), range('A', 1, '2020-01-05', null)]
  t.same(pieces(current, [range('A', 2, null, null)]), [{ symbol: 'A', from: null, to: null, oldId: 1, newId: 2 }])
  t.same(pieces(current, [range('A', 1, null, null)]), [], 'other bounds with the same meaning change nothing')
})

await t.test('the parts of a range within and outside dates make up the range', async (t) => {
  const bound = fc.option(fc.integer({ min: 0, max: DAYS - 1 }).map(day))
  const some = fc.tuple(bound, bound).filter(([from, to]) => from === null || to === null || from < to).map(([from, to]) => ({ from, to }))
  fc.assert(fc.property(some, some, (whole, cut) =>
    [isoDate('1990-01-01'), ...dates, isoDate('2050-01-01')].every((date) => {
      const parts = [...within(whole, cut), ...outside(whole, cut)].filter((part) => covers(part, date))
      return parts.length === (covers(whole, date) ? 1 : 0) && within(whole, cut).some((part) => covers(part, date)) === (covers(whole, date) && covers(cut, date))
    })), { numRuns: inputs(t, 100), seed: SEED })
})

await t.test('ranges are told apart by every property', async (t) => {
  const one = range('A', 1, null, null, true)
  t.same(lacking([one], [one]), [])
  for (const other of [range('A', 1, null, null, false), range('A', 2, null, null, true), range('A', 1, '2020-01-01', null, true)]) t.same(lacking([one], [other]), [one])
})

await t.test('dates are said with their last day', async (t) => {
  t.equal(datesText(range('A', 1, '2012-05-18', '2022-06-09')), '2012-05-18 to 2022-06-08')
  t.equal(datesText(range('A', 1, null, '2003-03-29')), 'until 2003-03-28')
  t.equal(datesText(range('A', 1, '2022-06-09', null)), 'from 2022-06-09')
  t.equal(datesText(range('A', 1, null, null)), 'all dates')
})
