import t from 'tap'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { isoDate } from '../../../../lib/domain/dates.js'
import { PACKAGE_ROOT } from '../../../../lib/domain/version.js'
import { ALERT_RULES } from '../../../../lib/features/alerts/rules.js'
import type { RunSituation, Situation } from '../../../../lib/features/alerts/situation.js'
import { asset, dayFiles, owed, situation } from '../../../helpers/situation.js'

const NOW = '2026-11-20T17:00:00Z'
const found = (otherwise: Partial<Situation>, now = NOW) => ALERT_RULES.flatMap((rule) => rule(situation(now, otherwise)))
const told = (otherwise: Partial<Situation>, now?: string) => found(otherwise, now).map(({ severity, topic, parts }) => `${severity} ${topic} ${parts.join(',')}`.trim())
const run = (runId: number, at: string, otherwise: Partial<RunSituation> = {}): RunSituation => ({ runId, command: 'load', status: 'failed', at: new Date(at), what: null, onlyDates: false, ...otherwise })

await t.test('where all is in order nothing is found', async (t) => {
  t.same(told({}), [])
  t.same(told({ lastRun: null }), [], 'nor where nothing ever was')
})

await t.test('a run that failed is told with why, and as critical at the third in a row; one whose dates alone failed is told by them', async (t) => {
  t.same(told({ failedRuns: [run(9, '2026-11-20T11:00:00Z', { onlyDates: true })] }), [])
  const [trouble] = found({ failedRuns: [run(9, '2026-11-20T11:00:00Z', { what: 'the step day_files (S3_DENIED) failed' })] })
  t.match(trouble, {
    kind: 'run_failed', severity: 'warning', topic: 'runs load', parts: [''], summary: 'Run 9 (load) of 2026-11-20 06:00 New York failed: the step day_files (S3_DENIED) failed.', hint: 'see what it did with: ohlcv runs 9; once the cause is gone, start it again: ohlcv load --days 10',
    details: { runId: 9, runAt: '2026-11-20T11:00:00.000Z' },
  })
  const three = [run(9, '2026-11-20T11:00:00Z', { status: 'died' }), run(8, '2026-11-19T11:00:00Z'), run(7, '2026-11-18T11:00:00Z')]
  t.match(found({ failedRuns: three })[0], {
    severity: 'critical',
    summary: 'Run 9 (load) of 2026-11-20 06:00 New York died without a word: its process was killed, or its machine went down. 3 in a row failed or died, the first of 2026-11-18 06:00 New York.',
  })
  t.same(told({ failedRuns: [run(9, NOW), run(8, NOW, { command: 'sync' })] }), ['warning runs load', 'warning runs sync'])
})

await t.test('no run is told once the files of two sessions became due since the last one began, over a holiday weekend too', async (t) => {
  const lastRun = { runId: 4, at: new Date('2026-11-25T11:00:00Z') }
  // The files of Tuesday and Wednesday are due on Wednesday and on Thursday, which is Thanksgiving; that of Friday is on Saturday.
  for (const [now, expected] of [
    ['2026-11-26T16:59:00Z', []], ['2026-11-26T17:00:00Z', ['critical no_run']], ['2026-11-27T12:00:00Z', ['critical no_run']],
  ] as const) t.same(told({ lastRun }, now).filter((line) => !line.includes('schedule')), expected, now)
  const afterThursday = { runId: 5, at: new Date('2026-11-26T17:00:00Z') }
  t.same(told({ lastRun: afterThursday }, '2026-11-30T16:59:00Z'), [], 'on Monday one file came due since Thursday')
  t.same(told({ lastRun: afterThursday }, '2026-12-01T17:00:00Z'), ['critical no_run'], 'and on Tuesday a second one')
  t.match(found({ lastRun: afterThursday }, '2026-12-01T17:00:00Z')[0]?.summary, 'Nothing has been loaded or fetched for 5 days: the last run began 2026-11-26 12:00 New York, and the file of 2026-11-30 and the one before have become due since.')
  t.same(told({ lastRun: { runId: 4, at: new Date('2027-01-01T00:00:00Z') } }), [], 'a clock that is set back')
})

await t.test('gaps of securities that traded again or are watched are troubles, others may be delistings and are news', async (t) => {
  const gap = (symbol: string, otherwise: object = {}) => ({ symbol, dataset: 'day_aggs', dates: [isoDate('2026-11-18'), isoDate('2026-11-19')], isOver: false, isWatched: false, ...otherwise })
  const gaps = [gap('OVER', { isOver: true }), gap('GONE'), gap('SPY', { isWatched: true })]
  t.same(told({ gaps }), ['warning gaps day_aggs OVER,SPY', 'info gaps day_aggs GONE'])
  const [lacking, gone] = found({ gaps })
  t.equal(lacking?.summary, '2 securities that should have bars of 2026-11-18 to 2026-11-19 have none for more than one session in a row: OVER and SPY.')
  t.match(lacking?.only?.(['SPY']), { symbol: 'SPY', summary: /^1 security that should .* has none .*: SPY\.$/ })
  t.equal(gone?.summary, 'GONE has had no bar for more than one session, since 2026-11-18: delisted, renamed or halted?')
})

