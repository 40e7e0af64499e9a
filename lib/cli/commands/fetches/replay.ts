import type { DocumentOf } from '../../../documents/document.js'
import { FETCHES_REPLAY, replayDocument } from '../../../documents/fetches.js'
import { isoDate } from '../../../domain/dates.js'
import { replayAnswers } from '../../../features/fetch/answers/replay.js'
import { FETCHED_FLAGS, readProvider } from '../../flags/fetches.js'
import { RANGE_FLAGS, readRange } from '../../flags/range.js'
import { defineCommand, type Context } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { keptAnswers } from '../../framework/kept-answers.js'
import { runtimeOf } from '../../framework/runtime.js'
import { progressBar } from '../../terminal/progress.js'
import { isWhole, REPLAY_PROGRESS, replayRemarks, replayTable } from './replay-report.js'

/** What an open range begins or ends with. */
const [FIRST, LAST] = [isoDate('1900-01-01'), isoDate('9999-12-31')]

function replayText(data: DocumentOf<typeof FETCHES_REPLAY>, { room, columns }: Context): string {
  if (data.timespans.length === 0) return 'There is no answer to replay.'
  const changed = data.timespans.some(({ inserted, updated, removed, beside }) => inserted + updated + removed + beside > 0)
  const lines = [replayTable(data, room), '', changed ? (data.dry_run ? 'Nothing was written: that is what a replay would do.' : 'The stored bars are what the answers give.') : 'The stored bars are what the answers give: nothing was changed.']
  const remarks = replayRemarks(data, columns)
  return [...lines, ...(remarks.length > 0 ? ['', ...remarks] : [])].join('\n')
}

export const fetchesReplay = defineCommand({
  document: FETCHES_REPLAY,
  usage: 'replay',
  describe: 'Rebuild the stored hourly, weekly and monthly bars, the fills and provider_bars from the kept answers alone, without a network. After a fetch it changes nothing.',
  examples: [
    ['fetches replay --dry-run', 'whether the stored bars are what the answers give'],
    ['fetches replay --symbol SPY', 'the bars of one symbol'],
    ['fetches replay --timespan week --start 2026-01-01', 'one length of bars, from a date on'],
  ],
  flags: {
    ...FETCHED_FLAGS,
    job: { ...FETCHED_FLAGS.job, describe: 'only symbols and timespans that this job fetched' },
    ...RANGE_FLAGS,
    'dry-run': { type: 'boolean', default: false, describe: 'compare, and write nothing' },
  },
  settings: ['answers', 'databaseWait'],
  async run(args, context) {
    const { job = null, provider, symbol, timespan } = args
    const { start, end } = readRange({ start: args.start, end: args.end })
    const runtime = await runtimeOf(context)
    const answers = keptAnswers(context)
    const progress = progressBar(context.interactive, REPLAY_PROGRESS)
    try {
      const replayed = await replayAnswers(runtime, answers, {
        job, provider: readProvider(provider), symbols: symbol === undefined ? null : [symbol], grouped: false, timespans: timespan === undefined ? null : [timespan],
        range: start === null && end === null ? null : { start: start ?? FIRST, end: end ?? LAST }, dry_run: args['dry-run'],
      }, { onPlan: (groups) => progress.plan(groups, { label: '' }), onGroup: ({ symbol, date, timespan }) => progress.step({ label: `${symbol ?? date} ${timespan}` }) })
      const data = replayDocument(replayed, args['dry-run'])
      progress.end()
      return { exitCode: isWhole(data) ? EXIT.ok : EXIT.dateFailed, data, text: () => replayText(data, context) }
    } finally {
      progress.end()
      await answers.close()
    }
  },
})
