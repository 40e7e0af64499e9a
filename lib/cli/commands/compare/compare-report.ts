import { DAY_AGGS } from '../../../datasets/day.js'
import type { COMPARE } from '../../../documents/compare.js'
import type { DocumentOf } from '../../../documents/document.js'
import { counted, figure, percentText } from '../../../documents/figures.js'
import { exact } from '../../terminal/exact.js'
import { printable } from '../../terminal/printable.js'
import { table } from '../../terminal/table.js'
import { instant } from '../../terminal/times.js'

type Compared = DocumentOf<typeof COMPARE>
type Comparison = Compared['comparisons'][number]
type Difference = Comparison['differences'][number]

const UNITS: Readonly<Record<string, string>> = { day: 'daily bars', week: 'weeks', month: 'months' }

const sideText = ({ name, basis }: Comparison['of']): string => (basis === 'none' ? name : `${name} (adjusted: ${basis})`)

/** `3,265 of 3,302, 98.8 %`. */
function share({ both, within }: Comparison['total']): string {
  return both === 0 ? '-' : `${figure(within)} of ${figure(both)}, ${percentText((100 * within) / both)}`
}

/** The sides in a word each. */
function words({ timespan, of, against }: Comparison): [string, string] {
  return timespan === 'day' ? [of.name, against.name === DAY_AGGS.table ? 'stored' : against.name] : ['fetched', 'computed']
}

function symbolTable(comparison: Comparison, limit: number, room: number): string {
  const [mine, theirs] = words(comparison)
  const right = (title: string, leaves?: number) => ({ title, align: 'right' as const, ...(leaves !== undefined && { leaves }) })
  const columns = [
    { title: 'symbol' }, right('both'), right(`only ${mine}`), right(`only ${theirs}`), right('closes within 0.01 %'), right('over 1 %'), right('volume over 1 %', 2), right('over 10 %', 1),
  ]
  return table(columns, comparison.symbols.slice(0, limit).map((found) => [
    printable(found.symbol), found.both, found.only, found.only_against, share(found), found.over_1_percent, found.volume_over_1_percent, found.volume_over_10_percent,
  ]), room)
}

/** Which price is apart, and what it is on either side: of a bar that one side lacks, the close of the other. */
function values({ of, against, price }: Difference): (string | null)[] {
  const shown = price ?? 'close'
  return [shown, ...[of, against].map((bar) => bar && exact(bar[shown]))]
}

function reasonText({ reason, side, ex_date: onExDate }: Difference, { of, against }: Comparison): string {
  const whose = reason === 'stale' || reason === 'provisional' ? ` ${side === 'of' ? of.name : against.name}` : ''
  return `${reason}${whose}${onExDate ? ' (ex-date)' : ''}`
}

function differenceTable(comparison: Comparison, room: number): string {
  const [mine, theirs] = words(comparison)
  const right = { align: 'right' as const }
  const columns = [{ title: 'symbol' }, { title: 'date' }, { title: 'bars', ...right, leaves: 1 }, { title: 'reason' }, { title: 'apart', ...right }, { title: 'price' }, { title: mine, ...right }, { title: theirs, ...right }]
  return table(columns, comparison.differences.map((difference) => [
    printable(difference.symbol), difference.start === difference.end ? difference.start : `${difference.start} to ${difference.end}`, difference.bars, reasonText(difference, comparison),
    difference.percent === null ? null : `${difference.percent} %`, ...values(difference),
  ]), room)
}

function comparisonText(comparison: Comparison, { start, end }: Compared, limit: number, room: number): string[] {
  const { timespan, of, against, total, symbols, differences } = comparison
  const lines = [`${UNITS[timespan] ?? timespan} of ${sideText(of)} against ${sideText(against)}, ${start} to ${end}`, '', symbolTable(comparison, limit, room)]
  if (symbols.length > limit) lines.push(`${counted(symbols.length - limit, 'more symbol')}; --limit ${symbols.length} shows all.`)
  if (symbols.length > 1) lines.push('', `Together: ${share(total)} of the closes within 0.01 %, ${figure(total.over_1_percent)} over 1 % apart.`)
  if (against.name === DAY_AGGS.table && of.basis !== 'none' && (total.reasons.adjusted ?? 0) > 0) {
    lines.push('', 'Some are adjusted for what is not known here: ohlcv actions fetch gets splits and dividends, which are taken into account then.')
  }
  if (total.own_fills > 0) lines.push('', `${counted(total.own_fills, 'bar')} of both ${total.own_fills === 1 ? 'is a fill' : 'are fills'} of ${of.name} itself.`)
  const reasons = Object.entries(total.reasons).sort(([, a], [, b]) => b - a)
  if (reasons.length === 0) return [...lines, '', 'No difference.']
  lines.push('', `Differences: ${reasons.map(([reason, bars]) => `${figure(bars)} ${reason}`).join(', ')}.`, '', differenceTable(comparison, room))
  const shown = differences.reduce((sum, { bars }) => sum + bars, 0)
  const all = reasons.reduce((sum, [, bars]) => sum + bars, 0)
  return shown < all ? [...lines, `${figure(all - shown)} more; --limit shows more of them.`] : lines
}

function hoursText({ days, days_beyond: beyondDays, beyond }: NonNullable<Compared['hours']>, room: number): string[] {
  if (beyond.length === 0) return [`${counted(days, 'daily bar')} held against the hours of the regular session: no hour goes beyond its day.`]
  return [`${counted(days, 'daily bar')} held against the hours of the regular session: ${figure(beyondDays)} cannot be whole.`, '', table(
    [{ title: 'symbol' }, { title: 'date' }, { title: 'what' }, { title: 'hour' }, { title: 'day', align: 'right' }, { title: 'in the hour', align: 'right' }, { title: 'apart', align: 'right' }],
    beyond.map(({ symbol, date, kind, hour, day_value: day, hour_value: inHour, percent }) => [
      printable(symbol), date, kind, instant(new Date(hour)), exact(day), exact(inHour), percent === null ? null : `${percent} %`,
    ]), room)]
}

/** A comparison for people. */
export function compareText(data: Compared, limit: number, room: number): string {
  const parts = data.comparisons.map((comparison) => comparisonText(comparison, data, limit, room).join('\n'))
  if (data.hours) parts.push(hoursText(data.hours, room).join('\n'))
  return parts.join('\n\n')
}

/** The differences as rows, the header first. */
export function compareRows({ comparisons }: Compared): (string | number | null)[][] {
  const fields = ['open', 'high', 'low', 'close', 'volume'] as const
  return [
    ['timespan', 'of', 'against', 'symbol', 'start', 'end', 'bars', 'reason', 'side', 'ex_date', 'price', 'percent', 'time', ...fields.map((field) => `of_${field}`), ...fields.map((field) => `against_${field}`)],
    ...comparisons.flatMap(({ timespan, of, against, differences }) => differences.map((found) => [
      timespan, of.name, against.name, found.symbol, found.start, found.end, found.bars, found.reason, found.side, String(found.ex_date), found.price, found.percent, found.time,
      ...fields.map((field) => found.of?.[field] ?? null), ...fields.map((field) => found.against?.[field] ?? null),
    ])),
  ]
}
