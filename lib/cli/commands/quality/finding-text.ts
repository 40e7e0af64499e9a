import type { DocumentOf } from '../../../documents/document.js'
import type { QUALITY_FINDINGS } from '../../../documents/quality-findings.js'
import { exact } from '../../terminal/exact.js'
import { printable } from '../../terminal/printable.js'

type Finding = DocumentOf<typeof QUALITY_FINDINGS>['findings'][number]

/** The dates of a finding. */
export function datesOf({ date, last_date: last }: Pick<Finding, 'date' | 'last_date'>): string {
  return date === last ? date : `${date} to ${last}`
}

function valueOf(value: string | number | null): string {
  if (value === null) return '-'
  const text = String(value)
  return /^-?\d+(\.\d+)?$/.test(text) ? exact(text) : printable(text)
}

/** The figures of a finding: `close 241, before 2.41`. */
export function figuresOf({ details }: Pick<Finding, 'details'>): string {
  return Object.entries(details).map(([name, value]) => `${name.replaceAll('_', ' ')} ${valueOf(value)}`).join(', ')
}

/** Why a finding is no fault: `split`, or what a person said. */
export function causeOf({ cause, reason, explained_by: by }: Pick<Finding, 'cause' | 'reason' | 'explained_by'>): string | null {
  if (cause === null) return null
  return [cause.replaceAll('_', ' '), ...(reason === null ? [] : [`${printable(reason)} (${printable(by ?? '')})`])].join(': ')
}