await t.test('quality below the limit is told by date, and of watched securities where no date explains it', async (t) => {
  const qualityDates = [{ date: isoDate('2026-11-18'), score: 0.6 }, { date: isoDate('2026-11-19'), score: 0.599 }]
  const assets = [asset('SPY', [], { quality: 0.59 }), asset('QQQ', [], { quality: 0.6 }), asset('DIA', [])]
  t.same(told({ qualityDates, assets }), ['warning quality day_aggs 2026-11-19'])
  t.equal(found({ qualityDates })[0]?.summary, 'The quality of 2026-11-19 is 0.59, below 0.6.')
  t.same(told({ assets }), ['warning quality SPY'])
})

await t.test('dates whose bars are not those of their file are critical, by kind of files', async (t) => {
  const checksumMismatches = [{ dataset: 'day_aggs', date: isoDate('2026-11-17') }, { dataset: 'day_aggs', date: isoDate('2026-11-19') }]
  t.match(found({ checksumMismatches })[0], {
    severity: 'critical', topic: 'checksums day_aggs', parts: ['2026-11-17', '2026-11-19'], summary: 'The stored bars of 2026-11-17 and 2026-11-19 (day_aggs) are not those that their files gave: they were changed, lost or damaged since.',
    hint: 'see what differs with: ohlcv verify --start 2026-11-17 --end 2026-11-19; load what the files say again: ohlcv verify --start 2026-11-17 --end 2026-11-19 --repair',
  })
})

await t.test('a provider is told once it has not answered for two looks, or asked to wait for an hour; what nobody knows is no trouble', async (t) => {
  const providers = (state: 'ok' | 'rate_limited' | 'unavailable' | 'unknown', since: string | null) => ({ providers: [{ provider: 'yahoo', state, since: since === null ? null : new Date(since), code: 'HTTP_503', quotas: [] }] })
  t.same(told(providers('ok', '2026-11-01T00:00:00Z')), [])
  t.same(told(providers('unknown', '2026-11-01T00:00:00Z')), [])
  t.same(told(providers('unavailable', '2026-11-20T16:46:00Z')), [])
  t.same(told(providers('unavailable', '2026-11-20T16:45:00Z')), ['warning provider yahoo'])
  t.same(told(providers('rate_limited', '2026-11-20T16:01:00Z')), [])
  t.same(told(providers('rate_limited', '2026-11-20T16:00:00Z')), ['warning provider yahoo'])
  t.equal(found(providers('unavailable', '2026-11-20T16:45:00Z'))[0]?.summary, 'yahoo has not answered as it should since 2026-11-20 11:45 New York (HTTP_503); fetches ask the other providers meanwhile.')
})

await t.test('a limit that is used up is told with when it is renewed: that of a day as news, that of a month as a trouble', async (t) => {
  const quotas = (used: number, period: 'day' | 'month' = 'day') => ({ providers: [{ provider: 'alpha_vantage', state: 'ok' as const, since: null, code: null, quotas: [{ period, used, limit: 25, renewed: new Date('2026-11-21T00:00:00Z') }] }] })
  t.same([...told(quotas(25)), ...told(quotas(25, 'month'))], ['info quota alpha_vantage', 'warning quota alpha_vantage'])
  t.same(told(quotas(24)), [])
  t.equal(found(quotas(25))[0]?.summary, 'The 25 requests that alpha_vantage takes a day are used up (25); it is asked again from 2026-11-20 19:00 New York on.')
})

await t.test('a disk is told below its share, and is critical below a third of that', async (t) => {
  const disks = (freeBytes: number) => ({ disks: [{ name: 'database', freeBytes, totalBytes: 100e9 }] })
  t.same(told(disks(10e9)), [])
  t.same(told(disks(9.99e9)), ['warning disk database'])
  t.same(told(disks(2.99e9)), ['critical disk database'])
  t.equal(found(disks(9.99e9))[0]?.summary, 'The disk of the database is nearly full: 10.0 GB of 100.0 GB free (9.9 %, at least 10 % wanted). When it is full nothing can be loaded any more.')
})

await t.test('a channel that does not get notices through is told', async (t) => {
  t.match(found({ undeliverable: [{ channel: 'mail', notices: 3, since: new Date('2026-11-20T15:00:00Z'), code: 'CHANNEL_UNREACHABLE' }] })[0], {
    severity: 'critical', topic: 'undeliverable mail', summary: '3 notices could not be sent by mail, the first of 2026-11-20 10:00 New York (CHANNEL_UNREACHABLE).',
  })
})

