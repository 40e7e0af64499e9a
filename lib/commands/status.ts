import { createCalendar } from '../calendar/calendar.js'
import { EXCHANGES } from '../calendar/exchanges.js'
import { publication } from '../calendar/publication.js'
import { listOverrides } from '../db/calendar-overrides.js'
import { DATASETS, DAY_AGGS } from '../domain/dataset.js'
import { UsageError } from '../domain/errors.js'
import { EXIT } from '../domain/outcome.js'
import { attentionOf, exitCodeOfAttention, type Attention } from '../status/attention.js'
import { DAY_STATES, type DayState } from '../status/day-state.js'
import { survey, type DayStatus, type Survey, type SurveyOptions } from '../status/survey.js'
import { defineCommand, type Context, type Result } from './shared/command.js'
import { heatmap, paint, type Mark } from './shared/heatmap.js'
import { DATE_FLAG, RANGE_FLAGS, readDate, readRange } from './shared/range-flags.js'
import { figure, table } from './shared/table.js'
import { instant } from './shared/times.js'
import { dateStatus } from './status-date.js'
import { symbolStatus } from './status-symbol.js'

/** From this share of the usual bars on a date counts as whole. */
const FULL = 95
/** Lines of what needs attention that a terminal gets. */
const MOST_LINES = 15

const MARKS: Record<Exclude<DayState, 'loaded'>, Mark> = {
  stale: { glyph: 's', colour: 'cyan' },
  holiday: { glyph: 'h', colour: 'grey' },
  not_published: { glyph: 'p', colour: 'blue' },
  missing: { glyph: 'M', colour: 'red' },
  failed: { glyph: 'F', colour: 'magenta' },
  not_loaded: { glyph: '.', colour: 'grey' },
}
const LOADED: Record<'full' | 'less' | 'thin', Mark> = {
  full: { glyph: '█', colour: 'green' }, less: { glyph: '▓', colour: 'darkGreen' }, thin: { glyph: '▒', colour: 'yellow' },
}

function markOf({ state, thin, coverage }: DayStatus): Mark | undefined {
  if (state === null) return undefined
  if (thin) return LOADED.thin
  if (state !== 'loaded') return MARKS[state]
  return coverage === null || coverage >= FULL ? LOADED.full : LOADED.less
}

function totalsOf(days: DayStatus[]): Record<DayState, number> {
  const totals = Object.fromEntries(DAY_STATES.map((state) => [state, 0])) as Record<DayState, number>
  for (const { state } of days) if (state !== null) totals[state]++
  return totals
}

/** What each mark means, with how many there are; only those that appear. */
function legend(days: DayStatus[], thinBelow: number, inColour: boolean): string {
  const meanings: [Mark, string][] = [
    [LOADED.full, 'loaded'], [LOADED.less, `loaded, below ${FULL} % of the usual bars`], [LOADED.thin, `thin, below ${thinBelow} %`],
    ...(Object.entries(MARKS) as [DayState, Mark][]).map(([state, mark]): [Mark, string] => [mark, state.replace('_', ' ')]),
  ]
  return meanings.flatMap(([mark, meaning]) => {
    const count = days.filter((day) => markOf(day)?.glyph === mark.glyph).length
    return count > 0 ? [`${paint(mark, inColour)} ${figure(count)} ${meaning}`] : []
  }).join('   ')
}

function latestLine({ latestLoaded, latestClosed, lag, days }: Survey, { calendar, publication: rule }: SurveyOptions): string {
  if (latestLoaded === null || lag === null) return 'Nothing is loaded yet. Begin with: ohlcv load --days 5'
  const waiting = days.findLast(({ state }) => state === 'not_published')
  const due = waiting ? `; the file of ${waiting.date} is due ${instant(publication(calendar, waiting.date, rule).due)}` : ''
  const behind = lag === 0 ? 'the latest that has closed' : `${figure(lag)} ${lag === 1 ? 'session' : 'sessions'} behind ${latestClosed}`
  return `Latest session loaded: ${latestLoaded}, ${behind}${due}`
}

function attentionTable(attention: Attention[]): string {
  const shown = attention.slice(0, MOST_LINES)
  const lines = [table(
    [{ title: 'dates' }, { title: 'sessions', align: 'right' }, { title: 'what' }, { title: 'command' }],
    shown.map(({ start, end, dates, what, command }) => [start === end ? start : `${start} .. ${end}`, dates, what, command]),
  )]
  if (attention.length > shown.length) lines.push(`${figure(attention.length - shown.length)} more; --json or --csv lists all.`)
  return lines.join('\n')
}

