import * as v from 'valibot'
import { TIMESPAN_NAMES } from '../datasets/timespan.js'
import {
  REMEDIATION_ACTIONS, REMEDIATION_KINDS, REMEDIATION_STATES, type ListedRemediation, type RemediationAction, type RemediationCount, type RemediationKind,
} from '../store/quality/remediations.js'
import { defineDocument } from './document.js'
import { count, date, id, instant, instantText } from './fields.js'
import { counted, few, figure } from './figures.js'

/** What is told of an entry in whichever document. */
export const remediationFields = {
  remediation_id: id,
  /** What was wrong. */
  kind: v.picklist(REMEDIATION_KINDS),
  symbol_id: v.nullable(id),
  /** The dates that it is about; null: none in particular. */
  start: v.nullable(date),
  end: v.nullable(date),
  provider: v.nullable(v.string()),
  /** What was done. */
  action: v.picklist(REMEDIATION_ACTIONS),
  /** How it ended: it is right now, it is as it was, or no source has it. */
  state: v.picklist(REMEDIATION_STATES),
  /** How often it was met within the run. */
  occurrences: count,
  /** By which run, and what that was. */
  run_id: v.nullable(id),
  command: v.nullable(v.string()),
  began_at: instant,
  ended_at: instant,
  /** What was wrong, what was done, what that changed and how it ended, in words. */
  what: v.string(),
  done: v.string(),
  change: v.string(),
  ending: v.string(),
}

const entry = v.strictObject({
  ...remediationFields,
  /** Length of the bars; null: of no length in particular. */
  timespan: v.nullable(v.picklist(TIMESPAN_NAMES)),
  /** The security, as it was called; null: whole dates. */
  symbol: v.nullable(v.string()),
  /** The figures before and after, by name; which there are is a matter of the kind. */
  before: v.unknown(),
  after: v.unknown(),
  /** Why it failed, or what else there is to say. */
  message: v.nullable(v.string()),
})

/** `ohlcv remediation`: what was wrong with the data, and what was done about it. */
export const REMEDIATION = defineDocument('ohlcv.remediation/1', v.strictObject({
  /** All that was asked for, by kind and how it ended. */
  summary: v.array(v.strictObject({ kind: v.picklist(REMEDIATION_KINDS), state: v.picklist(REMEDIATION_STATES), entries: count })),
  /** The newest first. */
  remediations: v.array(entry),
}))

type Entry = v.InferInput<typeof entry>

/** Figures as they are kept with an entry; what is none has no fields. */
function figuresOf(kept: unknown): Record<string, unknown> {
  return typeof kept === 'object' && kept !== null && !Array.isArray(kept) ? kept as Record<string, unknown> : {}
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return few(value.map(valueText))
  if (typeof value === 'number') return figure(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** `stored rows 298 -> 300`: the figures that differ, and those there are on one side only. */
function changeText({ before, after }: ListedRemediation): string {
  const [was, is] = [figuresOf(before), figuresOf(after)]
  const said = (value: unknown): value is unknown => value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0)
  // What was wrong is told in words.
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((name) => name !== 'wrong').flatMap((name) => {
    const [old, now] = [was[name], is[name]]
    if (!said(old) && !said(now)) return []
    const title = name.replaceAll('_', ' ')
    if (after === null || before === null) return [`${title} ${valueText(old ?? now)}`]
    const [left, right] = [old, now].map((value) => (said(value) ? valueText(value) : '-'))
    return left === right ? [] : [`${title} ${left} -> ${right}`]
  }).join(', ')
}

const MISMATCHES: Readonly<Record<string, string>> = {
  changed: 'its bars were not those of its load',
  ledger: 'the ledger contradicted itself',
  file: 'its bars were not those of its file',
  unaccounted: 'it had bars that no load wrote',
  fill: 'it had fills where none belong',
}

function mismatchText(before: unknown): string {
  const { wrong } = figuresOf(before)
  return Array.isArray(wrong) ? wrong.map((kind) => MISMATCHES[String(kind)] ?? String(kind)).join('; ') : 'stored bars were not those of the ledger'
}

function whatOf({ kind, occurrences, provider, before }: ListedRemediation): string {
  const from = provider === null ? '' : ` of ${provider}`
  switch (kind) {
    case 'gap': return 'bars were absent'
    case 'duplicate': return `${counted(occurrences, 'row')}${from} came a second time`
    case 'checksum_mismatch': return mismatchText(before)
    case 'anomaly': return 'a rule found something odd'
    case 'rate_limited': return `${counted(occurrences, 'answer')}${from}: too many requests`
    case 'unavailable':
  }
  return `${counted(occurrences, 'answer')}${from}: not available now`
}

const DONE: Readonly<Record<RemediationAction, string>> = {
  reload: 'its file was loaded again',
  fetch: 'providers were asked',
  kept_first: 'the first row was kept',
  waited: 'waited',
  left_alone: 'nothing',
  explained: 'it was explained',
  reopened: 'it is open again',
  restated: 'the data was restated',
}

function doneOf({ kind, action }: ListedRemediation): string {
  const asksAgain: readonly RemediationKind[] = ['rate_limited', 'unavailable']
  return action === 'waited' ? (asksAgain.includes(kind) ? 'waited and asked again' : 'waited for another process') : DONE[action]
}

const ENDINGS = { resolved: 'it is right now', failed: 'it is as it was', closed: 'no source has it' } as const

function endingOf({ kind, state, message }: ListedRemediation): string {
  const isOfProvider = kind === 'rate_limited' || kind === 'unavailable'
  const ending = isOfProvider ? { resolved: 'answered', failed: 'given up', closed: 'given up' }[state] : ENDINGS[state]
  return message === null ? ending : `${ending}: ${message}`
}

/** A mending in words: what was wrong, what was done, what that changed, and how it ended. */
export function remediationWords(mending: ListedRemediation): Pick<Entry, 'what' | 'done' | 'change' | 'ending'> {
  return { what: whatOf(mending), done: doneOf(mending), change: changeText(mending), ending: endingOf(mending) }
}

function entryOf(mending: ListedRemediation): Entry {
  const { remediationId, kind, timespan, symbol, symbolId, start, end, provider, action, state, occurrences, before, after, message, runId, command, beganAt, endedAt } = mending
  return {
    remediation_id: remediationId, kind, timespan, symbol, symbol_id: symbolId, start, end, provider, action, state, occurrences, before, after, message, run_id: runId, command,
    began_at: instantText(beganAt), ended_at: instantText(endedAt), ...remediationWords(mending),
  }
}

/** The document of mendings. */
export function remediationDocument(counts: readonly RemediationCount[], mendings: readonly ListedRemediation[]): v.InferInput<typeof REMEDIATION.fields> {
  return { summary: counts.map((counted) => ({ ...counted })), remediations: mendings.map(entryOf) }
}
