import { BARS, barsDocument, type NamedBar } from '../../documents/bars.js'
import { latestBars } from '../../store/bars/of-security.js'
import { EXIT } from '../framework/exit.js'
import { NAMES } from '../framework/names.js'
import { lineChart } from '../terminal/chart.js'
import { defineCommand } from '../framework/command.js'
import { exactColumn } from '../terminal/exact.js'
import { describeRange, limitFlag, RANGE_FLAGS, readDate, readLimit, readRange } from '../flags/range.js'
import { otherSecurities, securityNamed, securityTitle, symbolOn, type Named } from '../flags/security.js'
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

function barText(bars: NamedBar[], named: Named, columns: number): string {
  const parts = [securityTitle(named)]
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
  ],
  positionals: { symbol: { type: 'string', demandOption: true, describe: 'a symbol as the exchange writes it, case-sensitive' } },
  flags: {
    ...RANGE_FLAGS,
    on: { type: 'string', requiresArg: true, describe: 'the security the symbol named on this date, where it has named several (default: the latest)' },
    limit: limitFlag(`show the latest N bars (default ${DEFAULT_BARS}; with --start all)`),
    csv: { type: 'boolean', describe: 'print CSV' },
  },
  async run(args, context) {
    const range = readRange(args)
    const limit = readLimit(args.limit, range.start === null ? DEFAULT_BARS : null)
    const on = readDate('on', args.on)
    const { pool } = await context.database()
    const named = await securityNamed(pool, args.symbol, on)
    const stored = await latestBars(pool, named.security.symbolId, range, limit)
    const bars = stored.map((bar) => ({ ...bar, symbol: symbolOn(named.security, bar.date) }))
    return {
      exitCode: EXIT.ok,
      data: barsDocument(named, bars),
      text() {
        const text = bars.length > 0
          ? barText(bars, named, context.columns)
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
