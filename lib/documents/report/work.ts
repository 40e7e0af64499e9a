import type { ProviderOverview } from '../../features/fetch/overview.js'
import { LONGEST_RUN, type Advice, type Work } from '../../routines/report/work.js'
import type { Step } from '../../routines/report/report.js'
import type { ProviderHealth } from '../../store/quality/report-work.js'
import { figure } from '../figures.js'
import { instantText } from '../fields.js'
import { cellShare, counting, durationText, notChecked, section, share, sizeText, tableOf } from './figures.js'
import { datasetText } from './history.js'
import type { Figure, Section } from './parts.js'

const left = (limit: number | null, used: number | undefined): string => (limit === null ? 'no limit' : used === undefined ? '-' : figure(Math.max(0, limit - used)))

/** How the providers have done. */
export function providersSection(health: readonly ProviderHealth[], overviews: readonly ProviderOverview[]): Section {
  const sum = (of: (one: ProviderHealth) => number): number => health.reduce((total, one) => total + of(one), 0)
  const names = [...new Set([...overviews.map(({ limits }) => limits.name), ...health.map(({ provider }) => provider)])]
  const rows = names.map((name) => ({ name, did: health.find(({ provider }) => provider === name), stands: overviews.find(({ limits }) => limits.name === name) }))
  const nothing = 'no provider was asked'
  return section('providers', 'Providers', {
    figures: [
      share({ name: 'requests_failed', label: 'Requests that failed', definition: 'Tries since the last report (whole days, UTC) that brought no answer of use, those that were refused as too many included.' },
        sum(({ failed }) => failed), sum(({ requests }) => requests), { under: 100 }, nothing),
      share({ name: 'answers_complete', label: 'Expected bars in the answers', definition: 'Of the bars that the calendar lets expect of the answers, those that came.' }, sum(({ counted }) => counted), sum(({ expected }) => expected), null, nothing),
    ],
    tables: [tableOf('providers', 'By provider', rows, [
      ['provider', 'provider', ({ name }) => name], ['requests', 'tries', ({ did }) => did?.requests ?? 0, 'right'], ['succeeded', 'succeeded', ({ did }) => did === undefined ? null : cellShare(did.succeeded, did.requests), 'right'],
      ['rate_limited', 'too many', ({ did }) => did?.rateLimited ?? 0, 'right'], ['bars', 'bars', ({ did }) => did?.bars ?? 0, 'right'], ['latency', 'mean time', ({ did }) => did?.latency == null ? null : durationText(did.latency), 'right'],
      ['left_day', 'left today', ({ stands }) => stands === undefined ? null : left(stands.limits.perDay, stands.use?.day), 'right'],
      ['left_month', 'left this month', ({ stands }) => stands === undefined ? null : left(stands.limits.perMonth, stands.use?.month), 'right'],
      ['rests_until', 'rests until', ({ stands }) => stands?.rest ? instantText(stands.rest.until) : null],
    ])],
  })
}

function adviceText(advice: Advice): string {
  switch (advice.kind) {
    case 'long_run': return `Run ${advice.runId} of ${advice.command} took ${durationText(advice.ms)}: ask for fewer dates at once, or raise --lanes if the server has cores to spare (docs/PERFORMANCE.md).`
    case 'slow_date': return `${advice.date} (${datasetText(advice.dataset)}) took ${durationText(advice.ms)} to load where ${durationText(advice.usual)} is usual: look at the network to the source, and at what else the server did then.`
    case 'slow_provider': return `${advice.provider} takes ${durationText(advice.median)} for an answer (${advice.timespan}): give it a lower priority in providers.yaml, or ask it for longer ranges at once.`
    case 'rate_limited': return `${advice.provider} refused ${figure(advice.rateLimited)} of ${figure(advice.requests)} tries as too many: lower its limits in providers.yaml to what the plan allows.`
    case 'failing': return `${advice.provider} failed ${figure(advice.failed)} of ${figure(advice.requests)} tries: \`ohlcv providers test ${advice.provider}\` says why.`
    case 'memory': return `The server had ${cellShare(advice.hit, advice.hit + advice.read)} of what it was asked for in memory: raise shared_buffers (a quarter of the machine's memory is usual).`
    case 'dead_rows': return `${advice.table} has ${figure(advice.dead)} dead rows beside ${figure(advice.rows)}: \`vacuum ${advice.table}\`, and see that autovacuum is on.`
    case 'not_analyzed': return `The server knows nothing of what is in ${advice.table}: \`analyze ${advice.table}\`.`
    case 'temporary':
  }
  return `Sorts and hashes have taken ${sizeText(advice.bytes)} on disk since the server's statistics began: raise work_mem.`
}

