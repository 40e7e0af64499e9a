import type { BarValues, IdentifiedBar, ValidBar } from '../domain/bar.js'
import { isGreater, isNegative, isPositive } from '../domain/decimal.js'
import type { RejectReason } from '../domain/reject.js'
import type { Tally } from '../domain/tally.js'
import { none, type Stage } from '../domain/stage.js'

interface Rule {
  reason: RejectReason
  field: string
  holds(bar: IdentifiedBar): boolean
}

/** What makes a bar; the first rule that does not hold is the reason. Prices are compared once they are known to be positive. */
const RULES: readonly Rule[] = [
  { reason: 'price_not_positive', field: 'open', holds: (bar) => isPositive(bar.open) },
  { reason: 'price_not_positive', field: 'high', holds: (bar) => isPositive(bar.high) },
  { reason: 'price_not_positive', field: 'low', holds: (bar) => isPositive(bar.low) },
  { reason: 'price_not_positive', field: 'close', holds: (bar) => isPositive(bar.close) },
  { reason: 'negative_volume', field: 'volume', holds: (bar) => !isNegative(bar.volume) },
  { reason: 'negative_transactions', field: 'transactions', holds: (bar) => bar.transactions === null || !isNegative(bar.transactions) },
  { reason: 'low_above_open', field: 'low', holds: (bar) => !isGreater(bar.low, bar.open) },
  { reason: 'low_above_close', field: 'low', holds: (bar) => !isGreater(bar.low, bar.close) },
  { reason: 'open_above_high', field: 'high', holds: (bar) => !isGreater(bar.open, bar.high) },
  { reason: 'close_above_high', field: 'high', holds: (bar) => !isGreater(bar.close, bar.high) },
]

/** Whether every rule holds of these values, in place of the bar's own. */
export function isValid(bar: IdentifiedBar, values: BarValues): boolean {
  const judged = { ...bar, ...values }
  return RULES.every((rule) => rule.holds(judged))
}

/** Lets through bars that satisfy every rule. */
export function validate(tally: Tally): Stage<IdentifiedBar, ValidBar> {
  return (bar) => {
    for (const rule of RULES) {
      if (!rule.holds(bar)) {
        tally.reject(bar.line, rule.reason, rule.field, bar.symbol)
        return none
      }
    }
    return bar as ValidBar
  }
}
