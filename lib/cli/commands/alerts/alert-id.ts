import { UsageError } from '../../../domain/errors.js'

/** The number of an incident as it is typed. @throws UsageError ALERT_ID */
export function readAlertId(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new UsageError('ALERT_ID', `${JSON.stringify(text)} is no number of an alert`, { hint: 'ohlcv alerts lists them' })
}
