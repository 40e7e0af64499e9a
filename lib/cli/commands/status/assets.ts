import { figure, percentText } from '../../../documents/figures.js'
import { SUMMARY, summaryDocument } from '../../../documents/service/summary.js'
import { lagText } from '../../../documents/service/verdict.js'
import type { SurveyOptions } from '../../../features/status/survey.js'
import { summary } from '../../../routines/summary/summary.js'
import type { Context, Result } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { table, type Column } from '../../terminal/table.js'

type Fields = ReturnType<typeof summaryDocument>
type Asset = Fields['assets'][number]

const COLUMNS: Column[] = [
  { title: 'asset' }, { title: 'bars' }, { title: 'first', leaves: 2 }, { title: 'latest' }, { title: 'behind' }, { title: 'coverage', align: 'right' },
  { title: 'gaps', align: 'right' }, { title: 'quality', align: 'right', leaves: 3 }, { title: 'from', leaves: 1 },
]

/** A bar's time without its seconds, which are none. */
const timeText = (time: string | null): string => (time === null ? '-' : time.slice(0, 16).replace('T', ' '))

function rowOf({ asset, symbol_id: id, interval, first, latest, lag_minutes: lag, stale, coverage, gap_sessions: gaps, quality, vendor }: Asset): string[] {
  const behind = id === null ? 'not in the universe' : lag === null ? '-' : lag === 0 ? 'current' : `${lagText(lag)}${stale ? '' : ', not late yet'}`
  return [
    asset, interval, timeText(first), timeText(latest), behind, coverage === null ? '-' : percentText(coverage), figure(gaps), quality === null ? '-' : String(quality), vendor?.provider ?? '-',
  ]
}

function summaryText({ verdict, assets, vendors }: Fields, room: number): string {
  const unwell = vendors.filter(({ state }) => state === 'rate_limited' || state === 'unavailable').map(({ provider, state, code }) => `${provider} is ${state.replace('_', ' ')}${code === null ? '' : `: ${code}`}`)
  return [verdict.text, ...unwell, ...(assets.length === 0 ? [] : ['', table(COLUMNS, assets.map(rowOf), room)])].join('\n')
}

/** `ohlcv status --assets`: what the status service tells, asset by asset. */
export async function assetsStatus({ calendar, publication, now, thinBelow }: Omit<SurveyOptions, 'range' | 'dataset'>, context: Context): Promise<Result<typeof SUMMARY>> {
  const { staleAfter, watch } = context.settings
  const { pool } = await context.database()
  const data = summaryDocument(await summary(pool, { calendar, publication, now, thinBelow, staleAfter, watch }))
  return {
    exitCode: EXIT.ok,
    document: SUMMARY,
    data,
    text: () => summaryText(data, context.room),
    csv: () => [
      ['asset', 'interval', 'first', 'latest', 'sessions', 'expected', 'coverage', 'gaps', 'gap_sessions', 'lag_minutes', 'stale', 'quality', 'provider'],
      ...data.assets.map((asset) => [
        asset.asset, asset.interval, asset.first, asset.latest, asset.sessions, asset.expected, asset.coverage, asset.gaps, asset.gap_sessions, asset.lag_minutes, asset.stale ? 'yes' : 'no',
        asset.quality, asset.vendor?.provider ?? null,
      ]),
    ],
  }
}
