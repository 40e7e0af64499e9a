import { changedFields, kindOf, REVISIONS, revisionsDocument } from '../../documents/revisions.js'
import {
  REVISED_FIELDS, revisionCounts, revisions as readRevisions, type Revision, type RevisionCause, type RevisionCount, type RevisionFilter,
} from '../../store/ledger/revisions.js'
import { EXIT } from '../framework/exit.js'
import { NAMES } from '../framework/names.js'
import { defineCommand } from '../framework/command.js'
import { DATASET_FLAG, readDataset } from '../flags/dataset.js'
import { exact } from '../terminal/exact.js'
import { printable } from '../terminal/printable.js'
import { DATE_FLAG, describeRange, limitFlag, RANGE_FLAGS, readLimit, readRange } from '../flags/range.js'
import { securityNamed } from '../../store/universe/security-named.js'
import { counted, figure } from '../../documents/figures.js'
import { table } from '../terminal/table.js'
import { instant } from '../terminal/times.js'

const DEFAULT_LIMIT = 20
/** Lines of the summary, one a date and load. */
const SUMMARY_LINES = 12

/** Who did it, and what the change was to the bars. */
const CAUSES: Record<RevisionCause, string> = {
  vendor: 'the vendor',
  repair: 'a repair of changes made behind the loader\'s back',
  identity: 'an identity change',
}

/** `close 101.5 -> 101.25, volume 1,200 -> 1,300`; only what changed, and whether the old bar was a fill. */
function describeChange(revision: Revision): string {
  const { oldFilledBy } = revision
  return `${oldFilledBy === null ? '' : `fill of ${oldFilledBy}: `}${describeValues(revision)}`
}

function describeValues(revision: Revision): string {
  const kind = kindOf(revision)
  if (kind !== 'changed') return `${kind} (close ${exact((kind === 'added' ? revision.new : revision.old).close ?? '')})`
  const show = (value: string | null): string => (value === null ? '-' : exact(value))
  return changedFields(revision).map((field) => `${field} ${show(revision.old[field])} -> ${show(revision.new[field])}`).join(', ')
}

function summaryLine({ date, cause, added, changed, removed, fills, loadId, objectKey, revisedAt }: RevisionCount): string {
  const parts = ([['changed', changed], ['added', added], ['removed', removed]] as const)
    .filter(([, bars]) => bars > 0)
    .map(([kind, bars]) => `${kind} ${figure(bars)} ${bars === 1 ? 'bar' : 'bars'}`)
  const origin = loadId === null ? '' : `, load ${loadId}${objectKey === null ? '' : ` of ${printable(objectKey)}`}`
  const filled = fills === 0 ? '' : `, ${counted(fills, 'fill')} among them`
  return `${date}: ${CAUSES[cause]} ${parts.join(', ')}${filled} (${instant(revisedAt)}${origin})`
}

function revisionText(counts: RevisionCount[], rows: Revision[], filter: RevisionFilter, limit: number): string {
  const total = counts.reduce((sum, { added, changed, removed }) => sum + added + changed + removed, 0)
  if (total === 0) return `No bar has changed${describeRange(filter)}.`
  const lines = counts.slice(0, SUMMARY_LINES).map(summaryLine)
  if (counts.length > SUMMARY_LINES) lines.push(`and ${figure(counts.length - SUMMARY_LINES)} more (--start and --end narrow it down)`)
  lines.push('', table(
    [{ title: 'date' }, { title: 'symbol' }, { title: 'cause' }, { title: 'what changed' }],
    rows.map((revision) => [revision.time === null ? revision.date : instant(revision.time), revision.symbol ?? `#${revision.symbolId}`, revision.cause, describeChange(revision)]),
  ))
  if (total > rows.length) lines.push('', `${figure(rows.length)} of ${figure(total)} revisions; --limit ${Math.min(total, limit * 10)} shows more, --symbol those of one security.`)
  return lines.join('\n')
}

function csvRevision(revision: Revision): (string | number | null)[] {
  const { date, time, symbolId, symbol, cause, oldFilledBy, loadId, objectKey, revisedAt } = revision
  return [
    date, time?.toISOString() ?? null, symbol, symbolId, cause, kindOf(revision), ...REVISED_FIELDS.flatMap((field) => [revision.old[field], revision.new[field]]),
    loadId, objectKey, revisedAt.toISOString(), oldFilledBy,
  ]
}

export const revisions = defineCommand({
  document: REVISIONS,
  ...NAMES.revisions,
  examples: [
    ['revisions --date 2015-06-08', 'what changed on one date'],
    ['revisions --symbol AAPL', 'every change to one security, followed through its renames'],
  ],
  flags: {
    ...RANGE_FLAGS,
    date: DATE_FLAG,
    dataset: DATASET_FLAG,
    symbol: { type: 'string', requiresArg: true, describe: 'only the security this symbol names' },
    limit: limitFlag(`show at most N bars (default ${DEFAULT_LIMIT})`),
    csv: { type: 'boolean', describe: 'print CSV' },
  },
  async run(args, context) {
    const range = readRange(args)
    const limit = readLimit(args.limit, DEFAULT_LIMIT)
    const { pool } = await context.database()
    const symbolId = args.symbol === undefined ? null : (await securityNamed(pool, args.symbol, null)).security.symbolId
    const filter: RevisionFilter = { dataset: readDataset(args.dataset).name, ...range, symbolId }
    const [counts, rows] = await Promise.all([revisionCounts(pool, filter), readRevisions(pool, filter, limit)])
    return {
      exitCode: EXIT.ok,
      text: () => revisionText(counts, rows, filter, limit),
      data: revisionsDocument(counts, rows),
      csv: () => [
        ['date', 'time', 'symbol', 'symbol_id', 'cause', 'kind', ...REVISED_FIELDS.flatMap((field) => [`old_${field}`, `new_${field}`]), 'load_id', 'object_key', 'revised_at', 'old_filled_by'],
        ...rows.map(csvRevision),
      ],
    }
  },
})
