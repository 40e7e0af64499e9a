import { FETCH, fetchDocument, fetchWarnings, jobDocument, plannedDocument } from '../../../documents/fetch.js'
import { UsageError } from '../../../domain/errors.js'
import { VERSION } from '../../../domain/version.js'
import { auditPath } from '../../../features/fetch/audit-file.js'
import { candidatesOf } from '../../../features/fetch/choice/candidates.js'
import { dryRun } from '../../../features/fetch/dry-run.js'
import { fetchBars } from '../../../features/fetch/fetch.js'
import { jobUnknown, newJobId, requestOfJob, type ChosenJob } from '../../../features/fetch/job.js'
import { readFetchRequest, type FetchRequest } from '../../../features/fetch/request.js'
import { parametersOf, resolveFetch } from '../../../features/fetch/resolve.js'
import { openSource } from '../../../features/runs/asking/source.js'
import { registerSecurity } from '../../../features/universe/register.js'
import type { Runtime } from '../../../features/runs/runtime.js'
import { BAR_PROVIDERS } from '../../../providers/bar-providers.js'
import { readLimits } from '../../../providers/limits.js'
import { auditTotals } from '../../../store/fetches/audit.js'
import { findJob, JOB_ID } from '../../../store/fetches/jobs.js'
import { defineCommand, type Context, type Result } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { exitCodeOfError } from '../../framework/failure.js'
import { auditFolder, keptAnswers } from '../../framework/kept-answers.js'
import { NAMES } from '../../framework/names.js'
import { runtimeOf } from '../../framework/runtime.js'
import { exitCodeOfFetch } from './exit-code.js'
import { fetchProgress } from './fetch-progress.js'
import { fetchText } from './fetch-report.js'
import { jobText, plannedText } from './job-report.js'
import { FETCH_FLAGS, requestOf, type FetchFlags } from './request.js'

type Fetched = Result<typeof FETCH>

function checkedId(flag: string, id: string): string {
  if (JOB_ID.test(id)) return id
  throw new UsageError('JOB_ID_INVALID', `--${flag} must be 1 to 128 letters, digits and the signs . _ -`)
}

async function status(jobId: string, context: Context): Promise<Fetched> {
  const { pool } = await context.database()
  const job = await findJob(pool, checkedId('status', jobId))
  if (job === undefined) throw jobUnknown(jobId)
  const totals = await auditTotals(pool, jobId)
  const file = auditPath(auditFolder(context), jobId)
  return { exitCode: EXIT.ok, data: jobDocument(job, totals, file), text: () => jobText(job, totals, file, context.room) }
}

/** A job and what it is asked for. */
interface Wanted {
  job: ChosenJob
  request: FetchRequest
}

async function newJob(flags: FetchFlags, { settings, now }: Context): Promise<Wanted> {
  const id = flags.job === undefined ? newJobId('fetch', now()) : checkedId('job', flags.job)
  return { job: { id, isNew: true }, request: await requestOf(flags, settings) }
}

async function resumedJob(id: string, flags: FetchFlags, runtime: Runtime, { settings }: Context): Promise<Wanted> {
  const kept = readFetchRequest(await requestOfJob(runtime, 'fetch', id))
  return { job: { id, isNew: false }, request: { ...kept, lanes: settings.fetchLanes, dry_run: flags['dry-run'] } }
}

/** Demands that nothing is chosen beside a job that is there already. @throws UsageError FETCH_RESUME */
function requireAlone(flag: 'resume' | 'status', flags: FetchFlags): void {
  const { symbols, universe, file, start, end, days, years, timespan, job, provider, grouped } = flags
  if ([symbols, universe, file, start, end, days, years, timespan, job, provider].every((chosen) => chosen === undefined) && !grouped) return
  const what = flag === 'resume' ? 'goes on with what its job was begun with' : 'shows a job as it is'
  throw new UsageError('FETCH_RESUME', `--${flag} ${what}, so nothing else is chosen beside it`)
}

/** Fetches what is asked for, whoever asks. @throws UsageError */
export async function fetchRequested({ job, request }: Wanted, runtime: Runtime, context: Context): Promise<Fetched> {
  const { env, log, now, signal } = context
  const resolved = await resolveFetch(runtime, request)
  const { asked, leftOut } = candidatesOf(resolved, await readLimits(context.settings.providers, BAR_PROVIDERS), env)
  if (request.dry_run) {
    const [parameters, planned] = [parametersOf(resolved), await dryRun(runtime, resolved, asked)]
    return { exitCode: EXIT.ok, data: plannedDocument(VERSION, parameters, planned), text: () => plannedText(parameters, planned, context.room) }
  }
  const [first, ...others] = asked.map(({ provider, limits }) => openSource(provider, limits, runtime.db, { env, log, now, connections: request.lanes }))
  const sources = [first!, ...others] as const
  const answers = keptAnswers(context)
  const progress = fetchProgress(context)
  const started = performance.now()
  try {
    const result = await fetchBars(runtime, resolved, job, {
      ...progress, sources, leftOut, answers, auditFolder: auditFolder(context),
      register: (symbol, details) => registerSecurity(runtime, symbol, details),
      exitCodes: { ofResult: (result) => exitCodeOfFetch(result, signal), ofError: exitCodeOfError },
    })
    progress.end()
    const seconds = (performance.now() - started) / 1000
    const warnings = fetchWarnings(result)
    log[context.interactive ? 'debug' : 'info']({ job: result.jobId, state: result.state }, `${result.state.startsWith('completed') ? 'JOB COMPLETE' : 'JOB NOT COMPLETE'}: ${result.jobId}`)
    return { exitCode: exitCodeOfFetch(result, signal), data: fetchDocument(result, VERSION, seconds, warnings), text: () => fetchText(result, warnings, seconds, context.room) }
  } finally {
    progress.end()
    await Promise.all(sources.map(({ client }) => client.close()))
    await answers.close()
  }
}

async function run(flags: FetchFlags, context: Context): Promise<Fetched> {
  for (const flag of ['status', 'resume'] as const) if (flags[flag] !== undefined) requireAlone(flag, flags)
  if (flags.status !== undefined) return status(flags.status, context)
  const resumed = flags.resume === undefined ? undefined : checkedId('resume', flags.resume)
  // What flags alone can tell to be wrong is told before a database is made.
  const wanted = resumed === undefined ? await newJob(flags, context) : undefined
  const runtime = await runtimeOf(context, { create: resumed === undefined })
  return fetchRequested(wanted ?? (await resumedJob(resumed!, flags, runtime, context)), runtime, context)
}

export const fetch = defineCommand({
  document: FETCH,
  ...NAMES.fetch,
  examples: [
    ['fetch --symbols SCHG,VUG --days 2', 'hours, days, weeks and months of two symbols over the last two sessions'],
    ['fetch --symbols all --start 2021-01-19 --end 2026-01-19', 'a backfill of every active security; interrupted, it is resumed'],
    ['fetch --file symbols.csv --timespan day --years 1 --dry-run', 'how many requests that takes, and how long'],
    ['fetch --grouped --start 2026-11-16 --end 2026-11-20', 'whole dates where no day file is to be had'],
    ['fetch --resume JOB', 'go on with what was not finished'],
    ['fetch --status JOB', 'how far it has come'],
  ],
  flags: FETCH_FLAGS,
  settings: ['fetchLanes', 'providers', 'answers', 'databaseWait'],
  run,
})
