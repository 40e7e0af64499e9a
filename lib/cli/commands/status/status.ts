import type { AttentionFields } from '../../../documents/attention.js'
import type { SUMMARY } from '../../../documents/service/summary.js'
import { overviewDocument, STATUS } from '../../../documents/status.js'
import { createCalendar } from '../../../calendar/calendar.js'
import { DEFAULT_EXCHANGE } from '../../../calendar/exchanges.js'
import { publication } from '../../../calendar/publication.js'
import { listOverrides } from '../../../store/calendar/overrides.js'
import { UsageError } from '../../../domain/errors.js'
import { EXIT } from '../../framework/exit.js'
import { openFindingsOf, openFindingsText } from './open-findings.js'
import { exitCodeOfAttention } from './exit-code.js'
import { attentionOf } from '../../../features/status/attention.js'
import type { DayState } from '../../../features/status/day-state.js'
import { FULL, fullnessOf } from '../../../features/status/fullness.js'
import { survey, type DayStatus, type Survey, type SurveyOptions } from '../../../features/status/survey.js'
import { NAMES } from '../../framework/names.js'
import { defineCommand, type Context, type Result } from '../../framework/command.js'
import { DATASET_FLAG, readDataset } from '../../flags/dataset.js'
import { heatmap, paint, type Mark } from '../../terminal/heatmap.js'
import { DATE_FLAG, RANGE_FLAGS, readDate, readRange } from '../../flags/range.js'
import { figure, percentText } from '../../../documents/figures.js'
import { instant } from '../../terminal/times.js'

/** How much of what needs attention a terminal gets. */
const MOST_SHOWN = 12

const MARKS: Record<Exclude<DayState, 'loaded'>, Mark> = {
  stale: { glyph: 's', colour: 'cyanBright' },
  holiday: { glyph: 'h', colour: 'gray' },
  not_published: { glyph: 'p', colour: 'blueBright' },
  missing: { glyph: 'M', colour: 'redBright' },
  failed: { glyph: 'F', colour: 'magentaBright' },
  not_loaded: { glyph: '.', colour: 'gray' },
}
const LOADED: Record<'full' | 'less' | 'thin', Mark> = {
  full: { glyph: '█', colour: 'greenBright' }, less: { glyph: '▓', colour: 'green' }, thin: { glyph: '▒', colour: 'yellow' },
}

function markOf(day: DayStatus): Mark | undefined {
  if (day.state === null) return undefined
  return day.thin || day.state === 'loaded' ? LOADED[fullnessOf(day)] : MARKS[day.state]
}

/** What each mark means, with how many there are; only those that appear, as many a line as fit. */
function legend(days: DayStatus[], thinBelow: number, { columns, colour }: Context): string[] {
  const meanings: [Mark, string][] = [
    [LOADED.full, 'loaded'], [LOADED.less, `loaded, below ${FULL} % of the usual bars or mostly unknown symbols`], [LOADED.thin, `thin, below ${thinBelow} %`],
    ...(Object.entries(MARKS) as [DayState, Mark][]).map(([state, mark]): [Mark, string] => [mark, state.replace('_', ' ')]),
  ]
  const lines: { text: string; width: number }[] = []
  for (const [mark, meaning] of meanings) {
    const count = days.filter((day) => markOf(day)?.glyph === mark.glyph).length
    if (count === 0) continue
    const entry = `${figure(count)} ${meaning}`
    const [last, width] = [lines.at(-1), entry.length + 2]
    if (last && last.width + 3 + width <= columns) Object.assign(last, { text: `${last.text}   ${paint(mark, colour)} ${entry}`, width: last.width + 3 + width })
    else lines.push({ text: `${paint(mark, colour)} ${entry}`, width })
  }
  return lines.map(({ text }) => text)
}

function latestLine({ latestLoaded, latestClosed, lag, days }: Survey, { calendar, publication: rule }: SurveyOptions): string {
  if (latestLoaded === null || lag === null) return 'Nothing is loaded yet. Begin with: ohlcv load --days 5'
  const waiting = days.findLast(({ state }) => state === 'not_published')
  const due = waiting ? `\nThe file of ${waiting.date} is due ${instant(publication(calendar, waiting.date, rule).due)}` : ''
  const behind = lag === 0 ? 'the latest that has closed' : `${figure(lag)} ${lag === 1 ? 'session' : 'sessions'} behind ${latestClosed}`
  return `Latest session loaded: ${latestLoaded}, ${behind}${due}`
}

