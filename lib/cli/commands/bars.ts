import { BARS, barsDocument, type NamedBar } from '../../documents/bars.js'
import { adjustedBars, latestBars, type Adjustment } from '../../store/bars/of-security.js'
import { BASES } from '../../domain/basis.js'
import { UsageError } from '../../domain/errors.js'
import { EXIT } from '../framework/exit.js'
import { NAMES } from '../framework/names.js'
import { lineChart } from '../terminal/chart.js'
import { defineCommand } from '../framework/command.js'
import { exactColumn } from '../terminal/exact.js'
import { describeRange, limitFlag, RANGE_FLAGS, readDate, readLimit, readRange } from '../flags/range.js'
import { otherSecurities, securityTitle } from '../flags/security.js'
import { securityNamed, symbolOn, type Named } from '../../store/universe/security-named.js'
import { table } from '../terminal/table.js'

const DEFAULT_BARS = 30
const FEWEST_FOR_CHART = 3
const WIDEST_CHART = 120
const PRICES = ['open', 'high', 'low', 'close', 'volume'] as const

function barTable(bars: NamedBar[]): string {
  const numbers = PRICES.map((field) => exactColumn(bars.map((bar) => bar[field])))
  // What it was called matters only where that changed.
  const renamed = new Set(bars.map(({ symbol }) => symbol)).size > 1
  const filled = bars.some(({ filledBy }) => filledBy !== null)
  const columns = [
    { title: 'date' }, ...(renamed ? [{ title: 'symbol' }] : []),
    ...[...PRICES, 'transactions'].map((title) => ({ title, align: 'right' as const })), ...(filled ? [{ title: 'filled by' }] : []),
  ]
  const rows = bars.map((bar, row) =>
    [bar.date, ...(renamed ? [bar.symbol] : []), ...numbers.map((column) => column[row] ?? null), bar.transactions, ...(filled ? [bar.filledBy] : [])])
  return table(columns, rows)
}

/** What was done to the prices, in words. */
function adjustmentText({ basis, asOf }: Adjustment): string {
  return `adjusted for ${basis === 'split' ? 'splits' : 'splits and dividends'}${asOf === null ? '' : `, as known on ${asOf}`}`
}

function titleOf(named: Named, adjustment: Adjustment): string {
  return adjustment.basis === 'none' ? securityTitle(named) : `${securityTitle(named)}  ${adjustmentText(adjustment)}`
}

function barText(bars: NamedBar[], title: string, columns: number): string {
  const parts = [title]
  if (bars.length >= FEWEST_FOR_CHART) {
    parts.push('', lineChart(bars.map(({ date, close }) => ({ date, value: close })), Math.min(columns, WIDEST_CHART)))
  }
  return [...parts, '', barTable(bars)].join('\n')
}

export const bars = defineCommand({
  document: BARS,
  ...NAMES.bars,
  examples: [
    ['bars AAPL', 'the last 30 bars'],
    ['bars META --start 2022-06-01 --end 2022-06-15', 'over the rename from FB'],
    ['bars FB --on 2010-01-04', 'the security that FB named on that date'],
    ['bars AAPL --adjusted split --start 2020-08-01 --end 2020-09-30', 'without the step that a split makes'],
    ['bars AAPL --adjusted total --as-of 2020-12-31', 'for splits and dividends, as they were known then'],
  ],
  positionals: { symbol: { type: 'string', demandOption: true, describe: 'a symbol as the exchange writes it, case-sensitive' } },
  flags: {
    ...RANGE_FLAGS,
    on: { type: 'string', requiresArg: true, describe: 'the security the symbol named on this date, where it has named several (default: the latest)' },
    limit: limitFlag(`show the latest N bars (default ${DEFAULT_BARS}; with --start all)`),
    adjusted: { choices: BASES.filter((basis) => basis !== 'none'), requiresArg: true, describe: 'adjust prices for splits, or for splits and dividends (total); as they were traded without it' },
    'as-of': { type: 'string', requiresArg: true, describe: 'adjust by what was known on this date, and show no later bars (default: all that is known up to the last bar)' },
    csv: { type: 'boolean', describe: 'print CSV' },
  },
  async run(args, context) {
    const range = readRange(args)
    const limit = readLimit(args.limit, range.start === null ? DEFAULT_BARS : null)
    const on = readDate('on', args.on)
    const adjustment: Adjustment = { basis: args.adjusted ?? 'none', asOf: readDate('as-of', args['as-of']) }
    if (adjustment.basis === 'none' && adjustment.asOf !== null) throw new UsageError('AS_OF_UNADJUSTED', '--as-of says by what prices are adjusted', { hint: 'add --adjusted split or --adjusted total' })
    const { pool } = await context.database()
    const named = await securityNamed(pool, args.symbol, on)
    const { security: { symbolId } } = named
    const stored = adjustment.basis === 'none' ? await latestBars(pool, symbolId, range, limit) : await adjustedBars(pool, symbolId, range, limit, adjustment)
    const bars = stored.map((bar) => ({ ...bar, symbol: symbolOn(named.security, bar.date) }))
    return {
      exitCode: EXIT.ok,
      data: barsDocument(named, bars, adjustment),
      text() {
        const text = bars.length > 0
          ? barText(bars, titleOf(named, adjustment), context.columns)
          : `${securityTitle(named)}\nNo bars are stored for it${describeRange(range)}.`
        const others = otherSecurities(named, args.symbol)
        return others.length > 0 ? [text, '', ...others].join('\n') : text
      },
      csv: () => [
        ['date', 'symbol', ...PRICES, 'transactions', 'filled_by'],
        ...bars.map((bar) => [bar.date, bar.symbol, ...PRICES.map((field) => bar[field]), bar.transactions, bar.filledBy]),
      ],
    }
  },
})
