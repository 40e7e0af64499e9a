import type * as v from 'valibot'
import { checksumDocument, type checksums } from '../../documents/checksums.js'
import { counted, few, figure } from '../../documents/figures.js'
import type { TimespanName } from '../../datasets/timespan.js'
import { UsageError } from '../../domain/errors.js'
import { checksumReport } from '../../features/verify/checksums/checksums.js'
import { readChecksumRequest } from '../../features/verify/checksums/request.js'
import { EXIT } from '../framework/exit.js'
import type { Context } from '../framework/command.js'
import { runtimeOf } from '../framework/runtime.js'
import { readSymbolsOrAll } from '../flags/symbols.js'
import type { OpenRange } from '../flags/range.js'
import { progressBar } from '../terminal/progress.js'
import { table } from '../terminal/table.js'

type Checksums = v.InferInput<typeof checksums>

/** So many securities are shown where nobody named them: those that lack most. */
const MOST_SHOWN = 20
const PROGRESS = '{bar} {value}/{total}  {left}  {label}'

const gapText = ({ start, end }: Checksums['assets'][number]['gaps'][number]): string => (start === end ? start : `${start}..${end}`)

function reportText({ start, end, assets }: Checksums, interval: TimespanName, areNamed: boolean): string {
  const sum = (of: 'expected' | 'stored' | 'missing'): number => assets.reduce((total, asset) => total + asset[of], 0)
  const total = `${counted(assets.length, 'security', 'securities')}, ${interval} bars from ${start} to ${end}: ${figure(sum('expected'))} expected, ${figure(sum('stored'))} stored, ${figure(sum('missing'))} missing.`
  if (assets.length === 0) return total
  const shown = areNamed ? assets : assets.toSorted((a, b) => b.missing - a.missing).slice(0, MOST_SHOWN)
  const gaps = shown.filter((asset) => asset.gap_count > 0).map((asset) => `${asset.symbol} lacks ${few(asset.gaps.map(gapText), 8)}${asset.gap_count > asset.gaps.length ? ` of ${counted(asset.gap_count, 'gap')}` : ''}`)
  return [
    total, '', table(
      [{ title: 'symbol' }, ...['expected', 'stored', 'missing', 'gaps', 'duplicates'].map((title) => ({ title, align: 'right' as const })), { title: 'SHA-256' }],
      shown.map((asset) => [asset.symbol, asset.expected, asset.stored, asset.missing, asset.gap_count, asset.duplicates, asset.sha256]),
    ),
    ...(shown.length < assets.length ? [`  and ${figure(assets.length - shown.length)} more: --csv and --json have all`] : []),
    ...(gaps.length > 0 ? ['', ...gaps] : []),
  ].join('\n')
}

/** What `verify --report` says. @throws UsageError */
export async function reportChecksums({ start, end }: OpenRange, { symbols, interval }: { symbols: string; interval: string }, context: Context) {
  if (start === null) throw new UsageError('DATES_UNCLEAR', 'which dates?', { hint: 'give --start D, with --end D or up to now' })
  const request = readChecksumRequest({ dates: { start, end }, symbols: readSymbolsOrAll(symbols), interval: interval as TimespanName })
  const runtime = await runtimeOf(context)
  const progress = progressBar(context.interactive, PROGRESS)
  const report = await checksumReport(runtime, request, {
    onPlan: (pieces) => progress.plan(pieces, { label: '' }), onPiece: (label) => progress.step({ label }),
  }).finally(() => progress.end())
  const data = checksumDocument(report)
  return {
    exitCode: EXIT.ok,
    data,
    text: () => reportText(data, request.interval, request.symbols !== 'all'),
    csv: () => [['symbol', 'interval', 'start', 'end', 'expected', 'stored', 'missing', 'unexpected', 'gap_count', 'gaps', 'duplicates', 'sha256'],
      ...data.assets.map((asset) => [
        asset.symbol, asset.interval, data.start, data.end, asset.expected, asset.stored, asset.missing, asset.unexpected, asset.gap_count, asset.gaps.map(gapText).join(' '), asset.duplicates, asset.sha256,
      ])],
  }
}
