import { counted } from '../../../documents/figures.js'
import { FETCHES_PRUNE, pruneDocument } from '../../../documents/fetches.js'
import type { DocumentOf } from '../../../documents/document.js'
import { UsageError } from '../../../domain/errors.js'
import { prune, type PruneRequest } from '../../../features/fetch/answers/prune.js'
import { defineCommand, type Context } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { keptAnswers } from '../../framework/kept-answers.js'
import { runtimeOf } from '../../framework/runtime.js'

/** More days than there have been answers. */
const MOST_DAYS = 36_500

function readDays(days: number | undefined): number | null {
  if (days === undefined) return null
  if (Number.isInteger(days) && days >= 0 && days <= MOST_DAYS) return days
  throw new UsageError('DAYS_INVALID', `--older-than must be a whole number of days from 0 to ${MOST_DAYS}`)
}

/** What is no longer to be kept, by the flag or by the settings. @throws UsageError RETENTION_UNSET where neither says so of anything */
function readRequest(olderThan: number | undefined, { keepAnswers, keepProviderBars }: Context['settings'], dryRun: boolean): PruneRequest {
  const [answersAge, barsAge] = [readDays(olderThan) ?? keepAnswers ?? null, keepProviderBars ?? null]
  if (answersAge === null && barsAge === null) {
    throw new UsageError('RETENTION_UNSET', 'nothing says how long answers or provider_bars are kept, so all of it is', { hint: 'add --older-than DAYS, or set OHLCV_KEEP_ANSWERS or OHLCV_KEEP_PROVIDER_BARS' })
  }
  return { answers_older_than: answersAge, bars_older_than: barsAge, dry_run: dryRun }
}

function answersText({ before, dry_run, fetches, bodies, shared, running_month_left }: DocumentOf<typeof FETCHES_PRUNE>): string[] {
  if (before === null) return []
  const since = `${before.slice(0, 16).replace('T', ' ')}Z`
  const lines = [fetches === 0
    ? `No answer of a request made before ${since} is kept.`
    : `${dry_run ? 'Would give up' : 'Gave up'} the answers of ${counted(fetches, 'request')} made before ${since}: ${counted(bodies, 'body', 'bodies')}${shared > 0 ? `; ${counted(shared, 'body', 'bodies')} that younger answers share ${shared === 1 ? 'stays' : 'stay'}` : ''}.`]
  if (running_month_left) lines.push('Those of this month were left: a fetch is at work, and may share them.')
  return lines
}

function barsText({ bars_before, bars, dry_run }: DocumentOf<typeof FETCHES_PRUNE>): string[] {
  if (bars_before === null) return []
  return [bars === 0 ? `provider_bars holds no bar of a date before ${bars_before}.` : `${dry_run ? 'Would take' : 'Took'} ${counted(bars, 'bar')} of dates before ${bars_before} out of provider_bars.`]
}

export const fetchesPrune = defineCommand({
  document: FETCHES_PRUNE,
  usage: 'prune',
  describe: 'Keep the answers of older requests no longer, and old bars of provider_bars: the requests and the bars of all other tables stay, but what is not kept cannot be replayed.',
  examples: [
    ['fetches prune --older-than 400 --dry-run', 'how much that would be'],
    ['fetches prune --older-than 400', 'keep a little more than a year of answers'],
    ['fetches prune', 'what the settings say'],
  ],
  flags: {
    'older-than': { type: 'number', requiresArg: true, describe: 'only answers of requests made more than N days ago (default: as --keep-answers)' },
    'dry-run': { type: 'boolean', default: false, describe: 'count, and remove nothing' },
  },
  settings: ['answers', 'keepAnswers', 'keepProviderBars', 'databaseWait'],
  async run(args, context) {
    const request = readRequest(args['older-than'], context.settings, args['dry-run'])
    const runtime = await runtimeOf(context)
    const answers = keptAnswers(context)
    try {
      const data = pruneDocument(await prune(runtime, answers, request), request.dry_run)
      return { exitCode: EXIT.ok, data, text: () => [...answersText(data), ...barsText(data)].join('\n') }
    } finally {
      await answers.close()
    }
  },
})
