import { QUALITY, qualityDocument } from '../../../documents/quality.js'
import { checkQuality } from '../../../features/quality/check/check.js'
import { readCheckRequest } from '../../../features/quality/check/request.js'
import { readScoresRequest, type ScoresRequest } from '../../../features/quality/request.js'
import { scoredRange, scoresOf } from '../../../features/quality/scores.js'
import type { Runtime } from '../../../features/runs/runtime.js'
import { mayCheck } from '../../../store/quality/scores.js'
import { chosenDates, DATES_FLAGS } from '../../flags/dates.js'
import { limitFlag, readLimit } from '../../flags/range.js'
import { readSymbolsOrAll } from '../../flags/symbols.js'
import { defineCommand, type Context } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { exitCodeOfError } from '../../framework/failure.js'
import { NAMES } from '../../framework/names.js'
import { thresholdsOf } from '../../framework/thresholds.js'
import { runtimeOf } from '../../framework/runtime.js'
import { progressBar } from '../../terminal/progress.js'
import { scoreRows, scoresText } from './scores-report.js'

const DEFAULT_LIMIT = 20
const { start, end, days } = DATES_FLAGS

/** What the bar of this command shows: dates judged, time left, the last of them. */
const PROGRESS = '{bar} {value}/{total}  {left}  {label}'

/** Judges what has changed on the dates of the request, or all of it again; why not, where nothing can be. */
async function checked(runtime: Runtime, request: ScoresRequest, again: boolean, { interactive }: Context): Promise<'read_only' | null> {
  if (!(await mayCheck(runtime.db.pool))) return 'read_only'
  const progress = progressBar(interactive, PROGRESS)
  try {
    await checkQuality(runtime, readCheckRequest({ ...await scoredRange(runtime, request), again, thresholds: request.thresholds }), {
      onPlan: (dates) => progress.plan(dates, { label: '' }), onJudged: (dates, last) => progress.step({ label: last }, dates), exitCodeOfError,
    })
  } finally {
    progress.end()
  }
  runtime.signal.throwIfAborted()
  return null
}

export const qualityScores = defineCommand({
  document: QUALITY,
  usage: '$0',
  describe: NAMES.quality.describe,
  examples: [
    ['quality --days 20', 'the last 20 sessions of the whole market: the worst securities and dates'],
    ['quality --symbols AAPL --start 2021-01-19 --by date', 'one security: each date that lacks something to 1, so that its score can be added up'],
    ['quality --start 2024-01-01 --end 2024-12-31 --universe ETF --csv', 'a year of one type of securities'],
    ['quality --days 5 && echo fine', 'as a check: exit 3 when a security or date is below the minimum'],
  ],
  flags: {
    start, end, days,
    date: { type: 'string', requiresArg: true, describe: 'one date' },
    symbols: { type: 'string', requiresArg: true, describe: 'only of these securities, separated by commas, or "all"' },
    universe: { type: 'string', requiresArg: true, describe: 'only securities of this universe: all, or those of a type as `ohlcv universe list` shows them, for instance ETF' },
    by: { choices: ['symbol', 'date'] as const, requiresArg: true, describe: 'only securities or only dates; with --symbols or --universe the dates of these on which they lack something' },
    again: { type: 'boolean', default: false, describe: 'judge the dates again though nothing says that they have changed, for bars that no load or fetch has written' },
    'no-check': { type: 'boolean', default: false, describe: 'show what was checked last, and check nothing that has changed since' },
    limit: limitFlag(`show the worst N (default: ${DEFAULT_LIMIT} in tables, all with --csv and --json)`),
    csv: { type: 'boolean', describe: 'print CSV: securities, or with --by date dates' },
  },
  settings: ['minDataQuality', 'publishedAt', 'missingAfter', 'databaseWait'],
  async run(args, context) {
    const { minDataQuality, publishedAt, missingAfter } = context.settings
    const limit = readLimit(args.limit, null)
    const by = args.by ?? null
    const request = readScoresRequest({
      dates: chosenDates(args), symbols: args.symbols === undefined ? 'all' : readSymbolsOrAll(args.symbols), type: args.universe === undefined || args.universe === 'all' ? null : args.universe, minimum: minDataQuality, limit,
      thresholds: thresholdsOf(context.settings), publication: { published_at: publishedAt, missing_after: missingAfter },
    })
    const runtime = await runtimeOf(context)
    const skipped = args['no-check'] ? 'asked' : await checked(runtime, request, args.again, context)
    const scores = await scoresOf(runtime, request)
    const data = qualityDocument(scores, { by, skipped, symbols: request.symbols === 'all' ? null : request.symbols })
    return {
      exitCode: data.below_minimum.symbols + data.below_minimum.dates > 0 ? EXIT.dateFailed : EXIT.ok,
      data,
      text: () => scoresText(data, by, limit ?? DEFAULT_LIMIT, context),
      csv: () => scoreRows(data, by),
    }
  },
})
