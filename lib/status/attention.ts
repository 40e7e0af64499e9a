import { DAY_AGGS, type Dataset } from '../domain/dataset.js'
import type { IsoDate } from '../domain/dates.js'
import { EXIT, FAILED, type Outcome } from '../domain/outcome.js'
import type { DayStatus } from './survey.js'

/**
 * Why dates need attention. `refused`: loaded, but the last attempt at a newer version failed. `thin` and `closed_day_file`
 * are findings: something to look at that stopped nothing.
 */
export type AttentionKind = 'failed' | 'missing' | 'not_loaded' | 'stale' | 'refused' | 'thin' | 'closed_day_file'

/** Consecutive dates that need the same attention. */
export interface Attention {
  kind: AttentionKind
  /** Whether it is only something to look at. */
  finding: boolean
  start: IsoDate
  end: IsoDate
  dates: number
  /** What happened, in a few words. */
  what: string
  /** The command that mends it, or shows more where a person must judge. */
  command: string
}

/** Codes of a version refused for what it would reject or remove: a person must look, then accept it. */
const REFUSALS: ReadonlySet<string> = new Set(['TOO_MANY_REJECTED', 'TOO_MANY_REMOVED'])
/** Last outcomes that say a loaded date has a newer version that could not be taken. */
const NEWER_FAILED: ReadonlySet<Outcome> = new Set([...FAILED].filter((outcome) => outcome !== 'locked'))

function kindsOf({ state, attempt, thin }: DayStatus): AttentionKind[] {
  const kinds: AttentionKind[] = []
  if (state === 'failed' || state === 'missing' || state === 'not_loaded' || state === 'stale') kinds.push(state)
  if ((state === 'loaded' || state === 'stale') && attempt && NEWER_FAILED.has(attempt.outcome)) kinds.push('refused')
  if (thin) kinds.push('thin')
  if (state !== 'loaded' && state !== 'stale' && attempt?.code === 'FILE_ON_CLOSED_DAY') kinds.push('closed_day_file')
  return kinds
}

/** How a kind is told, and what mends it; `load` and `status` are those commands with the dates in question. */
interface Telling {
  finding: boolean
  what: (day: DayStatus) => string
  command: (on: { load: string; status: string }, code: string | null) => string
}

function ending({ attempt }: DayStatus): string {
  return attempt ? [attempt.outcome, attempt.code].filter((part) => part !== null).join(' ') : ''
}

const again: Telling['command'] = ({ load }, code) => `${load} ${code !== null && REFUSALS.has(code) ? '--accept' : '--only failed'}`

const TELLINGS: Record<AttentionKind, Telling> = {
  failed: { finding: false, what: ending, command: again },
  refused: { finding: false, what: (day) => `loaded, but the last attempt ended ${ending(day)}`, command: again },
  missing: { finding: false, what: () => 'the source has no file', command: ({ load }) => `${load} --only unloaded` },
  not_loaded: { finding: false, what: () => 'not loaded since due', command: ({ load }) => `${load} --only unloaded` },
  stale: { finding: false, what: () => 'has symbols known only now', command: ({ load }) => load },
  thin: {
    finding: true,
    what: ({ rowCount, coverage }) => `thin: ${rowCount} bars, ${Math.floor(coverage ?? 0)} % of the usual`,
    command: ({ status }) => status,
  },
  closed_day_file: {
    finding: true,
    what: ({ reason }) => `a file for a closed day${reason === null ? '' : ` (${reason})`}`,
    command: ({ load }) => `${load} --include-closed`,
  },
}

/** What a command needs to be about the dataset: nothing for daily bars, else ` --dataset minute`. */
export function datasetOption({ name, flag }: Dataset): string {
  return name === DAY_AGGS.name ? '' : ` --dataset ${flag}`
}

/** What needs attention, consecutive dates with the same need together; problems before findings, each by date. */
export function attentionOf(days: readonly DayStatus[], dataset: Dataset): Attention[] {
  const option = datasetOption(dataset)
  const found: Attention[] = []
  // What the last date left open to be continued, by kind.
  let open = new Map<AttentionKind, Attention>()
  for (const day of days) {
    // A closed day between two sessions does not part them.
    if (day.state === 'holiday' && kindsOf(day).length === 0) continue
    const continued = new Map<AttentionKind, Attention>()
    for (const kind of kindsOf(day)) {
      const what = TELLINGS[kind].what(day)
      const before = open.get(kind)
      const group = before?.what === what ? before : { kind, finding: TELLINGS[kind].finding, start: day.date, end: day.date, dates: 0, what, command: '' }
      if (group !== before) found.push(group)
      group.end = day.date
      group.dates++
      group.command = TELLINGS[kind].command({
        load: `ohlcv load${option} --start ${group.start} --end ${group.end}`, status: `ohlcv status${option} --date ${group.start}`,
      }, day.attempt?.code ?? null)
      continued.set(kind, group)
    }
    open = continued
  }
  return found.sort((a, b) => Number(a.finding) - Number(b.finding) || (a.start < b.start ? -1 : 1))
}

/** The exit code of a status that is asked for as a check: findings do not count. */
export function exitCodeOfAttention(attention: readonly Attention[], days: readonly DayStatus[]): number {
  if (attention.some(({ finding }) => !finding)) return EXIT.dateFailed
  return days.some(({ state }) => state === 'not_published') ? EXIT.notPublished : EXIT.ok
}
