import fc from 'fast-check'
import t from 'tap'
import type { BarValues, Decimal } from '../../../lib/domain/bar.js'
import { isoDate } from '../../../lib/domain/dates.js'
import { ratiosOf, unadjustedAmount, unadjustedDays, unadjustedPrice, unadjustedVolume } from '../../../lib/providers/yahoo/unadjust.js'
import { inputs, SEED } from '../../properties/runs.js'

// Yahoo divides prices by the splits since, rounds them to six decimals and writes them as float32.

const decimal = (text: string): Decimal => text as Decimal
const float32 = (price: number): Decimal => decimal(String(Math.fround(price)))
const ratio = (to: number, from: number) => ({ over: BigInt(to), under: BigInt(from) })
const split = (date: string, to: string, from: string) => ({ exDate: isoDate(date), to: decimal(to), from: decimal(from) })

/** A day whose prices are all the same. */
const flat = (date: string, price: string, volume = '100') => {
  const values: BarValues = { open: decimal(price), high: decimal(price), low: decimal(price), close: decimal(price), volume: decimal(volume) }
  return { date: isoDate(date), values, row: { seconds: 0, at: { date: isoDate(date), time: '09:30:00' }, values } }
}

await t.test('closes before well-known splits come out to the cent', async (t) => {
  for (const [what, written, to, from, traded] of [
    // 499.23 / 4 = 124.8075
    ['AAPL 2020-08-28, before 4:1', 124.8075, 4, 1, '499.23'],
    // 645.57 / 28 = 23.056071..
    ['AAPL 2014-06-06, before 7:1 and 4:1', 23.056071, 28, 1, '645.57'],
    // 2213.40 / 15 = 147.56
    ['TSLA 2020-08-28, before 5:1 and 3:1', 147.56, 15, 1, '2213.4'],
    // 891.29 / 3 = 297.096666..
    ['TSLA 2022-08-24, before 3:1', 297.096667, 3, 1, '891.29'],
    // 23.89 / 15 = 1.592666..
    ['TSLA 2010-06-29, its first day', 1.592667, 15, 1, '23.89'],
    // 1208.88 / 10 = 120.888
    ['NVDA 2024-06-07, before 10:1', 120.888, 10, 1, '1208.88'],
    // 529.48 / 40 = 13.237
    ['NVDA 2021-02-01, before 4:1 and 10:1', 13.237, 40, 1, '529.48'],
    // 12.95 x 8 = 103.6
    ['GE 2021-07-30, before 1:8', 103.6, 1, 8, '12.95'],
    // 2.13 x 8 = 17.04
    ['USO 2020-04-28, before 1:8', 17.04, 1, 8, '2.13'],
    ['with no split since', 262.01, 1, 1, '262.01'],
  ] as const) t.equal(unadjustedPrice(float32(written), ratio(to, from)), traded, what)
  t.equal(unadjustedPrice(decimal('1.5926669836044312'), ratio(15, 1)), '23.89', 'as it was recorded')
  t.equal(unadjustedPrice(decimal('188.55'), ratio(1, 1)), '188.55', 'as some answers write it')
  t.equal(unadjustedPrice(decimal('297.096680'), ratio(3, 1)), '891.29', 'as files write it')
})

await t.test('a price that is of no whole number of cents, or may be of several, does not come out', async (t) => {
  t.equal(unadjustedPrice(decimal('269.2749938964844'), ratio(1, 1)), undefined, '269.275, the running day of AAPL on 2025-10-29')
  t.equal(unadjustedPrice(float32(124.81), ratio(4, 1)), '499.24')
  t.equal(unadjustedPrice(float32(124.811), ratio(4, 1)), undefined, '499.244')
  t.equal(unadjustedPrice(float32(627_400), ratio(1, 1)), undefined, 'BRK.A: a float32 is as near to the cents beside it')
  t.equal(unadjustedPrice(float32(0.2163), ratio(1, 1)), '0.2163', 'below a dollar there are hundredths of a cent')
  t.equal(unadjustedPrice(float32(0.21634), ratio(1, 1)), undefined)
  t.equal(unadjustedPrice(decimal('0'), ratio(4, 1)), undefined)
  t.equal(unadjustedPrice(decimal('-1.25'), ratio(4, 1)), undefined)
})

