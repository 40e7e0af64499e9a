import pg from 'pg'
import { DB_PRUNE, dbPruneDocument } from '../../../documents/db.js'
import type { DocumentOf } from '../../../documents/document.js'
import { counted } from '../../../documents/figures.js'
import { UsageError } from '../../../domain/errors.js'
import { prune as pruneRecords } from '../../../features/retention/prune.js'
import { defineCommand } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { runtimeOf } from '../../framework/runtime.js'

/** Days that everything is kept for at least: reports and the rate of good runs look back so far. */
const LEAST_DAYS = 30
const MOST_DAYS = 36_500
const DEFAULT_DAYS = 400

const WORDS: Record<string, [one: string, many: string]> = {
  provider_metrics: ['day of figures of a provider', 'days of figures of providers'],
  provider_quota: ['count of requests', 'counts of requests'],
  alert_mutes: ['mute', 'mutes'],
  notices: ['notice', 'notices'],
  alerts: ['cleared incident', 'cleared incidents'],
  ingestion_runs: ['run that left nothing', 'runs that left nothing'],
}

function readDays(days: number): number {
  if (Number.isInteger(days) && days >= LEAST_DAYS && days <= MOST_DAYS) return days
  throw new UsageError('DAYS_INVALID', `--older-than must be a whole number of days from ${LEAST_DAYS} to ${MOST_DAYS}`)
}

function text({ before, dry_run: dryRun, records }: DocumentOf<typeof DB_PRUNE>): string {
  const lines = records.filter(({ rows }) => rows > 0).map(({ name, rows }) => `  ${counted(rows, ...(WORDS[name] ?? [name, name]))}`)
  const since = before.slice(0, 10)
  if (lines.length === 0) return `There are no records of the work before ${since}.`
  return [`${dryRun ? 'Would remove' : 'Removed'}, of before ${since}:`, ...lines].join('\n')
}

export const prune = defineCommand({
  document: DB_PRUNE,
  usage: 'prune',
  describe: 'Remove old records of the work that was done: figures of providers, incidents that are over and what was told of them, runs that left nothing. Bars, versions, lineage, attempts and revisions always stay.',
  examples: [
    ['db prune --dry-run', 'how much that would be'],
    ['db prune --older-than 90', 'keep three months of them'],
  ],
  flags: {
    'older-than': { type: 'number', default: DEFAULT_DAYS, requiresArg: true, describe: `only what is older than N days, at least ${LEAST_DAYS}` },
    'dry-run': { type: 'boolean', default: false, describe: 'count, and remove nothing' },
  },
  async run(args, context) {
    const request = { older_than: readDays(args['older-than']), dry_run: args['dry-run'] }
    const runtime = await runtimeOf(context)
    const pruned = await pruneRecords(runtime, request).catch((error: unknown) => {
      if (!(error instanceof pg.DatabaseError) || error.code !== '42501') throw error
      throw new UsageError('PRUNE_NOT_ALLOWED', `the login may not remove records: ${error.message}`, { hint: 'run it as the tables\' owner', cause: error })
    })
    const data = dbPruneDocument(pruned, request.dry_run)
    return { exitCode: EXIT.ok, data, text: () => text(data) }
  },
})
