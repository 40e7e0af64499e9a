import { DAY_AGGS, type Dataset } from '../../datasets/dataset.js'
import type { IsoDate } from '../../domain/dates.js'
import { FAILED, type Outcome } from '../../domain/outcome.js'
import type { DayStatus } from './survey.js'

/**
 * Why dates need attention. `refused`: loaded, but the last attempt at a newer version failed. `dropped`, `thin`,
 * `unknown` and `closed_day_file` are findings: something to look at that stopped nothing.
 */
export type AttentionKind = 'failed' | 'missing' | 'not_loaded' | 'stale' | 'refused' | 'dropped' | 'thin' | 'unknown' | 'closed_day_file'

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

function kindsOf({ state, attempt, dropped, thin, unknown }: DayStatus): AttentionKind[] {
  const kinds: AttentionKind[] = []
  if (state === 'failed' || state === 'missing' || state === 'not_loaded' || state === 'stale') kinds.push(state)
  if ((state === 'loaded' || state === 'stale') && attempt && NEWER_FAILED.has(attempt.outcome)) kinds.push('refused')
  if (dropped > 0) kinds.push('dropped')
  if (thin) kinds.push('thin')
  if (unknown?.jumps) kinds.push('unknown')
  if (state !== 'loaded' && state !== 'stale' && attempt?.code === 'FILE_ON_CLOSED_DAY') kinds.push('closed_day_file')
  return kinds
}

/** How a kind is told, and what mends it; `load` and `status` are those commands with the dates in question. */
interface Telling {
  finding: boolean
  /** Of one date, or of several that go together. */
  what: (first: DayStatus, days: readonly DayStatus[]) => string
  /** Whether consecutive dates go together whatever is told of each; else only those of which the same is told. */
  summed?: boolean
  command: (on: { load: string; status: string }, code: string | null) => string
}

function ending({ attempt }: DayStatus): string {
  return attempt ? [attempt.outcome, attempt.code].filter((part) => part !== null).join(' ') : ''
}

const again: Telling['command'] = ({ load }, code) => `${load} ${code !== null && REFUSALS.has(code) ? '--accept' : '--only failed'}`

/** A share for people, rounded down: what is not everything is not told as 100 %, and what is not nothing not as 0 %. */
export function percentText(share: number): string {
  const tenths = Math.floor(share * 10) / 10
  return tenths === 0 && share > 0 ? 'less than 0.1 %' : `${tenths.toFixed(1)} %`
}

const TELLINGS: Record<AttentionKind, Telling> = {
  failed: { finding: false, what: ending, command: again },
  refused: { finding: false, what: (day) => `loaded, but the last attempt ended ${ending(day)}`, command: again },
  missing: { finding: false, what: () => 'the source has no file', command: ({ load }) => `${load} --only unloaded` },
  not_loaded: { finding: false, what: () => 'not loaded since due', command: ({ load }) => `${load} --only unloaded` },
  stale: { finding: false, what: () => 'the file gives other bars now, because symbols have changed', command: ({ load }) => load },
  dropped: {
    finding: true,
    what: (_, days) => {
      const bars = days.reduce((sum, day) => sum + day.dropped, 0)
      return `${bars} ${bars === 1 ? 'bar' : 'bars'} dropped by a change of symbols`
    },
    summed: true,
    command: ({ load }) => load,
  },
  thin: {
    finding: true,
    what: ({ rowCount, coverage }) => `thin: ${rowCount} bars, ${Math.floor(coverage ?? 0)} % of the usual`,
    command: ({ status }) => status,
  },
  unknown: {
    finding: true,
    what: ({ unknown }) => `unknown symbols in ${percentText(unknown?.share ?? 0)} of the rows, usually ${percentText(unknown?.usual ?? 0)}: import or discover them`,
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

/** Consecutive dates of which the same is told. */
interface Group {
  kind: AttentionKind
  days: [DayStatus, ...DayStatus[]]
}

function goesWith({ kind, days: [first] }: Group, day: DayStatus): boolean {
  const { what, summed = false } = TELLINGS[kind]
  return summed || what(first, [first]) === what(day, [day])
}

function groupsOf(days: readonly DayStatus[]): Group[] {
  const groups: Group[] = []
  // What the last date left open to be continued, by kind.
  let open = new Map<AttentionKind, Group>()
  for (const day of days) {
    const kinds = kindsOf(day)
    // A closed day between two sessions does not part them.
    if (day.state === 'holiday' && kinds.length === 0) continue
    const continued = new Map<AttentionKind, Group>()
    for (const kind of kinds) {
      const before = open.get(kind)
      const group = before && goesWith(before, day) ? before : { kind, days: [day] satisfies Group['days'] }
      if (group === before) group.days.push(day)
      else groups.push(group)
      continued.set(kind, group)
    }
    open = continued
  }
  return groups
}

function told({ kind, days }: Group, option: string): Attention {
  const { finding, what, command } = TELLINGS[kind]
  const [first, last] = [days[0], days.at(-1) ?? days[0]]
  const [start, end] = [first.date, last.date]
  return {
    kind, finding, start, end, dates: days.length, what: what(first, days),
    command: command({ load: `ohlcv load${option} --start ${start} --end ${end}`, status: `ohlcv status${option} --date ${start}` }, last.attempt?.code ?? null),
  }
}

/** What needs attention, consecutive dates with the same need together; problems before findings, each by date. */
export function attentionOf(days: readonly DayStatus[], dataset: Dataset): Attention[] {
  const option = datasetOption(dataset)
  return groupsOf(days).map((group) => told(group, option)).sort((a, b) => Number(a.finding) - Number(b.finding) || (a.start < b.start ? -1 : 1))
}
