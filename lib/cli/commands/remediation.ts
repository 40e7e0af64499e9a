import { TIMESPAN_NAMES } from '../../datasets/timespan.js'
import type { DocumentOf } from '../../documents/document.js'
import { counted, figure } from '../../documents/figures.js'
import { REMEDIATION, remediationDocument } from '../../documents/remediation.js'
import { latestRemediations, REMEDIATION_KINDS, REMEDIATION_STATES, remediationCounts, type RemediationFilter } from '../../store/quality/remediations.js'
import { limitFlag, RANGE_FLAGS, readDate, readLimit, readRange } from '../flags/range.js'
import { readRunId } from '../flags/run.js'
import { securityNamed } from '../../store/universe/security-named.js'
import { defineCommand } from '../framework/command.js'
import { EXIT } from '../framework/exit.js'
import { NAMES } from '../framework/names.js'
import { guarded } from '../../formats/csv-text.js'
import { printable } from '../terminal/printable.js'
import { table } from '../terminal/table.js'
import { instant } from '../terminal/times.js'

const DEFAULT_LIMIT = 30

type Listed = DocumentOf<typeof REMEDIATION>
type Entry = Listed['remediations'][number]

const COLUMNS = [
  { title: 'ended', leaves: 2 }, { title: 'run', align: 'right' as const, leaves: 4 }, { title: 'about' }, { title: 'what was wrong', cut: true }, { title: 'what was done', leaves: 3 },
  { title: 'before -> after', cut: true, leaves: 1 }, { title: 'how it ended', cut: true },
]

/** `AAPL day 2025-01-06..2025-01-07`, as far as it is about something in particular. */
function aboutOf({ symbol, timespan, start, end }: Entry): string | null {
  const dates = start === end ? start : `${start}..${end}`
  return [symbol === null ? null : printable(symbol), timespan, dates].filter((part) => part !== null).join(' ') || null
}

function rowOf(entry: Entry): (string | null)[] {
  return [
    instant(new Date(entry.ended_at)), entry.run_id === null ? null : String(entry.run_id), aboutOf(entry), printable(entry.what), entry.done, printable(entry.change) || null, printable(entry.ending),
  ]
}

function listText({ summary, remediations }: Listed, isFiltered: boolean, room: number): string {
  if (remediations.length === 0) return isFiltered ? 'No mending was like that.' : 'Nothing had to be mended yet.'
  const total = summary.reduce((sum, { entries }) => sum + entries, 0)
  const kinds = summary.map(({ kind, state, entries }) => `${figure(entries)} ${kind} ${state}`).join(', ')
  const more = total > remediations.length ? ` ${figure(total - remediations.length)} more; --limit ${total} shows all.` : ''
  return `${table(COLUMNS, remediations.map(rowOf), room)}\n\n${counted(total, 'entry', 'entries')}: ${kinds}.${more}`
}

const CSV_FIELDS = [
  'remediation_id', 'ended_at', 'began_at', 'kind', 'timespan', 'symbol', 'symbol_id', 'start', 'end', 'provider', 'action', 'state', 'occurrences', 'run_id', 'command', 'what', 'done', 'change', 'ending',
] as const satisfies (keyof Entry)[]

function csvRow(entry: Entry): (string | number | null)[] {
  const figures = [entry.before, entry.after].map((kept) => (kept === null ? null : JSON.stringify(kept)))
  return guarded([...CSV_FIELDS.map((field) => entry[field]), ...figures])
}

export const remediation = defineCommand({
  document: REMEDIATION,
  ...NAMES.remediation,
  examples: [
    ['remediation', `the latest ${DEFAULT_LIMIT} entries`],
    ['remediation --kind checksum_mismatch --state failed', 'dates that could not be made what their files say'],
    ['remediation --symbol AAPL --start 2025-01-01', 'what was mended of one security, followed through its renames'],
    ['remediation --since 2025-03-01 --csv', 'all of a month for a spreadsheet, with --limit'],
  ],
  flags: {
    symbol: { type: 'string', requiresArg: true, describe: 'only the security this symbol names' },
    timespan: { alias: 'interval', choices: TIMESPAN_NAMES, requiresArg: true, describe: 'only bars of this length' },
    kind: { choices: REMEDIATION_KINDS, requiresArg: true, describe: 'only what was wrong in this way' },
    state: { choices: REMEDIATION_STATES, requiresArg: true, describe: 'only what ended so' },
    ...RANGE_FLAGS,
    since: { type: 'string', requiresArg: true, describe: 'only what ended on this date (UTC) or later, whatever dates it is about' },
    run: { type: 'string', requiresArg: true, describe: 'only what this run did' },
    limit: limitFlag(`show at most N entries (default ${DEFAULT_LIMIT})`),
    csv: { type: 'boolean', describe: 'print CSV' },
  },
  async run({ symbol, timespan = null, kind = null, state = null, start, end, since, run, limit }, context) {
    const chosen = { timespan, kind, state, ...readRange({ start, end }), since: readDate('since', since), runId: readRunId(run) }
    const most = readLimit(limit, DEFAULT_LIMIT)
    const { pool } = await context.database()
    const filter: RemediationFilter = { ...chosen, symbolId: symbol === undefined ? null : (await securityNamed(pool, symbol, null)).security.symbolId }
    const [counts, mendings] = await Promise.all([remediationCounts(pool, filter), latestRemediations(pool, filter, most)])
    const data = remediationDocument(counts, mendings)
    return {
      exitCode: EXIT.ok,
      data,
      text: () => listText(data, Object.values(filter).some((wanted) => wanted !== null), context.room),
      csv: () => [[...CSV_FIELDS, 'before', 'after'], ...data.remediations.map(csvRow)],
    }
  },
})