await t.test('a volume comes out where the ratio divides it, and never before a reverse split, which rounded it', async (t) => {
  t.equal(unadjustedVolume(decimal('187630000'), ratio(4, 1)), '46907500')
  t.equal(unadjustedVolume(decimal('187630001'), ratio(4, 1)), undefined)
  t.equal(unadjustedVolume(decimal('150'), ratio(3, 2)), '100')
  t.equal(unadjustedVolume(decimal('152'), ratio(3, 2)), undefined, '101 shares were 151.5 and were rounded')
  t.equal(unadjustedVolume(decimal('8000'), ratio(1, 8)), undefined)
  t.equal(unadjustedVolume(decimal('8000'), ratio(1, 1)), '8000')
  t.equal(unadjustedVolume(decimal('0'), ratio(4, 1)), '0')
  t.equal(unadjustedVolume(decimal('100.5'), ratio(1, 1)), undefined)
})

await t.test('all of a day comes out or nothing', async (t) => {
  const [apple, electric, halves] = [flat('2020-08-28', float32(124.8075), '187630000'), flat('2021-07-30', float32(103.6), '5000000'), flat('2026-02-03', '100', '152')]
  t.same([...unadjustedDays([apple], ratiosOf([split('2020-08-31', '4', '1')], []))], [[apple.row, flat('2020-08-28', '499.23', '46907500').values]])
  t.equal(unadjustedDays([electric], ratiosOf([split('2021-08-02', '1', '8')], [])).size, 0)
  const even = { ...halves, values: { ...halves.values, volume: decimal('150') }, row: { ...halves.row } }
  t.same([...unadjustedDays([halves, even], ratiosOf([split('2026-02-04', '3', '2')], []))].map(([row]) => row), [even.row], 'a volume says nothing about the prices of other days')
})

await t.test('a dividend comes out with up to four decimals, and is as it was written where there was no split since', async (t) => {
  t.equal(unadjustedAmount(decimal('0.205'), ratio(4, 1)), '0.82', 'AAPL 2020-08-07')
  t.equal(unadjustedAmount(decimal('0.094643'), ratio(28, 1)), '2.65', 'AAPL 2012-08-09')
  t.equal(unadjustedAmount(decimal('0.008'), ratio(1, 8)), '0.001')
  t.equal(unadjustedAmount(decimal('1.577717'), ratio(1, 1)), '1.577717')
  t.equal(unadjustedAmount(decimal('0.000536'), ratio(224, 1)), undefined, 'too many may have been written so')
})

await t.test('whatever was traded comes out as it was or not at all, and does where a float32 is fine enough', async (t) => {
  const ratios = fc.constantFrom([1, 1], [2, 1], [3, 1], [3, 2], [4, 1], [5, 4], [7, 1], [15, 1], [20, 1], [28, 1], [40, 1], [224, 1], [1, 8], [1, 20]) as fc.Arbitrary<[number, number]>
  fc.assert(fc.property(fc.integer({ min: 101, max: 10_000_000 }), ratios, (cents, [to, from]) => {
    const written = float32(Math.round((cents / 100) * from / to * 1e6) / 1e6)
    const found = unadjustedPrice(written, ratio(to, from))
    if (found !== undefined) return Math.round(Number(found) * 100) === cents
    return cents / 100 / 2 ** 23 + (2e-6 * to) / from >= 0.01
  }), { numRuns: inputs(t, 2000), seed: SEED })
})

await t.test('a date is adjusted for every split after it, and for none on it', async (t) => {
  const ratioOf = ratiosOf([split('2020-08-31', '5', '1'), split('2022-08-25', '3', '1')], [])
  t.same(['2020-08-28', '2020-08-31', '2022-08-24', '2022-08-25'].map((date) => {
    const { over, under } = ratioOf(isoDate(date))!
    return Number(over) / Number(under)
  }), [15, 3, 3, 1])
})

