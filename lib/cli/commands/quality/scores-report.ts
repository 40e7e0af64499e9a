import type { DocumentOf } from '../../../documents/document.js'
import { counted, few, figure } from '../../../documents/figures.js'
import type { QUALITY } from '../../../documents/quality.js'
import type { Context } from '../../framework/command.js'
import type { Settings } from '../../framework/settings.js'
import { exact, exactColumn } from '../../terminal/exact.js'
import { printable } from '../../terminal/printable.js'
import { table } from '../../terminal/table.js'
import { instant } from '../../terminal/times.js'
import { askedWith, costText } from './rule-text.js'

type Quality = DocumentOf<typeof QUALITY>
type Failed = NonNullable<Quality['symbols']>[number]['failed']

const SKIPPED = { asked: 'nothing was checked now', read_only: 'nothing was checked now, for this role only reads' } as const
const right = { align: 'right' as const }

/** `12 absent, 3 spike`, the most first. */
function failuresText(failed: Failed, more: readonly string[] = []): string | null {
  const parts = Object.entries(failed).sort(([a, most], [b, count]) => count - most || (a < b ? -1 : 1)).map(([rule, bars]) => `${figure(bars)} ${rule}`)
  return [...more, ...parts].join(', ') || null
}

function headline({ start, end, score, securities, bars, absent, not_loaded: notLoaded, expected, lost, days, symbols }: Quality): string[] {
  const one = days === null || symbols?.length !== 1 ? undefined : symbols[0]
  const what = one === undefined ? counted(securities, 'security', 'securities') : printable(one.symbol)
  const dates = start === end ? `on ${start}` : `from ${start} to ${end}`
  if (score === null) return [`Nothing was expected of ${what} ${dates}.`]
  const parts = [counted(bars, 'bar'), ...(absent > 0 ? [`${figure(absent)} absent`] : []), ...(notLoaded > 0 ? [`${figure(notLoaded)} on sessions that are not loaded`] : [])]
  return [`Quality of ${what} ${dates}: ${score}`, `  (${figure(expected)} - ${exact(lost)}) / ${figure(expected)}: ${parts.join(' + ')}; what they lack to 1 adds up to ${exact(lost)}`]
}

function checkedLines({ checked: { dates, not_judged: notJudged, changed, last_at: lastAt, skipped }, unloaded }: Quality): string[] {
  const lines = [`${counted(dates, 'date')} ${dates === 1 ? 'is' : 'are'} checked${lastAt === null ? '' : `, the last at ${instant(new Date(lastAt))}`}${skipped === null ? '' : `; ${SKIPPED[skipped]}`}`]
  if (changed.length > 0) lines.push(`as they were then: bars around ${counted(changed.length, 'date')}, or the rules, have changed since: ${few(changed, 3)}`)
  if (notJudged.length > 0) lines.push(`not checked yet, and left out: ${few(notJudged)}`)
  for (const { start, end, command } of unloaded.slice(0, 5)) lines.push(`not loaded: ${start === end ? start : `${start} to ${end}`} (${command})`)
  if (unloaded.length > 5) lines.push(`not loaded: ${figure(unloaded.length - 5)} more stretches; --json lists all`)
  return lines.map((line) => `  ${line}`)
}

function belowLines({ minimum, below_minimum: below, symbols, dates }: Quality): string[] {
  const lines: string[] = []
  if (below.symbols > 0) {
    const names = (symbols ?? []).filter(({ below_minimum: isBelow }) => isBelow).map(({ symbol, score }) => `${printable(symbol)} (${score})`)
    lines.push(`Below the minimum of ${minimum}: ${names.length > 0 ? few(names, 10) : counted(below.symbols, 'security', 'securities')}`)
  }
  if (below.dates > 0) {
    const named = (dates ?? []).filter(({ below_minimum: isBelow }) => isBelow).map(({ date, score }) => `${date} (${score})`)
    lines.push(`Dates below it: ${named.length > 0 ? few(named, 10) : figure(below.dates)}`)
  }
  return lines.length > 0 ? ['', ...lines] : []
}

const more = (all: number, shown: number, what: string): string[] => (all > shown ? [`${figure(all - shown)} more ${what}; --limit ${all} shows all.`] : [])

/** The worst of a list that begins with them, without those that lack nothing, and what it does not show. */
function worst<T>(all: readonly T[], lacks: (each: T) => boolean, total: number, limit: number, what: string): { shown: T[]; rest: string[] } {
  const lacking = all.filter(lacks)
  const shown = lacking.slice(0, limit)
  // After one that lacks nothing no other does.
  if (lacking.length === all.length && all.length < total) return { shown, rest: more(total, shown.length, what) }
  const whole = total - lacking.length
  return { shown, rest: [...more(lacking.length, shown.length, what), ...(whole > 0 ? [`${shown.length === 0 ? `All ${figure(whole)}` : figure(whole)} ${what} lack nothing.`] : [])] }
}

function symbolLines({ symbols, securities, days }: Quality, limit: number, room: number): string[] {
  if (symbols === null || symbols.length === 0) return []
  const { shown, rest } = worst(symbols, ({ lost }) => days !== null || lost !== '0', securities, limit, 'securities')
  if (shown.length === 0) return ['', ...rest]
  const [scores, lost] = [exactColumn(shown.map(({ score }) => score)), exactColumn(shown.map((symbol) => symbol.lost))]
  const columns = [{ title: 'symbol' }, { title: 'score', ...right }, { title: 'expected', ...right, leaves: 2 }, { title: 'lost', ...right, leaves: 3 }, { title: 'open', ...right, leaves: 1 }, { title: 'why', cut: true }]
  return ['', table(columns, shown.map(({ symbol, expected, open, failed, not_loaded: notLoaded }, row) => [
    printable(symbol), scores[row]!, expected, lost[row]!, open, failuresText(failed, notLoaded > 0 ? [`${figure(notLoaded)} not loaded`] : []),
  ]), room), ...rest]
}

