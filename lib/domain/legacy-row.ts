/** A row of an old table of daily bars as text; null where it has none. */
export type LegacyRow = Record<'date' | 'open' | 'high' | 'low' | 'close' | 'volume' | 'transactions', string | null>