await t.test('before a spin-off that is told as a split nothing comes out', async (t) => {
  const days = ['2022-12-30', '2023-01-03'].map((date) => flat(date, '65.41'))
  const ratioOf = ratiosOf([split('2023-01-04', '1281', '1000')], [...days, flat('2023-01-04', '65.5')])
  t.same(days.map(({ date }) => ratioOf(date)), [null, null])
  t.ok(ratioOf(isoDate('2023-01-04')))
})

await t.test('before a split that is told, but that prices are not adjusted for yet, nothing comes out', async (t) => {
  const known = (before: string, after: string | undefined, to: string, from: string) =>
    ratiosOf([split('2026-03-05', to, from)], [flat('2026-03-04', before), ...(after === undefined ? [] : [flat('2026-03-05', after)])])(isoDate('2026-03-04')) !== null
  t.equal(known('100', '103', '4', '1'), true)
  t.equal(known('400', '103', '4', '1'), false, 'the prices fall to a quarter')
  t.equal(known('80', '78', '1', '8'), true)
  t.equal(known('10', '78', '1', '8'), false, 'the prices rise to eight times')
  t.equal(known('100', undefined, '4', '1'), false, 'it is of today: nothing shows whether they are')
})

await t.test('volumes that are not adjusted as the prices are give nothing, also where some of them could be', async (t) => {
  const volumes = (of: string[]) => of.map((volume, at) => flat(`2026-02-${String(at + 10)}`, '100.125', volume))
  const ratioOf = ratiosOf([split('2026-02-25', '2', '1')], [])
  t.equal(unadjustedDays(volumes(['100', '102', '104', '106']), ratioOf).size, 4)
  t.equal(unadjustedDays(volumes(['100', '101', '102', '104']), ratioOf).size, 0, 'twice a whole number is even')
})

await t.test('a day next before a split whose prices come out as they are, too, gives nothing: where the split is told late, they are of after it', async (t) => {
  // Four for one on the 18th, told of the 19th.
  const days = [flat('2026-02-13', '100.0025', '4000'), flat('2026-02-17', '100.0075', '4000'), flat('2026-02-18', '100.02', '4000'), flat('2026-02-19', '100.03', '4000')]
  const found = (date: string) => [...unadjustedDays(days, ratiosOf([split(date, '4', '1')], days))].map(([{ at }, { close }]) => `${at.date} ${close}`)
  t.same(found('2026-02-18'), ['2026-02-13 400.01', '2026-02-17 400.03', '2026-02-18 100.02', '2026-02-19 100.03'])
  t.same(found('2026-02-19'), ['2026-02-13 400.01', '2026-02-17 400.03', '2026-02-19 100.03'])
})

await t.test('where one day in ten is not exact something else has been done to the prices, and none of that stretch comes out', async (t) => {
  const day = (at: number, price: string) => flat(`2026-02-${String(at).padStart(2, '0')}`, price)
  const exact = Array.from({ length: 19 }, (_, at) => day(at + 1, '100.25'))
  const [odd, odder] = [day(20, '100.255'), day(21, '100.255')]
  const ratioOf = ratiosOf([], [])
  t.equal(unadjustedDays([...exact, odd, odder], ratioOf).size, 19, '19 of 21 are')
  t.notOk(unadjustedDays([...exact, odd, odder], ratioOf).has(odd.row))
  t.equal(unadjustedDays([...exact.slice(2), odd, odder], ratioOf).size, 0, '17 of 19 are not')
  const split2 = [split('2026-02-15', '2', '1')]
  const both = [...Array.from({ length: 14 }, (_, at) => day(at + 1, '100.125')), ...Array.from({ length: 5 }, (_, at) => day(at + 15, '100.255'))]
  t.equal(unadjustedDays(both, ratiosOf(split2, both)).size, 14, 'each stretch between splits is by itself')
})
