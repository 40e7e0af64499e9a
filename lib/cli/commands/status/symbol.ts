import { datasetOption } from '../../../documents/commands.js'
import { symbolDocument, type STATUS } from '../../../documents/status.js'
import type { Dataset } from '../../../datasets/dataset.js'
import type { IsoDate } from '../../../domain/dates.js'
import { EXIT } from '../../framework/exit.js'
import type { SurveyOptions } from '../../../features/status/survey.js'
import { symbolGaps, type Gap, type SymbolGaps } from '../../../features/status/symbol-gaps.js'
import type { Context, Result } from '../../framework/command.js'
import { otherSecurities, securityTitle } from '../../flags/security.js'
import { securityNamed, type Named } from '../../../store/universe/security-named.js'
import { figure } from '../../../documents/figures.js'
import { table } from '../../terminal/table.js'

/** Gaps that a terminal gets, the longest first. */
const MOST_GAPS = 20

function dates({ start, end }: Gap): string {
  return start === end ? start : `${start} .. ${end}`
}

function sessions(count: number): string {
  return `${figure(count)} ${count === 1 ? 'session' : 'sessions'}`
}

function gapText(named: Named, dataset: Dataset, found: SymbolGaps | undefined): string {
  const lines = [securityTitle(named)]
  if (!found) return [...lines, 'No bars are stored for it.'].join('\n')
  const { span, bars, fills, gaps, notLoaded } = found
  const [absent, unloaded] = [gaps, notLoaded].map((list) => list.reduce((sum, gap) => sum + gap.sessions, 0)) as [number, number]
  lines.push(`${figure(bars)} bars${fills > 0 ? `, ${figure(fills)} of them fills,` : ''} from ${span.start} to ${span.end}, over ${sessions(found.sessions)}`)
  lines.push(absent === 0 ? 'No gap: it has a bar on every loaded session between.' : `No bar on ${sessions(absent)} that ${absent === 1 ? 'is' : 'are'} loaded:`)
  if (gaps.length > 0) {
    const shown = gaps.toSorted((a, b) => b.sessions - a.sessions).slice(0, MOST_GAPS).sort((a, b) => (a.start < b.start ? -1 : 1))
    lines.push('', table([{ title: 'gap' }, { title: 'sessions', align: 'right' }], shown.map((gap) => [dates(gap), gap.sessions])))
    if (gaps.length > shown.length) lines.push(`${figure(gaps.length - shown.length)} shorter ones; --json or --csv lists all.`)
  }
  if (unloaded > 0) {
    lines.push('', `${sessions(unloaded)} between ${unloaded === 1 ? 'is' : 'are'} not loaded: ohlcv load${datasetOption(dataset.name)} --start ${notLoaded[0]?.start} --end ${notLoaded.at(-1)?.end} --only unloaded`)
  }
  return lines.join('\n')
}

/** `ohlcv status --symbol S`: one security's gaps against the calendar. */
export async function symbolStatus(symbol: string, on: IsoDate | null, { dataset, calendar }: Pick<SurveyOptions, 'dataset' | 'calendar'>, context: Context): Promise<Result<typeof STATUS>> {
  const { pool } = await context.database()
  const named = await securityNamed(pool, symbol, on)
  const found = await symbolGaps(pool, { dataset, symbolId: named.security.symbolId, calendar })
  const others = otherSecurities(named, symbol)
  return {
    exitCode: EXIT.ok,
    text: () => [gapText(named, dataset, found), ...(others.length > 0 ? ['', ...others] : [])].join('\n'),
    data: symbolDocument({ symbol: named.symbol, symbolId: named.security.symbolId }, found),
    csv: () => [
      ['kind', 'start', 'end', 'sessions'],
      ...(found?.gaps ?? []).map(({ start, end, sessions }) => ['gap', start, end, sessions]),
      ...(found?.notLoaded ?? []).map(({ start, end, sessions }) => ['not_loaded', start, end, sessions]),
    ],
  }
}
