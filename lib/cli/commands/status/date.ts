import type { AttentionFields } from '../../../documents/attention.js'
import { datasetOption } from '../../../documents/commands.js'
import { dateDocument, type STATUS } from '../../../documents/status.js'
import type { DayLineage } from '../../../store/ledger/lineage.js'
import type { IsoDate } from '../../../domain/dates.js'
import { EXIT } from '../../framework/exit.js'
import { openFindingsOf, openFindingsText } from './open-findings.js'
import { exitCodeOfAttention } from './exit-code.js'
import { attentionOf } from '../../../features/status/attention.js'
import { dayReport, type DayReport } from '../../../features/status/day-report.js'
import type { SurveyOptions } from '../../../features/status/survey.js'
import type { Context, Result } from '../../framework/command.js'
import { cut, printable } from '../../terminal/printable.js'
import { counted, figure } from '../../../documents/figures.js'
import { table } from '../../terminal/table.js'
import { duration, instant } from '../../terminal/times.js'

const LABEL = 13

type DateFields = ReturnType<typeof dateDocument>

function line(label: string, text: string): string {
  return `${label.padEnd(LABEL)}${text}`
}

/** So many names as fit, with the total before them. */
function names(label: string, symbols: string[], columns: number, remark = ''): string {
  const head = line(label, `${figure(symbols.length)}${remark}`)
  if (symbols.length === 0) return head
  const room = Math.max(columns, 60) - head.length - 2
  const shown: string[] = []
  for (const symbol of symbols.map(printable)) {
    if ([...shown, symbol].join(', ').length + 3 > room) break
    shown.push(symbol)
  }
  return `${head}: ${shown.join(', ')}${shown.length < symbols.length ? ' …' : ''}`
}

function headline({ date, status, fills }: DayReport): string[] {
  const filled = fills.map(({ provider, bars }) => `${counted(bars, 'fill')} of ${provider}`)
  if (!status) return [`${date}: a weekend, and no file was ever found`, ...filled]
  const kind = status.session ? 'session' : 'closed'
  const state = status.state === null ? 'weekend' : status.state.replace('_', ' ')
  const lines = [`${date}  ${state}  (${kind}${status.reason === null ? '' : `: ${status.reason}`})`]
  if (status.rowCount !== null) {
    const usual = status.coverage === null ? '' : `, ${status.coverage.toFixed(1)} % of the median of the sessions around it${status.thin ? ': thin' : ''}`
    lines.push(`${figure(status.rowCount)} bars${usual}`)
  }
  return [...lines, ...filled]
}

function lineageLines(lineage: DayLineage): string[] {
  const { counts: { read, staged, rejected, unknown, not_selected, duplicates, inserted, updated, unchanged, removed } } = lineage
  const sum = ([['staged', staged], ['rejected', rejected], ['unknown', unknown], ['not selected', not_selected], ['duplicates', duplicates]] as const)
    .filter(([name, rows]) => name === 'staged' || rows > 0).map(([name, rows]) => `${figure(rows)} ${name}`).join(' + ')
  const merge = ([['inserted', inserted], ['updated', updated], ['unchanged', unchanged], ['removed', removed]] as const)
    .filter(([, rows]) => rows > 0).map(([name, rows]) => `${figure(rows)} ${name}`).join(', ')
  return [
    line('source', `${lineage.provider}, ${printable(lineage.objectKey)}`),
    line('version', printable(lineage.version)),
    line('bytes', `${figure(lineage.sizeBytes)}, sha256 ${lineage.sha256}`),
    line('pulled', `${instant(lineage.pulledAt)}, committed ${instant(lineage.committedAt)} as load ${lineage.loadId} of run ${lineage.runId}`),
    line('rows', `${figure(read)} read = ${sum}`),
    line('merge', merge || 'nothing to do'),
    line('checksum', lineage.checksum),
  ]
}

