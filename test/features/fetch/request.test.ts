import t from 'tap'
import { UsageError } from '../../../lib/domain/errors.js'
import { readFetchRequest } from '../../../lib/features/fetch/request.js'
import { BAR_PROVIDERS } from '../../../lib/providers/bar-providers.js'

const { name: provider, aliases } = BAR_PROVIDERS[0]
const SMALL = { dates: { days: 2 }, symbols: ['SCHG', 'VUG'], lanes: 4 }
const WHOLE = {
  dates: { start: '2025-01-06', end: '2025-01-07' }, symbols: 'all', type: null, timespans: ['day', 'minute'], grouped: false, provider, exchange: 'XNYS', dry_run: true, lanes: 4,
}
const GROUPED = { ...WHOLE, grouped: true, timespans: ['day'] }

function saidOf(request: unknown): string {
  try {
    readFetchRequest(request)
    return 'nothing'
  } catch (error) {
    t.ok(error instanceof UsageError)
    t.equal((error as UsageError).code, 'REQUEST_INVALID')
    return (error as UsageError).message.replace('the request cannot be followed: ', '')
  }
}

await t.test('a request says the same when it is written down and read again', async (t) => {
  for (const request of [WHOLE, GROUPED, readFetchRequest(SMALL)]) t.same(readFetchRequest(JSON.parse(JSON.stringify(request))), request)
})

await t.test('what may be left out is every timespan but minutes, of whichever provider is chosen', async (t) => {
  const usual = { ...SMALL, type: null, timespans: ['hour', 'day', 'week', 'month'], grouped: false, provider: null, exchange: 'XNYS', dry_run: false }
  t.same(readFetchRequest(SMALL), usual)
  t.same(readFetchRequest({ ...SMALL, provider: null }), usual)
})

await t.test('all that are active may be those of a type, and symbols may not', async (t) => {
  t.match(readFetchRequest({ ...SMALL, symbols: 'all', type: 'ETF' }), { symbols: 'all', type: 'ETF' })
  t.throws(() => readFetchRequest({ ...SMALL, type: 'ETF' }), { code: 'SYMBOLS_AND_TYPE' })
  t.equal(saidOf({ ...SMALL, symbols: undefined, grouped: true, type: 'ETF' }), 'type must be left out: a grouped answer has the days of every symbol')
})

await t.test('a grouped fetch is of the days of all symbols', async (t) => {
  const { symbols: _, timespans: __, ...grouped } = GROUPED
  t.same(readFetchRequest(grouped), GROUPED)
})

await t.test('dates are a range, one that is open, the last days or years', async (t) => {
  for (const dates of [{ start: '2025-01-06', end: null }, { days: 90 }, { years: 0.005479 }]) t.same(readFetchRequest({ ...SMALL, dates }).dates, dates)
})

await t.test('symbols come once each, timespans in their order, the provider by its name', async (t) => {
  const read = readFetchRequest({ ...SMALL, symbols: ['VUG', 'SCHG', 'VUG', 'a b/$'], timespans: ['minute', 'hour', 'minute'], provider: aliases[0] ?? provider })
  t.same(read.symbols, ['VUG', 'SCHG', 'a b/$'], 'whether they can be symbols is seen one by one')
  t.same(read.timespans, ['hour', 'minute'])
  t.equal(read.provider, provider)
})

await t.test('a field that is no good is named, with what it must be', async (t) => {
  const cases: [changed: Record<string, unknown>, said: string][] = [
    [{ dates: undefined }, 'dates must be an object'],
    [{ dates: {} }, 'dates.start is missing'],
    [{ dates: { days: 0 } }, 'dates.days must be a whole number from 1 to 99999'],
    [{ dates: { days: 2, years: 1 } }, 'dates.years is no field of a request'],
    [{ dates: { years: 0 } }, 'dates.years must be a number from 0.001 to 200'],
    [{ dates: { start: '2025-01-06', end: '2025-01-05' } }, 'dates run backwards: start is after end'],
    [{ dates: { start: '2025-02-29', end: null } }, 'dates.start must be a date, YYYY-MM-DD'],
    [{ symbols: undefined }, 'symbols must be a list of symbols'],
    [{ symbols: [] }, 'symbols must name a symbol'],
    [{ symbols: [''] }, 'symbols.0 must be a symbol'],
    [{ symbols: [7] }, 'symbols.0 must be a symbol'],
    [{ symbols: 'SPY' }, 'symbols must be all, or a list of symbols'],
    [{ timespans: [] }, 'timespans must name a timespan'],
    [{ timespans: ['quarter'] }, 'timespans.0 must be one of hour, day, week, month, minute'],
    [{ grouped: 'yes' }, 'grouped must be true or false'],
    [{ grouped: true, symbols: ['SPY'] }, 'symbols must be left out: a grouped answer has the days of every symbol'],
    [{ grouped: true, symbols: undefined, timespans: ['week'] }, 'timespans.0 must be left out: a grouped answer has the days of every symbol'],
    [{ exchange: 'XXXX' }, 'exchange must be one of XNYS, XNAS, XTSE'],
    [{ lanes: 65 }, 'lanes must be a whole number from 1 to 64'],
    [{ dry_run: 1 }, 'dry_run must be true or false'],
    [{ limit: 1 }, 'limit is no field of a request'],
  ]
  for (const [changed, said] of cases) t.equal(saidOf({ ...SMALL, ...changed }), said)
  t.match(saidOf({ ...SMALL, provider: 'nobody' }), new RegExp(`^provider must be one of ${provider}`))
  t.equal(saidOf(null), 'it must be an object')
  t.equal(saidOf([]), 'dates is missing')
})
