import { runDocument, RUNS, runsDocument } from '../../documents/runs.js'
import type { SERVICE_FAILURES } from '../../documents/service/failures.js'
import { attemptsOf, type Attempt } from '../../store/runs/attempts.js'
import { latestRuns, type Run } from '../../store/runs/runs.js'
import { UsageError } from '../../domain/errors.js'
import { EXIT } from '../framework/exit.js'
import { NAMES } from '../framework/names.js'
import { defineCommand, type Context, type Result } from '../framework/command.js'
import { cut, printable } from '../terminal/printable.js'
import { limitFlag, readLimit } from '../flags/range.js'
import { figure } from '../../documents/figures.js'
import { table, type Column } from '../terminal/table.js'
import { duration, instant } from '../terminal/times.js'
import { DEFAULT_FAILURE_DAYS, failuresOfDays } from './runs-failures.js'

const DEFAULT_RUNS = 20
const DEFAULT_ATTEMPTS = 60
/** The counts of an attempt worth a column, as kept with it. */
const COUNTS = ['read', 'inserted', 'updated', 'removed', 'rejected', 'unknown'] as const
/** Which of them leave first where the terminal is narrow. */
const LEAVING: Partial<Record<(typeof COUNTS)[number], number>> = { read: 1, removed: 2, updated: 3, unknown: 5, rejected: 6 }

/** Parameters in one line: `start=2017-03-01 end=2017-03-31 force`. */
function describeParameters({ start, end, ...others }: Record<string, unknown>): string {
  return Object.entries({ start, end, ...others })
    .filter(([, value]) => value !== undefined && value !== null && value !== false)
    .map(([key, value]) => (value === true ? key : `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`))
    .map(printable)
    .join(' ')
}

function describeOutcomes({ outcomes }: Run): string {
  return Object.entries(outcomes).sort(([, a], [, b]) => b - a).map(([outcome, dates]) => `${figure(dates)} ${outcome}`).join(', ')
}

/** How long it took; unknown for a run that died, whose end nobody saw. */
function elapsed({ status, startedAt, finishedAt }: Run, now: Date): string | null {
  if (status === 'died') return null
  return finishedAt === null ? `${duration(now.getTime() - startedAt.getTime())} so far` : duration(finishedAt.getTime() - startedAt.getTime())
}

function listText(runs: Run[], now: Date, room: number): string {
  if (runs.length === 0) return 'Nothing has run yet. Begin with: ohlcv load --days 5'
  const rows = runs.map((run) => [String(run.runId), instant(run.startedAt), elapsed(run, now), run.command, describeOutcomes(run) || null, run.status,
    run.exitCode === null ? null : String(run.exitCode)])
  const columns = [
    { title: 'run', align: 'right' as const }, { title: 'started' }, { title: 'took', align: 'right' as const, leaves: 2 }, { title: 'command', leaves: 1 },
    { title: 'dates', cut: true }, { title: 'status' }, { title: 'exit', align: 'right' as const },
  ]
  return `${table(columns, rows, room)}\n\nohlcv runs ID shows one of them, date by date.`
}

function attemptTable(attempts: Attempt[], room: number): string {
  const columns = [
    { title: 'date' }, { title: 'outcome' },
    ...COUNTS.map((title): Column => ({ title, align: 'right', ...(LEAVING[title] !== undefined && { leaves: LEAVING[title] }) })),
    { title: 'took', align: 'right' as const, leaves: 4 },
  ]
  return table(columns, attempts.map(({ date, outcome, counts, startedAt, finishedAt }) => {
    const figures = COUNTS.map((name) => counts?.[name]).map((count) => (typeof count === 'number' ? count : null))
    return [date, outcome, ...figures, duration(finishedAt.getTime() - startedAt.getTime())]
  }), room)
}

function runText(run: Run, attempts: Attempt[], context: { now: Date; columns: number; room: number }): string {
  const took = elapsed(run, context.now)
  const lines = [
    `Run ${run.runId}: ${run.command}, ${run.status}${run.exitCode === null ? '' : ` with exit code ${run.exitCode}`}`,
    `started     ${instant(run.startedAt)}${took === null ? '' : `, ${run.finishedAt === null ? 'running for' : 'took'} ${took.replace(' so far', '')}`}`,
    `version     ${run.version}`,
    `parameters  ${describeParameters(run.parameters) || '-'}`,
    `dates       ${describeOutcomes(run) || '-'}`,
  ]
  if (run.message !== null) lines.push(`message     ${printable(run.message)}`)
  if (attempts.length > 0) lines.push('', attemptTable(attempts, context.room))
  const remarks = attempts.filter(({ code, message }) => code !== null || message !== null)
  if (remarks.length > 0) lines.push('')
  for (const { date, code, message } of remarks) {
    lines.push(cut(`${date}  ${[code, message === null ? null : printable(message)].filter((part) => part !== null).join(': ')}`, Math.max(context.columns, 80) * 3))
  }
  const dates = Object.values(run.outcomes).reduce((sum, count) => sum + count, 0)
  if (dates > attempts.length) lines.push('', `${figure(dates - attempts.length)} more; --limit ${dates} shows all.`)
  return lines.join('\n')
}

async function oneRun(id: string, limit: number | undefined, context: Context): Promise<Result<typeof RUNS>> {
  const runId = /^\d{1,15}$/.test(id) ? Number(id) : undefined
  const { pool } = await context.database()
  const run = runId === undefined ? undefined : (await latestRuns(pool, runId, 1))[0]
  if (!run) throw new UsageError('RUN_UNKNOWN', `there is no run ${JSON.stringify(id)}`, { hint: 'ohlcv runs lists the latest' })
  const attempts = await attemptsOf(pool, run.runId, readLimit(limit, DEFAULT_ATTEMPTS))
  return {
    exitCode: EXIT.ok,
    text: () => runText(run, attempts, { now: context.now(), columns: context.columns, room: context.room }),
    data: runDocument(run, attempts),
  }
}

export const runs = defineCommand({
  document: RUNS,
  ...NAMES.runs,
  examples: [['runs', `the latest ${DEFAULT_RUNS} runs`], ['runs 42', 'one run, the dates that need attention first'], ['runs --failures --days 30', 'what failed or had to be tried again in the last days, whether it is right by now, and how many runs succeeded']],
  positionals: { id: { type: 'string', describe: 'the number of a run' } },
  flags: {
    failures: { type: 'boolean', conflicts: 'id', describe: 'what failed of late instead, in runs, dates and requests' },
    days: { type: 'number', requiresArg: true, implies: 'failures', describe: `failures of the last N days (default ${DEFAULT_FAILURE_DAYS})` },
    limit: limitFlag(`show at most N runs, N dates of one run, or N failures (default ${DEFAULT_RUNS}, ${DEFAULT_ATTEMPTS}, ${DEFAULT_ATTEMPTS})`),
  },
  async run(args, context): Promise<Result<typeof RUNS | typeof SERVICE_FAILURES>> {
    if (args.failures === true) return failuresOfDays({ days: args.days, limit: readLimit(args.limit, DEFAULT_ATTEMPTS) }, context)
    if (args.id !== undefined) return oneRun(args.id, args.limit, context)
    const { pool } = await context.database()
    const latest = await latestRuns(pool, null, readLimit(args.limit, DEFAULT_RUNS))
    return { exitCode: EXIT.ok, text: () => listText(latest, context.now(), context.room), data: runsDocument(latest) }
  },
})
