import { counted, few, figure } from '../../../documents/figures.js'
import type { SyncOfDays, SyncOfSymbols } from '../../../documents/sync.js'
import { STEPS, type StepName } from '../../../routines/sync/steps.js'
import { printable } from '../../terminal/printable.js'
import { table } from '../../terminal/table.js'
import { duration } from '../../terminal/times.js'

type Steps = SyncOfDays['steps']

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

/** What came of a step, in words. */
const FIGURES: { [Name in StepName]: (figures: NonNullable<Steps[Name]['figures']>) => string } = { day_files: dayFilesText, providers: providersText, quality: qualityText }

/** How a step ended, in words. */
function stepText<Name extends StepName>(name: Name, { state, code, message, figures }: Steps[Name]): string {
  if (state === 'failed') return `failed: ${code}`
  if (state === 'left_out') return `nothing done: ${printable(message ?? '')}`
  if (state === 'not_reached') return 'not reached'
  return [...(state === 'interrupted' ? ['interrupted'] : []), ...(figures === null ? [] : [FIGURES[name](figures)])].join('; ')
}

const RIGHT = { align: 'right' } as const

/** A line a step, and what went wrong, in full. */
function stepsText(steps: Partial<Steps>, room: number): string[] {
  const taken = STEPS.flatMap((name) => (steps[name] === undefined ? [] : [{ name, step: steps[name] }]))
  const failed = taken.flatMap(({ name, step: { state, message } }) => (state === 'failed' ? [`${TITLES[name]}: ${printable(message ?? '')}`] : []))
  const errors = (steps.providers?.figures?.asked?.errors ?? []).map(({ message }) => `${TITLES.providers}: ${printable(message)}`)
  return [
    table([{ title: 'step' }, { title: 'took', ...RIGHT, leaves: 1 }, { title: 'what came of it', cut: true }], taken.map(({ name, step }) => [TITLES[name], duration(step.seconds * 1000), stepText(name, step)]), room),
    ...(failed.length + errors.length > 0 ? [[...failed, ...errors].join('\n')] : []),
  ]
}

function endText({ run, seconds, parameters: { dry_run: dryRun } }: SyncOfDays | SyncOfSymbols, what: string): string[] {
  return [`${what} in ${duration(seconds * 1000)}${run === null ? '' : `; run ${run}`}`, ...(dryRun ? ['dry run: nothing was written'] : [])]
}

function sessionRow({ date, outcome, loaded, filled, bars, fills, message }: SyncOfDays['sessions'][number]): (string | number | null)[] {
  const stands = loaded ? 'day file' : filled ? 'providers' : outcome === 'locked' ? 'being loaded' : fills > 0 ? 'some fills' : '-'
  return [date, stands, outcome, bars, fills, printable(message ?? '')]
}

/** A sync of the last days for people: a line a session, a line a step, and what went wrong. */
export function syncText(told: SyncOfDays, room: number): string {
  const { steps, sessions, parameters: { start, end } } = told
  return [
    table([{ title: 'session' }, { title: 'stands on' }, { title: 'day file' }, { title: 'bars', ...RIGHT }, { title: 'of providers', ...RIGHT, leaves: 1 }, { title: '', cut: true }], sessions.map(sessionRow), room),
    ...stepsText(steps, room),
    ...endText(told, `${start} to ${end}: ${counted(sessions.length, 'session')}`),
  ].join('\n\n')
}

/** A sync of some symbols for people. */
export function symbolsText(told: SyncOfSymbols, room: number): string {
  const { steps, parameters: { start, end, symbols } } = told
  return [...stepsText(steps, room), ...endText(told, `${few(symbols.map(printable))}, ${end === null ? `from ${start}` : `${start} to ${end}`}`)].join('\n\n')
}
