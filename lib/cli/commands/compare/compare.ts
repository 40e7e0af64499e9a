import type { ChosenDates } from '../../../calendar/chosen-dates.js'
import { COMPARE, compareDocument } from '../../../documents/compare.js'
import { UsageError } from '../../../domain/errors.js'
import { compareAggregates } from '../../../features/compare/aggregates.js'
import type { CompareObserver } from '../../../features/compare/comparison.js'
import { compareProvider } from '../../../features/compare/provider.js'
import { readAggregatesComparison, readProviderComparison } from '../../../features/compare/request.js'
import { BAR_PROVIDERS } from '../../../providers/bar-providers.js'
import { chosenDates, DATES_FLAGS } from '../../flags/dates.js'
import { limitFlag, readLimit } from '../../flags/range.js'
import { readSymbolsOrAll } from '../../flags/symbols.js'
import { defineCommand } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { NAMES } from '../../framework/names.js'
import { runtimeOf } from '../../framework/runtime.js'
import { progressBar } from '../../terminal/progress.js'
import { compareRows, compareText } from './compare-report.js'

const DEFAULT_LIMIT = 20
const [OTHER, PROVIDER] = [BAR_PROVIDERS[0].name, BAR_PROVIDERS.at(-1)!.name]
const PROGRESS = '{bar} {value}/{total}  {left}'

const { start, end } = DATES_FLAGS

export const compare = defineCommand({
  document: COMPARE,
  ...NAMES.compare,
  examples: [
    [`compare --provider ${PROVIDER} --start 2025-01-01`, 'what a provider has given against ohlcv_daily'],
    [`compare --provider ${PROVIDER} --against ${OTHER} --start 2020-01-01 --end 2024-12-31 --symbols TSLA,AAPL`, 'two providers'],
    ['compare --aggregates --start 2025-01-01', 'fetched weeks and months against those computed of the days, and days against hours'],
    [`compare --provider ${PROVIDER} --start 2025-01-01 --limit 1000 --csv`, 'a thousand differences for a spreadsheet'],
  ],
  flags: {
    provider: { type: 'string', requiresArg: true, describe: 'whose daily bars are compared' },
    against: { type: 'string', requiresArg: true, describe: 'with those of this provider (default: with ohlcv_daily, brought to the basis of --provider)' },
    aggregates: { type: 'boolean', default: false, describe: 'compare fetched weeks, months and hours with the stored days' },
    symbols: { type: 'string', requiresArg: true, default: 'all', describe: 'symbols, separated by commas, or "all": every security that there is something to compare of' },
    start,
    end,
    limit: limitFlag(`show at most N differences and symbols, the worst first (default ${DEFAULT_LIMIT})`),
    csv: { type: 'boolean', describe: 'print CSV: the differences' },
  },
  settings: ['databaseWait'],
  async run(args, context) {
    if (args.aggregates ? args.provider !== undefined || args.against !== undefined : args.provider === undefined) {
      throw new UsageError('COMPARE_WHAT', 'what is to be compared?', { hint: 'give --provider P, with --against Q or not, or --aggregates' })
    }
    if (args.start === undefined) throw new UsageError('DATES_UNCLEAR', 'which dates?', { hint: 'give --start D, with --end D or up to now' })
    const limit = readLimit(args.limit, DEFAULT_LIMIT)
    const dates = chosenDates({ start: args.start, end: args.end, days: undefined, date: undefined }) as Exclude<ChosenDates, { sessions: number }>
    const common = { dates, symbols: readSymbolsOrAll(args.symbols), limit }
    const runtime = await runtimeOf(context)
    const progress = progressBar(context.interactive, PROGRESS)
    const observer: CompareObserver = {
      onPlan: (securities) => progress.plan(securities, {}),
      onSecurities: (count) => progress.step({}, count),
    }
    try {
      if (args.aggregates) {
        const { range, comparisons, hours } = await compareAggregates(runtime, readAggregatesComparison(common), observer)
        return answer(compareDocument(range, comparisons, hours, limit))
      }
      const { range, comparison } = await compareProvider(runtime, readProviderComparison({ ...common, provider: args.provider!, against: args.against ?? null }), observer)
      return answer(compareDocument(range, [comparison], null, limit))
    } finally {
      progress.end()
    }

    function answer(data: ReturnType<typeof compareDocument>) {
      return { exitCode: EXIT.ok, data, text: () => compareText(data, limit, context.room), csv: () => compareRows(data) }
    }
  },
})
