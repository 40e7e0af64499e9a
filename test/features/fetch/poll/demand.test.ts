import t from 'tap'
import { UsageError } from '../../../../lib/domain/errors.js'
import { readPollRequest, type PollRequest } from '../../../../lib/features/fetch/poll/request.js'
import { resolvePoll } from '../../../../lib/features/fetch/poll/resolve.js'
import type { ProviderLimits } from '../../../../lib/providers/limits.js'

const NONE: ProviderLimits = { name: 'massive', enabled: true, priority: 1, tier: 'primary', perSecond: null, perMinute: null, perDay: null, perMonth: null }

/** What is said of a poll within these limits; undefined where it may begin. */
function refusal(wanted: Partial<PollRequest>, limits: Partial<ProviderLimits> = {}): string | undefined {
  try {
    resolvePoll(readPollRequest({ symbols: ['AAPL', 'MSFT'], every: 30, lanes: 1, ...wanted }), () => ({ ...NONE, ...limits }))
    return undefined
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return `${error.code}: ${error.message}; ${error.hint ?? ''}`
  }
}

const HINT = 'or fewer symbols; or raise the limit in providers.yaml if the plan has a higher one'

await t.test('without limits anything may be polled', async (t) => {
  t.equal(refusal({ every: 1, symbols: Array.from({ length: 500 }, (_, index) => `S${index}`) }), undefined)
})

await t.test('a second and a minute have their share of the requests of a tick', async (t) => {
  t.equal(refusal({ every: 1 }, { perSecond: 2 }), undefined)
  t.equal(refusal({ every: 1, symbols: ['A', 'B', 'C'] }, { perSecond: 2 }), `POLL_TOO_OFTEN: 3 symbols every 1 s take 3 requests a second, and massive may be asked 2 times; poll every 2 s, ${HINT}`)
  t.equal(refusal({}, { perMinute: 5 }), undefined, 'two twice a minute')
  t.equal(refusal({ symbols: ['A', 'B', 'C'] }, { perMinute: 5 }), `POLL_TOO_OFTEN: 3 symbols every 30 s take 6 requests a minute, and massive may be asked 5 times; poll every 36 s, ${HINT}`)
})

await t.test('a day is a session from its first tick to its last, and a month has up to 23', async (t) => {
  // 6.5 hours have 780 intervals of 30 s, which two ticks more end; those of 16 hours are 1920.
  t.equal(refusal({}, { perDay: 1564 }), undefined)
  t.match(refusal({}, { perDay: 1563 }), 'POLL_TOO_OFTEN: 2 symbols every 30 s take 1,564 requests a day, and massive may be asked 1,563 times; poll every 31 s')
  t.equal(refusal({ extended: true }, { perDay: 3844 }), undefined)
  t.match(refusal({ extended: true }, { perDay: 3843 }), /3,844 requests a day/)
  t.equal(refusal({}, { perMonth: 35_972 }), undefined)
  t.match(refusal({ symbols: ['A'], every: 60 }, { perMonth: 9015 }), 'POLL_TOO_OFTEN: 1 symbol every 60 s take 9,016 requests a month, and massive may be asked 9,015 times; poll every 61 s')
  t.equal(refusal({ once: true }, { perMonth: 1564 }), undefined, 'a single session is no month')
})

await t.test('where no interval is long enough there have to be fewer symbols', async (t) => {
  t.match(refusal({ every: 3600 }, { perDay: 17 }), /take 18 requests a day, .*; poll fewer symbols; or raise/)
})

await t.test('whom and what cannot be polled is refused', async (t) => {
  t.match(refusal({ provider: 'nobody' }), /^PROVIDER_UNKNOWN: /)
  t.equal(refusal({ provider: 'polygon' }), undefined, 'by any of its names')
  t.match(refusal({ symbols: ['AAPL', 'B C'] }), 'POLL_SYMBOL: "B C" is no symbol that massive has a name for')
  t.match(refusal({ symbols: ['..'] }), /^POLL_SYMBOL: /)
})

await t.test('a request says what is wrong with it', async (t) => {
  t.throws(() => readPollRequest({ symbols: [], every: 30, lanes: 1 }), { code: 'REQUEST_INVALID', message: /symbols must name a symbol/ })
  t.throws(() => readPollRequest({ symbols: ['A'], every: 0, lanes: 1 }), { code: 'REQUEST_INVALID', message: /every must be a whole number from 1 to 3600/ })
  t.throws(() => readPollRequest({ symbols: ['A'], every: 30, lanes: 1, later: true }), { message: /later is no field/ })
  t.same(readPollRequest({ symbols: ['A', 'B', 'A'], every: 30, lanes: 1 }).symbols, ['A', 'B'])
})
