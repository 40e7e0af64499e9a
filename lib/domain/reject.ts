/** Why a row can be kept out of the table, and whether its security was known by then: rows of unknown symbols are not judged any further. */
const SECURITY_IS_KNOWN = {
  malformed: false,
  field_count: false,
  bad_symbol: false,
  null_value: false,
  bad_number: false,
  number_too_long: false,
  bad_window_start: false,
  wrong_date: false,
  closed_day: true,
  in_future: true,
  price_not_positive: true,
  negative_volume: true,
  negative_transactions: true,
  low_above_open: true,
  low_above_close: true,
  open_above_high: true,
  close_above_high: true,
  duplicate: true,
} as const satisfies Record<string, boolean>

export type RejectReason = keyof typeof SECURITY_IS_KNOWN

/** Why a row can be kept out of the table, in the order in which rows are judged. */
export const REJECT_REASONS = Object.keys(SECURITY_IS_KNOWN) as RejectReason[]

/** Of these, why a row is rejected once its security is known. */
export const REASONS_OF_KNOWN_SECURITIES: readonly RejectReason[] = REJECT_REASONS.filter((reason) => SECURITY_IS_KNOWN[reason])

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
