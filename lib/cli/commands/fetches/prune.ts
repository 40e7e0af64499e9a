import { counted } from '../../../documents/figures.js'
import { FETCHES_PRUNE, pruneDocument } from '../../../documents/fetches.js'
import type { DocumentOf } from '../../../documents/document.js'
import { UsageError } from '../../../domain/errors.js'
import { pruneAnswers } from '../../../features/fetch/answers/prune.js'
import { defineCommand } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { keptAnswers } from '../../framework/kept-answers.js'
import { runtimeOf } from '../../framework/runtime.js'

/** More days than there have been answers. */
const MOST_DAYS = 36_500

function readDays(days: number): number {
  if (Number.isInteger(days) && days >= 0 && days <= MOST_DAYS) return days
  throw new UsageError('DAYS_INVALID', `--older-than must be a whole number of days from 0 to ${MOST_DAYS}`)
}

function pruneText({ before, dry_run, fetches, bodies, shared, running_month_left }: DocumentOf<typeof FETCHES_PRUNE>): string {
  const what = `the answers of ${counted(fetches, 'request')} made before ${before.slice(0, 16).replace('T', ' ')}Z`
  const lines = [fetches === 0
    ? `No answer of a request made before ${before.slice(0, 16).replace('T', ' ')}Z is kept.`
    : `${dry_run ? 'Would give up' : 'Gave up'} ${what}: ${counted(bodies, 'body', 'bodies')}${shared > 0 ? `; ${counted(shared, 'body', 'bodies')} that younger answers share ${shared === 1 ? 'stays' : 'stay'}` : ''}.`]
  if (running_month_left) lines.push('Those of this month were left: a fetch is at work, and may share them.')
  return lines.join('\n')
}

export const fetchesPrune = defineCommand({
  document: FETCHES_PRUNE,
  usage: 'prune',
  describe: 'Keep the answers of older requests no longer: the requests and the stored bars stay, but what is not kept cannot be replayed.',
  examples: [
    ['fetches prune --older-than 400 --dry-run', 'how much that would be'],
    ['fetches prune --older-than 400', 'keep a little more than a year of answers'],
  ],
  flags: {
    'older-than': { type: 'number', requiresArg: true, demandOption: true, describe: 'only answers of requests made more than N days ago' },
    'dry-run': { type: 'boolean', default: false, describe: 'count, and remove nothing' },
  },
  settings: ['answers', 'databaseWait'],
  async run(args, context) {
    const request = { older_than_days: readDays(args['older-than']), dry_run: args['dry-run'] }
    const runtime = await runtimeOf(context)
    const answers = keptAnswers(context)
    try {
      const data = pruneDocument(await pruneAnswers(runtime, answers, request), request.dry_run)
      return { exitCode: EXIT.ok, data, text: () => pruneText(data) }
    } finally {
      await answers.close()
    }
  },
})
