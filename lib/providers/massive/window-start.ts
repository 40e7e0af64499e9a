import type { Windows } from '../../datasets/window.js'
import type { RejectReason } from '../../domain/reject.js'

const INTEGER = /^-?\d{1,25}$/
/** Nanoseconds since the epoch, from 2001 to 2286. */
const NANOSECONDS = /^\d{19}$/
/** Different texts that are remembered: more than the longest day has minutes. */
const MOST_REMEMBERED = 2000

/** What `window_start` gives: the window that begins there, or why it can be none of the date. */
export interface WindowStarts {
  slot(text: string): number | undefined
  fault(text: string): RejectReason
}

/** Reads `window_start`, each text once: a file has few windows and asks for each of them thousands of times. */
export function windowStarts(windows: Windows): WindowStarts {
  const slots = new Map<string, number>()
  return {
    slot(text) {
      const known = slots.get(text)
      if (known !== undefined) return known
      const slot = NANOSECONDS.test(text) ? windows.slot(BigInt(text)) : undefined
      if (slot !== undefined && slots.size < MOST_REMEMBERED) slots.set(text, slot)
      return slot
    },
    fault(text) {
      if (!INTEGER.test(text)) return 'bad_window_start'
      return NANOSECONDS.test(text) && windows.isOnDate(BigInt(text)) ? 'bad_window_start' : 'wrong_date'
    },
  }
}