/** What share of the rows of all files is of unknown symbols, and where the most; nothing when none is. */
function unknownLines(days: DayStatus[]): string[] {
  const loaded = days.flatMap(({ date, unknown }) => (unknown ? [{ date, ...unknown }] : []))
  const [rows, read] = [loaded.reduce((sum, day) => sum + day.rows, 0), loaded.reduce((sum, day) => sum + day.read, 0)]
  if (rows === 0) return []
  const worst = loaded.reduce((most, day) => (day.share > most.share ? day : most))
  return [`Unknown rows: ${percentText((100 * rows) / read)} of what was read; most on ${worst.date}: ${percentText(worst.share)}`]
}

/** Two lines each, so that the command can be copied whole from a narrow terminal. */
function attentionLines(attention: readonly AttentionFields[]): string[] {
  const lines = attention.slice(0, MOST_SHOWN).flatMap(({ start, end, dates, what, command }) => [
    `  ${start}${start === end ? '' : ` to ${end}, ${figure(dates)} dates`}: ${what}`, `      ${command}`,
  ])
  return attention.length > MOST_SHOWN ? [...lines, `  ${figure(attention.length - MOST_SHOWN)} more; --json lists all.`] : lines
}

/** States that a whole year can be in without being worth a picture. */
const BLANK: ReadonlySet<DayState | null> = new Set([null, 'holiday', 'not_loaded', 'not_published'])

/** The days of years in which something was tried, and a line for each stretch of other years. */
function withoutBlankYears(days: DayStatus[]): { drawn: DayStatus[]; blank: string[] } {
  const years = new Map<string, DayStatus[]>()
  for (const day of days) years.set(day.date.slice(0, 4), [...years.get(day.date.slice(0, 4)) ?? [], day])
  const isBlank = (list: DayStatus[]): boolean => list.every(({ state, attempt }) => BLANK.has(state) && attempt === null)
  const stretches: { from: string; to: string; sessions: number }[] = []
  for (const [year, list] of years) {
    if (!isBlank(list)) continue
    const [last, sessions] = [stretches.at(-1), list.filter(({ session }) => session).length]
    if (last && Number(last.to) + 1 === Number(year)) Object.assign(last, { to: year, sessions: last.sessions + sessions })
    else stretches.push({ from: year, to: year, sessions })
  }
  return {
    drawn: [...years.values()].filter((list) => !isBlank(list)).flat(),
    blank: stretches.map(({ from, to, sessions }) => `${from}${from === to ? '' : ` to ${to}`}: ${figure(sessions)} sessions, none tried`),
  }
}

function surveyText(state: Survey, attention: readonly AttentionFields[], openFindings: number | null, options: SurveyOptions, context: Context): string {
  const { days, range } = state
  const { columns, colour } = context
  const { drawn, blank } = withoutBlankYears(days)
  const cells = drawn.flatMap((day) => {
    const mark = markOf(day)
    return mark ? [{ date: day.date, ...mark }] : []
  })
  if (state.latestLoaded === null && days.every(({ attempt }) => attempt === null)) return latestLine(state, options)
  const pictures = [heatmap(cells, { columns, colour }), blank.join('\n')].flatMap((picture) => (picture === '' ? [] : [picture, '']))
  const parts = [`${options.dataset.name}, ${range.start} to ${range.end}`, '', ...pictures, ...legend(days, options.thinBelow, context), '', latestLine(state, options), ...unknownLines(days)]
  const [problems, findings] = [attention.filter(({ finding }) => !finding), attention.filter(({ finding }) => finding)]
  if (problems.length > 0) parts.push('', 'Needs attention:', ...attentionLines(problems))
  if (findings.length > 0) parts.push('', 'Worth a look:', ...attentionLines(findings))
  if (openFindings !== null && openFindings > 0) parts.push('', openFindingsText(openFindings, range))
  return parts.join('\n')
}