await t.test('renames and new symbols are news; a symbol of both kinds of files is told once', async (t) => {
  const symbolChanges = [{ id: '12', at: new Date(NOW), from: 'FB', to: 'META', date: isoDate('2026-11-19') }]
  const seen = (symbol: string, dataset: string) => ({ symbol, dataset, firstSeen: isoDate('2026-11-19') })
  const newSymbols = [seen('NEWB', 'day_aggs'), seen('NEWA', 'day_aggs'), seen('NEWA', 'minute_aggs')]
  t.same(told({ symbolChanges, newSymbols }), ['info symbols renames 12', 'info symbols new NEWA,NEWB'])
  t.same(found({ symbolChanges, newSymbols }).map(({ summary }) => summary), [
    '1 security has a new symbol: FB is META from 2026-11-19 on.', '2 symbols of the day_aggs files since 2026-11-19 name no security that the universe knows: NEWA and NEWB. Their bars are not stored.',
  ])
})

await t.test('a holiday and an early close are told on the session before, from its opening on, and not after them', async (t) => {
  // Thanksgiving is Thursday, November 26, 2026, and the Friday after it closes at 13:00. The session before opens on Wednesday at 14:30 UTC.
  for (const [now, expected] of [
    ['2026-11-24T20:00:00Z', []], ['2026-11-25T14:29:00Z', []], ['2026-11-25T14:30:00Z', ['info schedule 2026-11-26,2026-11-27']], ['2026-11-26T20:00:00Z', ['info schedule 2026-11-27']], ['2026-11-27T20:00:00Z', []],
    // Before Labor Day, on Friday and all weekend.
    ['2026-09-04T13:30:00Z', ['info schedule 2026-09-07']], ['2026-09-06T12:00:00Z', ['info schedule 2026-09-07']], ['2026-09-07T20:00:00Z', []],
  ] as const) t.same(told({}, now), expected, now)
  t.equal(found({}, '2026-11-25T15:00:00Z')[0]?.summary, 'The exchange is closed on Thursday 2026-11-26 (Thanksgiving Day): no file of it is due. The exchange closes early on Friday 2026-11-27, at 13:00 (Day after Thanksgiving).')
})

await t.test('a change of what the user keeps about the calendar is news', async (t) => {
  t.same(found({ calendarChanges: [{ id: '2026-12-09 closed', date: isoDate('2026-12-09'), what: 'is closed (Day of mourning)' }] }).map(({ topic, parts, summary }) => [topic, ...parts, summary]), [
    ['schedule changes', '2026-12-09 closed', 'The calendar was changed: Wednesday 2026-12-09 is closed (Day of mourning).'],
  ])
})

await t.test('every command of a hint exists, with its flags, and every sentence is one', async (t) => {
  const sections = new Map(readFileSync(path.join(PACKAGE_ROOT, 'docs/COMMANDS.md'), 'utf8').split(/^## ohlcv /m).slice(1).map((section) => [section.slice(0, section.indexOf('\n')), section]))
  const [date, before] = [isoDate('2026-11-19'), isoDate('2026-11-18')]
  const rename = { id: '12', at: new Date(NOW), from: 'FB', to: 'META', date }
  const gap = { symbol: 'GONE', dataset: 'day_aggs', dates: [before, date], isOver: false, isWatched: false }
  const wrong: Partial<Situation>[] = [
    { datasets: [dayFiles(owed(before), owed(date, 'failed'))] }, { datasets: [dayFiles(owed(before))] }, { datasets: [dayFiles(owed(before))], lastRun: null },
    { datasets: [{ ...dayFiles(owed(before), owed(date, 'missing')), dataset: 'minute_aggs' }] }, { assets: [asset('SPY', [before], { timespan: 'month', dataset: null })] },
    { failedRuns: [run(9, NOW), run(8, NOW, { command: 'sync' })] }, { lastRun: { runId: 1, at: new Date('2026-11-10T00:00:00Z') } }, { gaps: [gap, { ...gap, isOver: true }] },
    { qualityDates: [{ date, score: 0.1 }] }, { assets: [asset('SPY', [], { quality: 0.1 })] }, { checksumMismatches: [{ dataset: 'day_aggs', date }] }, { symbolChanges: [rename] }, { newSymbols: [{ symbol: 'NEW', dataset: 'day_aggs', firstSeen: date }] },
    { providers: [{ provider: 'yahoo', state: 'unavailable', since: new Date(0), code: null, quotas: [{ period: 'day', used: 1, limit: 1, renewed: new Date(NOW) }] }] }, { disks: [{ name: 'database', freeBytes: 1, totalBytes: 1e9 }] },
    { calendarChanges: [{ id: '1', date, what: 'is closed (storm)' }] },
  ]
  for (const { hint, summary, topic } of [...wrong.flatMap((otherwise) => found(otherwise)), ...found({}, '2026-11-25T15:00:00Z')]) {
    t.match(summary, /^[A-Za-z0-9].*[.?]$/, summary)
    for (const [, line = ''] of hint.matchAll(/ohlcv ([^;]+)/g)) {
      const words = line.split(' ')
      const name = [words.slice(0, 2).join(' '), words[0]!].find((name) => sections.has(name))
      t.ok(name, `${topic}: ${line}`)
      for (const flag of line.match(/--[a-z-]+/g) ?? []) t.ok(sections.get(name!)?.includes(`\`${flag}`), `${topic}: ${line}`)
    }
  }
})
