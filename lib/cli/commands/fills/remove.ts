import { BAR_PROVIDERS } from '../../../providers/bar-providers.js'
import type { DocumentOf } from '../../../documents/document.js'
import { FILLS_REMOVE, removeDocument } from '../../../documents/fills.js'
import { counted } from '../../../documents/figures.js'
import { UsageError } from '../../../domain/errors.js'
import { removeFills, type RemovedFills, type RemoveRequest } from '../../../features/fetch/answers/remove.js'
import { FETCHED_FLAGS, readProvider } from '../../flags/fetches.js'
import { describeRange, RANGE_FLAGS, readRange } from '../../flags/range.js'
import { defineCommand, type Context } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { keptAnswers } from '../../framework/kept-answers.js'
import { runtimeOf } from '../../framework/runtime.js'
import { progressBar } from '../../terminal/progress.js'
import { isWhole, REPLAY_PROGRESS, replayRemarks, replayTable } from '../fetches/replay-report.js'

type Removed = DocumentOf<typeof FILLS_REMOVE>

function whose({ provider, job, start, end }: RemoveRequest): string {
  return `${[provider, job === null ? null : `job ${job}`].filter((part) => part !== null).join(', ')}${describeRange({ start, end })}`
}

function beyondText({ beyond }: Pick<Removed, 'beyond'>): string[] {
  return beyond === 0 ? [] : [`${counted(beyond, 'request')} that ${beyond === 1 ? 'reaches' : 'reach'} beyond these dates ${beyond === 1 ? 'was' : 'were'} left: a request is taken back whole.`]
}

function removeText(data: Removed, request: RemoveRequest, { room, columns }: Context): string {
  const { dry_run, fetches, fills } = data
  if (fetches === 0 && fills === 0) return [`Nothing was filled by ${whose(request)} that could be taken back.`, ...beyondText(data)].join('\n')
  const lines = [`${dry_run ? 'Would take back' : 'Took back'} ${counted(fills, 'filled bar')} of ${fetches === 0 ? 'requests that were withdrawn before' : counted(fetches, 'request')} by ${whose(request)}.`, ...beyondText(data)]
  if (data.timespans.length > 0) lines.push('', replayTable(data, room))
  return [...lines, ...replayRemarks(data, columns)].join('\n')
}

/** @throws UsageError FILLS_UNCONFIRMED that says what would be taken back */
function unconfirmed({ fetches, fills }: RemovedFills, request: RemoveRequest): UsageError {
  return new UsageError('FILLS_UNCONFIRMED', `this takes back ${counted(fills, 'filled bar')} of ${counted(fetches, 'request')} by ${whose(request)}: they count no longer, also in a replay`, {
    hint: 'what they gave leaves provider_bars, too: if that is meant, say so with --yes; --dry-run only counts',
  })
}

export const fillsRemove = defineCommand({
  document: FILLS_REMOVE,
  usage: 'remove',
  describe: 'Take back what a provider or a job filled in; older answers, or those of other providers, that are still kept stand again. What its requests gave leaves provider_bars, too.',
  examples: [
    ['fills remove --job nightly --dry-run', 'how much that would be'],
    ['fills remove --job nightly --yes', 'what one job filled'],
    [`fills remove --provider ${BAR_PROVIDERS[0].name} --start 2026-11-01 --end 2026-11-20 --yes`, 'requests of these dates'],
  ],
  flags: {
    provider: FETCHED_FLAGS.provider,
    job: FETCHED_FLAGS.job,
    ...RANGE_FLAGS,
    'dry-run': { type: 'boolean', default: false, describe: 'count, and change nothing' },
    yes: { type: 'boolean', default: false, describe: 'yes, take them back' },
  },
  settings: ['answers', 'databaseWait'],
  async run(args, context) {
    const request: RemoveRequest = { provider: readProvider(args.provider), job: args.job ?? null, ...readRange({ start: args.start, end: args.end }), dry_run: args['dry-run'] }
    if (request.provider === null && request.job === null) throw new UsageError('FILLS_WHOSE', 'whose fills?', { hint: 'give --provider P, or --job J' })
    const runtime = await runtimeOf(context)
    const answers = keptAnswers(context)
    const progress = progressBar(context.interactive, REPLAY_PROGRESS)
    try {
      if (!args.yes && !request.dry_run) {
        const planned = await removeFills(runtime, answers, { ...request, dry_run: true })
        if (planned.fetches > 0) throw unconfirmed(planned, request)
      }
      const removed = await removeFills(runtime, answers, request, {
        onPlan: (groups) => progress.plan(groups, { label: '' }), onGroup: ({ symbol, date, timespan }) => progress.step({ label: `${symbol ?? date} ${timespan}` }),
      })
      const data = removeDocument(removed, request.dry_run)
      progress.end()
      return { exitCode: isWhole(data) ? EXIT.ok : EXIT.dateFailed, data, text: () => removeText(data, request, context) }
    } finally {
      progress.end()
      await answers.close()
    }
  },
})