function contentLines({ date, previous, symbols, unknown, rejects, revisions }: DayReport, option: string, columns: number): string[] {
  const lines: string[] = []
  if (symbols && previous !== null) {
    lines.push(names('missing', symbols.missing, columns, ` that had a bar on ${previous}`), names('new', symbols.added, columns, ` that had none on ${previous}`))
  }
  const known = unknown.filter(({ knownNow }) => knownNow).length
  lines.push(names('unknown', unknown.map(({ symbol }) => symbol), columns, known > 0 ? `, ${figure(known)} of them known now` : ''))
  const total = rejects.reduce((sum, { rows }) => sum + rows, 0)
  lines.push(line('rejects', total === 0 ? '0' : `${rejects.map(({ reason, rows }) => `${figure(rows)} ${reason}`).join(', ')} (ohlcv rejects${option} --date ${date})`))
  const revised = revisions.reduce((sum, { added, changed, removed }) => sum + added + changed + removed, 0)
  lines.push(line('revisions', revised === 0 ? '0' : `${figure(revised)} (ohlcv revisions${option} --date ${date})`))
  return lines
}

function historyLines({ attempts }: DayReport, columns: number): string[] {
  if (attempts.length === 0) return ['Never tried.']
  const rows = attempts.map(({ runId, outcome, code, message, startedAt, finishedAt }) => [
    instant(startedAt), `run ${runId}`, outcome, duration(finishedAt.getTime() - startedAt.getTime()),
    cut([code, message === null ? null : printable(message)].filter((part) => part !== null).join(': '), Math.max(columns - 52, 24)),
  ])
  return [table([{ title: 'tried' }, { title: 'by' }, { title: 'outcome' }, { title: 'took', align: 'right' }, { title: 'remark' }], rows)]
}

/** What stands behind what needs attention: the command that mends it, where that is not this one. */
function whatToDo(kind: AttentionFields['kind'], command: string, option: string, date: IsoDate): string {
  if (kind === 'closed_day_file') return `, maybe that of the session before; if there was a session after all: ohlcv load${option} --date ${date} --include-closed`
  return kind === 'unknown' ? '' : `: ${command}`
}

function dateText(report: DayReport, { attention, open_findings: openFindings }: DateFields, option: string, columns: number): string {
  const parts = headline(report)
  if (report.lineage) parts.push('', ...lineageLines(report.lineage), '', ...contentLines(report, option, columns))
  if (report.status || report.attempts.length > 0) parts.push('', ...historyLines(report, columns))
  // What is thin stands in the headline, and the command that shows more of what is unknown or for a closed day is this one.
  const mends = attention.filter(({ kind }) => kind !== 'thin')
  if (mends.length > 0) parts.push('', ...mends.map(({ kind, what, command }) => `${what}${whatToDo(kind, command, option, report.date)}`))
  if (openFindings !== null && openFindings > 0) parts.push('', openFindingsText(openFindings, { start: report.date, end: report.date }))
  return parts.join('\n')
}

/** `ohlcv status --date D`: everything about one date. */
export async function dateStatus(date: IsoDate, options: Omit<SurveyOptions, 'range'>, check: boolean, context: Context): Promise<Result<typeof STATUS>> {
  const { pool } = await context.database()
  const report = await dayReport(pool, date, options)
  const days = report.status ? [report.status] : []
  const attention = attentionOf(days, options.dataset)
  const data = dateDocument(report, attention, await openFindingsOf(pool, options.dataset, { start: date, end: date }))
  const { symbols, unknown } = report
  return {
    exitCode: check ? exitCodeOfAttention(attention, days) : EXIT.ok,
    data,
    text: () => dateText(report, data, datasetOption(options.dataset.name), context.columns),
    csv: () => [
      ['kind', 'symbol'],
      ...(symbols?.missing ?? []).map((symbol) => ['missing', symbol]),
      ...(symbols?.added ?? []).map((symbol) => ['new', symbol]),
      ...unknown.map(({ symbol }) => ['unknown', symbol]),
    ],
  }
}
