import { DATASETS } from '../../datasets/datasets.js'
import type { NoticeEvent } from '../../features/alerts/notice.js'
import type { AlertKind } from '../../features/alerts/trouble.js'
import { counted, figure } from '../figures.js'
import { minutesText } from './facts.js'
import type { NoticeIncident } from './fields.js'

/** What is wrong, in the words that a subject begins with. */
const WORDS: Readonly<Record<AlertKind, string>> = {
  stale: 'stale', missing: 'missing', failed: 'failed', run_failed: 'run failed', no_run: 'no run', gap: 'gap', quality: 'quality', checksum: 'checksum', provider: 'provider', quota: 'quota',
  disk: 'disk', undeliverable: 'undeliverable', symbols: 'symbols', schedule: 'schedule',
}

/** A subject is read on phones. */
const LONGEST_TAIL = 90

const isLate = ({ kind, lag_minutes: lag }: NoticeIncident): boolean => lag !== null && (kind === 'stale' || kind === 'missing' || kind === 'failed')

function datesOf([first, ...more]: readonly string[]): string[] {
  return first === undefined ? [] : [more.length === 0 ? first : `${first} and ${figure(more.length)} more`]
}

function assetsOf({ asset, asset_count: assets }: NoticeIncident): string[] {
  if (asset !== null) return [asset]
  return assets > 1 ? [`${figure(assets)} symbols`] : []
}

/** `stale day 2026-11-20`: what is wrong with what. */
function subjectOf(incident: NoticeIncident, word: string): string {
  const { kind, interval, dataset, dates } = incident
  // Of a date that is missing as a whole, all securities are missing.
  const assets = isLate(incident) && dataset !== null && incident.asset === null ? [] : assetsOf(incident)
  return [word, ...(interval === null ? [] : [interval]), ...assets, ...(kind === 'run_failed' || kind === 'no_run' ? [] : datesOf(dates))].join(' ')
}

function whose({ dataset, asset }: NoticeIncident): string {
  const flag = DATASETS.find(({ name }) => name === dataset)?.flag
  return flag === undefined || asset !== null ? '' : ` (${flag} files)`
}

function tailOf(incident: NoticeIncident): string {
  const { lag_minutes: lag, summary } = incident
  if (isLate(incident)) return `${figure(lag!)} min late${whose(incident)}`
  return summary.length <= LONGEST_TAIL ? summary.replace(/\.$/, '') : `${summary.slice(0, LONGEST_TAIL - 1).replace(/[ ,;:]+\S*$/, '')}…`
}

/** Text of one line: what stands in it may come from files. */
function line(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ')
}

function endOf(incident: NoticeIncident): string {
  const { opened_at: opened, cleared_at: cleared, unwatched } = incident
  if (unwatched) return `NO LONGER WATCHED: ${subjectOf(incident, WORDS[incident.kind])}${whose(incident)}`
  const minutes = cleared === null ? 0 : Math.floor((Date.parse(cleared) - Date.parse(opened)) / 60_000)
  const after = `CLEARED ${subjectOf(incident, WORDS[incident.kind])} after ${minutesText(Math.max(0, minutes))}`
  return isLate(incident) ? `${after}${whose(incident)}` : `${after}; it was: ${tailOf(incident)}`
}

function beginningOf(event: NoticeEvent, incident: NoticeIncident): string {
  const first = [...(event === 'reopened' ? ['AGAIN'] : []), ...(incident.severity === 'critical' ? ['CRITICAL'] : []), WORDS[incident.kind].toUpperCase()].join(' ')
  return `${subjectOf(incident, first)}: ${tailOf(incident)}`
}

/** `2 critical, 3 warnings` */
function severitiesText(incidents: readonly NoticeIncident[]): string {
  const count = (severity: NoticeIncident['severity']): number => incidents.filter((one) => one.severity === severity).length
  const [critical, warnings, news] = [count('critical'), count('warning'), count('info')]
  return [...(critical > 0 ? [`${figure(critical)} critical`] : []), ...(warnings > 0 ? [counted(warnings, 'warning')] : []), ...(news > 0 ? [`${figure(news)} for information`] : [])].join(', ')
}

/** What a notice says, in one line. */
export function titleOf(event: NoticeEvent, incidents: readonly NoticeIncident[]): string {
  const [incident] = incidents
  switch (event) {
    case 'test': return 'Test: what is wrong will be told here'
    case 'report': return 'Validation report'
    case 'reminder': return `${figure(incidents.length)} still open: ${severitiesText(incidents)}`
    case 'cleared': return incident === undefined ? '' : line(endOf(incident))
    case 'opened': case 'escalated': case 'reopened':
  }
  return incident === undefined ? '' : line(beginningOf(event, incident))
}
