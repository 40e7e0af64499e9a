import type { RejectReason } from '../../../domain/reject.js'

/** The rule that a bar fails that was rejected for a reason: what the rule says of bars that are stored. Others say nothing of the bar's values. */
export const RULE_OF_REASON: Partial<Record<RejectReason, string>> = {
  field_count: 'cells',
  null_value: 'cells',
  bad_number: 'cells',
  number_too_long: 'cells',
  price_not_positive: 'negative',
  negative_volume: 'negative',
  negative_transactions: 'negative',
  low_above_open: 'ohlc_order',
  low_above_close: 'ohlc_order',
  open_above_high: 'ohlc_order',
  close_above_high: 'ohlc_order',
}
