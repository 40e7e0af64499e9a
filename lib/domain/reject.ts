/** Why a row can be kept out of the table. */
export const REJECT_REASONS = [
  'malformed',
  'field_count',
  'bad_symbol',
  'bad_number',
  'number_too_long',
  'bad_window_start',
  'wrong_date',
  'price_not_positive',
  'negative_volume',
  'negative_transactions',
  'low_above_open',
  'low_above_close',
  'open_above_high',
  'close_above_high',
  'duplicate',
] as const

export type RejectReason = (typeof REJECT_REASONS)[number]

/** A row kept out of the table. */
export interface Reject {
  line: number
  reason: RejectReason
  /** The column at fault, where one is. */
  field: string | null
  symbol: string | null
  /** The row as it came, without its line end, cut at {@link RAW_LIMIT} bytes. */
  raw: Buffer
}

/** Most bytes of a rejected row that are kept. */
export const RAW_LIMIT = 4096