function longestFigure({ commands }: Work): Figure {
  const meaning = { name: 'longest_run', label: 'Longest run', definition: 'What the run that took longest took, of those that began since the last report and have ended.' }
  const ms = Math.max(0, ...commands.map(({ longest }) => longest))
  if (commands.every(({ longestRun }) => longestRun === null)) return { ...notChecked(meaning, 'milliseconds', 'nothing ran'), goal: 'under 2 hours' }
  return { ...meaning, unit: 'milliseconds', value: ms, part: null, whole: null, text: durationText(ms), goal: 'under 2 hours', met: ms < LONGEST_RUN }
}

/** How long the work took, and what should be changed. */
export function workSection(work: Work, advice: readonly Advice[], steps: readonly Step[]): Section {
  const { commands, dates, fetches, resources } = work
  return section('work', 'Slowest steps and resources', {
    figures: [
      longestFigure(work),
      counting({ name: 'runs_failed', label: 'Runs that failed', definition: 'Runs since the last report that failed, or whose process died.' }, commands.reduce((total, { failed }) => total + failed, 0)),
      { ...counting({ name: 'database_size', label: 'Size of the database', definition: 'What all its tables and indexes take on disk.' }, resources.databaseBytes), unit: 'bytes', text: sizeText(resources.databaseBytes) },
      share({ name: 'memory_hits', label: 'Found in memory', definition: 'Of the blocks that the server was asked for since its statistics began, those that it had in its own memory.' },
        resources.blocksHit, resources.blocksHit + resources.blocksRead, null, 'the server has no statistics'),
    ],
    tables: [
      tableOf('commands', 'Runs by command', commands, [
        ['command', 'command', ({ command }) => command], ['runs', 'runs', ({ runs }) => runs, 'right'], ['failed', 'failed', ({ failed }) => failed, 'right'], ['total', 'in all', ({ total }) => durationText(total), 'right'],
        ['longest', 'longest', ({ longest }) => durationText(longest), 'right'], ['longest_run', 'its run', ({ longestRun }) => longestRun === null ? null : String(longestRun), 'right'],
      ]),
      tableOf('dates', 'Dates that took longest to load', dates, [
        ['date', 'date', ({ date }) => date], ['dataset', 'bars', ({ dataset }) => datasetText(dataset)], ['run_id', 'run', ({ runId }) => String(runId), 'right'], ['took', 'took', ({ ms }) => durationText(ms), 'right'],
        ['usual', 'usual', ({ usual }) => durationText(usual), 'right'],
      ]),
      tableOf('fetches', 'Requests by provider', fetches, [
        ['provider', 'provider', ({ provider }) => provider], ['timespan', 'bars', ({ timespan }) => timespan], ['fetches', 'requests', (one) => one.fetches, 'right'], ['failed', 'failed', ({ failed }) => failed, 'right'],
        ['median', 'in the middle', ({ median }) => durationText(median), 'right'], ['longest', 'longest', ({ longest }) => durationText(longest), 'right'],
      ]),
      tableOf('tables', 'Largest tables', resources.tables, [
        ['table', 'table', ({ name }) => name], ['size', 'size', ({ bytes }) => sizeText(bytes), 'right'], ['rows', 'rows', ({ rows }) => rows, 'right'], ['dead_rows', 'dead rows', ({ deadRows }) => deadRows, 'right'],
      ]),
      tableOf('steps', 'Making this report', steps, [['part', 'part', ({ name }) => name], ['took', 'took', ({ ms }) => durationText(ms), 'right']]),
    ],
    notes: advice.length === 0 ? ['Advice: nothing stands out.'] : advice.map((one) => `Advice: ${adviceText(one)}`),
  })
}