async function overview(range: SurveyOptions['range'], options: Omit<SurveyOptions, 'range'>, check: boolean, context: Context): Promise<Result<typeof STATUS>> {
  const { pool } = await context.database()
  const asked = { ...options, range }
  const state = await survey(pool, asked)
  const attention = attentionOf(state.days, options.dataset)
  const data = overviewDocument(options.dataset.name, state, attention, await openFindingsOf(pool, options.dataset, state.range))
  return {
    exitCode: check ? exitCodeOfAttention(attention, state.days) : EXIT.ok,
    data,
    text: () => surveyText(state, data.attention, data.open_findings, asked, context),
    csv: () => [
      ['date', 'state', 'outcome', 'code', 'row_count', 'coverage', 'thin', 'read_rows', 'unknown_rows', 'dropped'],
      ...state.days.map(({ date, state, attempt, rowCount, coverage, thin, unknown, dropped }) => [
        date, state, attempt?.outcome ?? null, attempt?.code ?? null, rowCount, coverage === null ? null : coverage.toFixed(1), thin ? 'yes' : 'no',
        unknown?.read ?? null, unknown?.rows ?? null, dropped,
      ]),
    ],
  }
}

export const status = defineCommand({
  document: STATUS,
  ...NAMES.status,
  examples: [
    ['status', 'everything, from the first loaded date to the latest session that has closed'],
    ['status --date 2016-11-25', 'all about one date: source, counts, missing and new symbols, rejects, history'],
    ['status --symbol AAPL', 'one security\'s gaps against the calendar'],
    ['status --assets', 'each watched security and length of bars: how far they reach, how late and how whole they are, as the status service tells'],
    ['status --exit-code -q', 'as a check: 0 complete, 3 something needs attention, 4 only files not published yet'],
  ],
  flags: {
    ...RANGE_FLAGS,
    date: DATE_FLAG,
    symbol: { type: 'string', requiresArg: true, describe: 'the gaps of the security this symbol names' },
    on: { type: 'string', requiresArg: true, describe: 'with --symbol: the security it named on this date (default: the latest)' },
    assets: { type: 'boolean', describe: 'each watched security and length of bars: reach, lag, coverage, gaps, quality' },
    dataset: DATASET_FLAG,
    'exit-code': { type: 'boolean', describe: 'exit 3 when a date needs attention, 4 when only files are not published yet' },
    csv: { type: 'boolean', describe: 'print CSV: a line a date; with --date its missing, new and unknown symbols; with --symbol the gaps; with --assets a line an asset and length' },
  },
  settings: ['publishedAt', 'missingAfter', 'thinBelow', 'staleAfter', 'watch'],
  async run(args, context): Promise<Result<typeof STATUS | typeof SUMMARY>> {
    const range = readRange(args)
    const date = readDate('date', args.date)
    if (args.symbol !== undefined && (range.start !== null || range.end !== null)) {
      throw new UsageError('FLAGS_CONFLICT', '--symbol looks at all dates of a security and takes no dates', { hint: 'give --symbol alone, or dates without it' })
    }
    if (args.assets === true && (args.symbol !== undefined || date !== null || range.start !== null || range.end !== null || args['exit-code'] === true)) {
      throw new UsageError('FLAGS_CONFLICT', '--assets tells of all dates and watched assets as they are now, and goes with no date, symbol or exit code', { hint: 'give --assets alone' })
    }
    const dataset = readDataset(args.dataset)
    const { pool } = await context.database()
    const calendar = createCalendar(DEFAULT_EXCHANGE, await listOverrides(pool, DEFAULT_EXCHANGE.code))
    const options = { dataset, calendar, publication: context.settings, now: context.now(), thinBelow: context.settings.thinBelow }
    // Each form loads what it needs when it is asked for.
    if (args.assets === true) return (await import('./assets.js')).assetsStatus(options, context)
    if (args.symbol !== undefined) return (await import('./symbol.js')).symbolStatus(args.symbol, readDate('on', args.on), options, context)
    if (date !== null) return (await import('./date.js')).dateStatus(date, options, args['exit-code'] === true, context)
    return overview(range, options, args['exit-code'] === true, context)
  },
})
