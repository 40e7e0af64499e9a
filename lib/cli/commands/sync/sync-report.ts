import { counted, figure } from '../../../documents/figures.js'
import type { DocumentOf } from '../../../documents/document.js'
import type { SYNC } from '../../../documents/sync.js'
import { STEPS, type StepName } from '../../../routines/sync/steps.js'
import { printable } from '../../terminal/printable.js'
import { table } from '../../terminal/table.js'
import { duration } from '../../terminal/times.js'

type Told = DocumentOf<typeof SYNC>
type Steps = Told['steps']

const TITLES: Record<StepName, string> = { day_files: 'day files', providers: 'providers', quality: 'quality' }

function dayFilesText({ outcomes, inserted, updated, removed }: NonNullable<Steps['day_files']['figures']>): string {
  const ended = Object.entries(outcomes).map(([outcome, dates]) => `${figure(dates)} ${outcome}`).join(', ')
  return `${ended || 'no date'}; ${figure(inserted)} inserted, ${figure(updated)} updated, ${figure(removed)} removed`
}

function providersText({ asked, planned }: NonNullable<Steps['providers']['figures']>): string {
  if (planned !== null) return `${counted(planned.requests, 'request')} to ${planned.provider} would be made, about ${duration(planned.seconds * 1000)}`
  const { job, requests, bars, inserted, updated, unchanged, failed, not_reached: notReached } = asked!
  const troubles = [...(failed > 0 ? [`${figure(failed)} failed`] : []), ...(notReached > 0 ? [`${figure(notReached)} not reached`] : [])]
  return [`${counted(requests, 'request')}, ${counted(bars, 'bar')}: ${figure(inserted)} inserted, ${figure(updated)} updated, ${figure(unchanged)} unchanged`, ...troubles, `job ${job}`].join('; ')
}

function qualityText({ dates, bars, found, explained, resolved }: NonNullable<Steps['quality']['figures']>): string {
  if (dates === 0) return 'nothing has changed since the last check'
  return `${counted(dates, 'date')} and ${counted(bars, 'bar')} judged; findings: ${figure(found)} new, ${figure(explained)} explained, ${figure(resolved)} resolved`
}

/** How a step ended, in words. */
function stepText(name: StepName, steps: Steps): string {
  const { state, code, message } = steps[name]
  if (state === 'failed') return `failed: ${code}`
  if (state === 'left_out') return `nothing done: ${printable(message ?? '')}`
  if (state === 'not_reached') return 'not reached'
  const figures = {
    day_files: () => steps.day_files.figures && dayFilesText(steps.day_files.figures),
    providers: () => steps.providers.figures && providersText(steps.providers.figures),
    quality: () => steps.quality.figures && qualityText(steps.quality.figures),
  }[name]()
  return [...(state === 'interrupted' ? ['interrupted'] : []), ...(figures === null ? [] : [figures])].join('; ')
}

function sessionRow({ date, outcome, loaded, filled, bars, fills, message }: Told['sessions'][number]): (string | number | null)[] {
  const stands = loaded ? 'day file' : filled ? 'providers' : outcome === 'locked' ? 'being loaded' : fills > 0 ? 'some fills' : '-'
  return [date, stands, outcome, bars, fills, loaded && message === null ? '' : printable(message ?? '')]
}

const RIGHT = { align: 'right' } as const

/** What went wrong, in full. */
function troubles({ steps }: Told): string[] {
  const failed = STEPS.flatMap((name) => (steps[name].state === 'failed' ? [`${TITLES[name]}: ${printable(steps[name].message ?? '')}`] : []))
  const errors = steps.providers.figures?.asked?.errors ?? []
  return [...failed, ...errors.map(({ message }) => `${TITLES.providers}: ${printable(message)}`)]
}

/** The summary for people: a line a session, a line a step, and what went wrong. */
export function syncText(told: Told, room: number): string {
  const { steps, sessions, parameters: { start, end, dry_run: dryRun }, seconds, run } = told
  const wrong = troubles(told)
  return [
    table([{ title: 'session' }, { title: 'stands on' }, { title: 'day file' }, { title: 'bars', ...RIGHT }, { title: 'of providers', ...RIGHT, leaves: 1 }, { title: '', cut: true }], sessions.map(sessionRow), room),
    table([{ title: 'step' }, { title: 'took', ...RIGHT, leaves: 1 }, { title: 'what came of it', cut: true }], STEPS.map((name) => [TITLES[name], duration(steps[name].seconds * 1000), stepText(name, steps)]), room),
    ...(wrong.length > 0 ? [wrong.join('\n')] : []),
    `${start} to ${end}: ${counted(sessions.length, 'session')} in ${duration(seconds * 1000)}${run === null ? '' : `; run ${run}`}`,
    ...(dryRun ? ['dry run: nothing was written'] : []),
  ].join('\n\n')
}