function dateLines({ dates, checked }: Quality, limit: number, room: number): string[] {
  if (dates === null || dates.length === 0) return []
  const { shown, rest } = worst(dates, ({ lost: lacking }) => lacking !== '0', checked.dates, limit, 'dates')
  if (shown.length === 0) return ['', ...rest]
  const [scores, lost] = [exactColumn(shown.map(({ score }) => score)), exactColumn(shown.map((day) => day.lost))]
  const columns = [{ title: 'date' }, { title: 'score', ...right }, { title: 'bars', ...right, leaves: 1 }, { title: 'expected', ...right, leaves: 2 }, { title: 'lost', ...right, leaves: 3 }, { title: 'why', cut: true }]
  return ['', table(columns, shown.map(({ date, bars, expected, failed }, row) => [date, scores[row]!, bars, expected, lost[row]!, failuresText(failed)]), room), ...rest]
}

/** The bars of chosen securities that lack something to 1, and the sum of that, so that a score can be added up. */
function dayLines({ days, symbols }: Quality, limit: number, room: number): string[] {
  if (days === null) return []
  const lines: string[] = []
  for (const { symbol, symbol_id: symbolId, score, expected, lost, not_loaded: notLoaded } of symbols ?? []) {
    const mine = days.scores.filter((day) => day.symbol_id === symbolId)
    const shown = mine.slice(0, limit)
    const rows: [string, string, string, string][] = shown.map(({ date, score: left, lost: lacks, failed }) => [date, left, lacks, failed.map(({ rule, weight }) => (left === '0' ? rule : `${rule} ${weight}`)).join(', ')])
    if (notLoaded > 0) rows.push(['not loaded', '0', String(notLoaded), counted(notLoaded, 'session')])
    lines.push('', `${printable(symbol)}: ${score} = (${figure(expected)} - ${exact(lost)}) / ${figure(expected)}`)
    if (rows.length === 0) continue
    const [scores, lacking] = [exactColumn(rows.map((row) => row[1])), exactColumn(rows.map((row) => row[2]))]
    lines.push(table([{ title: 'date' }, { title: 'score', ...right }, { title: 'lost', ...right }, { title: 'fails', cut: true }], rows.map(([date, , , fails], row) => [date, scores[row]!, lacking[row]!, fails]), room))
    lines.push(...more(mine.length, shown.length, 'dates'))
  }
  return lines
}

/** What the rules that bars fail mean, and what to do. */
function ruleLines({ rules }: Quality, settings: Settings): string[] {
  if (rules.length === 0) return []
  return ['', 'Why, and what to do:', ...rules.flatMap(({ rule, weight, bars, open, meaning, advice, command }) => {
    const counts = [...(bars > 0 ? [counted(bars, 'bar')] : []), ...(open > 0 ? [counted(open, 'open finding')] : [])].join(', ')
    return [`  ${rule} (${counts}; ${costText(rule, weight)}): ${meaning}${askedWith(rule, settings)}`, `      ${advice}`, `      ${command}`]
  })]
}

/** Scores for people: the sum, who is below the minimum, the worst, and what to do about each rule. */
export function scoresText(data: Quality, by: 'symbol' | 'date' | null, limit: number, { room, settings }: Pick<Context, 'room' | 'settings'>): string {
  const lists = by === 'date' && data.days !== null ? dayLines(data, limit, room) : [...symbolLines(data, limit, room), ...dateLines(data, limit, room)]
  return [...headline(data), ...checkedLines(data), ...belowLines(data), ...lists, ...ruleLines(data, settings)].join('\n')
}

const failedCell = (failed: Failed): string => Object.entries(failed).map(([rule, bars]) => `${rule}:${bars}`).sort().join(' ')

/** The same as CSV: securities, or dates, or the bars of chosen securities. */
export function scoreRows({ symbols, dates, days }: Quality, by: 'symbol' | 'date' | null): (string | number | null)[][] {
  if (by === 'date' && days !== null) {
    return [['date', 'symbol', 'symbol_id', 'score', 'lost', 'failed'],
      ...days.scores.map(({ date, symbol, symbol_id: symbolId, score, lost, failed }) => [date, symbol, symbolId, score, lost, failed.map(({ rule, weight }) => `${rule}:${weight}`).join(' ')])]
  }
  if (by === 'date') {
    return [['date', 'score', 'bars', 'expected', 'lost', 'below_minimum', 'failed'],
      ...(dates ?? []).map(({ date, score, bars, expected, lost, below_minimum: below, failed }) => [date, score, bars, expected, lost, String(below), failedCell(failed)])]
  }
  return [['symbol', 'symbol_id', 'score', 'bars', 'absent', 'not_loaded', 'expected', 'lost', 'below_minimum', 'open', 'failed'],
    ...(symbols ?? []).map(({ symbol, symbol_id: symbolId, score, bars, absent, not_loaded: notLoaded, expected, lost, below_minimum: below, open, failed }) =>
      [symbol, symbolId, score, bars, absent, notLoaded, expected, lost, String(below), open, failedCell(failed)])]
}