function surveyText(state: Survey, attention: Attention[], options: SurveyOptions, { columns, colour }: Context): string {
  const { days, range } = state
  const cells = days.flatMap((day) => {
    const mark = markOf(day)
    return mark ? [{ date: day.date, ...mark }] : []
  })
  const parts = [`${options.dataset}, ${range.start} to ${range.end}`, '', heatmap(cells, { columns, colour }), '', legend(days, options.thinBelow, colour), latestLine(state, options)]
  const [problems, findings] = [attention.filter(({ finding }) => !finding), attention.filter(({ finding }) => finding)]
  if (problems.length > 0) parts.push('', 'Needs attention:', attentionTable(problems))
  if (findings.length > 0) parts.push('', 'Worth a look:', attentionTable(findings))
  return parts.join('\n')
}

function jsonDay({ date, state, session, reason, attempt, rowCount, coverage, thin }: DayStatus): Record<string, unknown> {
  return {
    date, state, session, reason, outcome: attempt?.outcome ?? null, code: attempt?.code ?? null, message: attempt?.message ?? null,
    row_count: rowCount, coverage: coverage === null ? null : Number(coverage.toFixed(1)), thin,
  }
}

async function overview(range: SurveyOptions['range'], options: Omit<SurveyOptions, 'range'>, check: boolean, context: Context): Promise<Result> {
  const { pool } = await context.database()
  const asked = { ...options, range }
  const state = await survey(pool, asked)
  const attention = attentionOf(state.days)
  return {
    exitCode: check ? exitCodeOfAttention(attention, state.days) : EXIT.ok,
    text: surveyText(state, attention, asked, context),
    json: {
      dataset: options.dataset, start: state.range.start, end: state.range.end, totals: totalsOf(state.days),
      latest_loaded: state.latestLoaded, latest_closed: state.latestClosed, lag_sessions: state.lag,
      attention, days: state.days.map(jsonDay),
    },
    csv: [
      ['date', 'state', 'outcome', 'code', 'row_count', 'coverage', 'thin'],
      ...state.days.map(({ date, state, attempt, rowCount, coverage, thin }) =>
        [date, state, attempt?.outcome ?? null, attempt?.code ?? null, rowCount, coverage === null ? null : coverage.toFixed(1), thin ? 'yes' : 'no']),
    ],
  }
}

export const status = defineCommand({
  usage: 'status',
  describe: 'Show how complete the data is: a calendar of coverage, what needs attention, and the command that mends it. Also one date, or one symbol\'s gaps.',
  examples: [
    ['status', 'everything, from the first loaded date to the latest session that has closed'],
    ['status --date 2016-11-25', 'all about one date: source, counts, missing and new symbols, rejects, history'],
    ['status --symbol AAPL', 'one security\'s gaps against the calendar'],
    ['status --exit-code -q', 'as a check: 0 complete, 3 something needs attention, 4 only files not published yet'],
  ],
  flags: {
    ...RANGE_FLAGS,
    date: DATE_FLAG,
    symbol: { type: 'string', requiresArg: true, describe: 'the gaps of the security this symbol names' },
    on: { type: 'string', requiresArg: true, describe: 'with --symbol: the security it named on this date (default: the latest)' },
    dataset: { choices: DATASETS.map(({ flag }) => flag), default: DAY_AGGS.flag, describe: 'which kind of bars' },
    'exit-code': { type: 'boolean', describe: 'exit 3 when a date needs attention, 4 when only files are not published yet' },
    csv: { type: 'boolean', describe: 'print CSV: a line a date; with --date its missing, new and unknown symbols; with --symbol the gaps' },
  },
  settings: ['publishedAt', 'missingAfter', 'thinBelow'],
  async run(args, context): Promise<Result> {
    const range = readRange(args)
    const date = readDate('date', args.date)
    if (args.symbol !== undefined && (range.start !== null || range.end !== null)) {
      throw new UsageError('FLAGS_CONFLICT', '--symbol looks at all dates of a security and takes no dates', { hint: 'give --symbol alone, or dates without it' })
    }
    const dataset = (DATASETS.find(({ flag }) => flag === args.dataset) ?? DAY_AGGS).name
    const { pool } = await context.database()
    const calendar = createCalendar(EXCHANGES[0], await listOverrides(pool, EXCHANGES[0].code))
    const options = { dataset, calendar, publication: context.settings, now: context.now(), thinBelow: context.settings.thinBelow }
    if (args.symbol !== undefined) return symbolStatus(args.symbol, readDate('on', args.on), options, context)
    if (date !== null) return dateStatus(date, options, args['exit-code'] === true, context)
    return overview(range, options, args['exit-code'] === true, context)
  },
})
