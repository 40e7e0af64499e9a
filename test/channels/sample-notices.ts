import type { Notice, NoticeEvent, ToldIncident } from '../../lib/features/alerts/notice.js'

/** The file of Friday 20 November was due on Saturday at 16:00 UTC, and was not there 95 minutes later. */
export const LATE: ToldIncident = {
  alertId: 12, kind: 'stale', severity: 'warning', dataset: 'day_aggs', symbol: null, timespan: 'day', provider: 'massive',
  summary: 'The day_aggs file of 2026-11-20 is late; due 2026-11-21 11:00 New York, 95 minutes ago.',
  hint: 'load it as soon as the provider has it: ohlcv load --date 2026-11-20; or have other providers fill in meanwhile: ohlcv sync',
  details: { lagMinutes: 95, dates: ['2026-11-20'], symbols: ['AAPL', 'AMZN', 'GOOGL', 'IWM', 'META'], symbolCount: 100, vendorState: 'unavailable', runId: 4711, runAt: '2026-11-21T11:00:04.000Z', code: 'FILE_MISSING' },
  openedAt: '2026-11-21T17:35:00.000Z', clearedAt: null,
}

const OTHERS: ToldIncident[] = [
  {
    alertId: 15, kind: 'missing', severity: 'critical', dataset: 'minute_aggs', symbol: null, timespan: 'minute', provider: 'massive', summary: 'The minute bars of 2026-11-18 are missing: their file was due two days ago.',
    hint: 'see why with: ohlcv status --dataset minute --date 2026-11-18; then try again: ohlcv load --dataset minute --date 2026-11-18 --only failed', details: { lagMinutes: 4415, dates: ['2026-11-18'], vendorState: 'ok' }, openedAt: '2026-11-19T17:05:00.000Z', clearedAt: null,
  },
  {
    alertId: 16, kind: 'gap', severity: 'warning', dataset: 'day_aggs', symbol: 'BRK.B', timespan: 'day', provider: null, summary: 'BRK.B has no bar on 3 sessions in a row.', hint: 'ask files and providers for them: ohlcv gaps --start 2026-11-17 --end 2026-11-19 --fill',
    details: { dates: ['2026-11-17', '2026-11-18', '2026-11-19'] }, openedAt: '2026-11-20T12:00:00.000Z', clearedAt: null,
  },
  {
    alertId: 17, kind: 'disk', severity: 'critical', dataset: null, symbol: null, timespan: null, provider: null, summary: 'The disk of the database has 4 % left.', hint: 'see what takes room with: df and du; or move it to a larger disk',
    details: { found: '8.1 GB of 200 GB free; 10 % should be' }, openedAt: '2026-11-21T03:10:00.000Z', clearedAt: null,
  },
  {
    alertId: 18, kind: 'quota', severity: 'warning', dataset: null, symbol: null, timespan: null, provider: 'alpha_vantage', summary: 'Of the 25 requests that alpha_vantage allows a day none is left.', hint: null, details: { vendorState: 'rate_limited' }, openedAt: '2026-11-21T09:00:00.000Z', clearedAt: null,
  },
]

const CONTENT = {
  opened: [LATE],
  escalated: [{ ...LATE, kind: 'missing', severity: 'critical', summary: 'The daily bars of 2026-11-20 are missing: their file was due a day ago.', details: { ...LATE.details, lagMinutes: 1445 } }],
  reopened: [LATE],
  cleared: [{ ...LATE, clearedAt: '2026-11-21T20:47:10.000Z' }],
  reminder: [LATE, ...OTHERS],
  report: [],
  test: [],
} satisfies Record<NoticeEvent, ToldIncident[]>

/** A notice of each event, as it is kept. */
export function sampleNotice(event: NoticeEvent, more: Partial<Notice> = {}): Notice {
  const isFollowing = event === 'escalated' || event === 'reopened' || event === 'cleared'
  return {
    noticeId: 1, event, messageId: '3f0c2a52-6a3b-4f7e-9a55-0d6f3f1f7a01', replyTo: isFollowing ? '11111111-2222-4333-8444-555555555555' : null,
    at: '2026-11-21T17:35:00.000Z', incidents: CONTENT[event], report: null, ...more,
  }
}
