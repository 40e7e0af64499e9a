/** Resolves after so many milliseconds, or once the signal is aborted. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>

/** A timer stands still while the machine is suspended, so that the clock is looked at this often. */
const MOST_AT_ONCE = 30_000

/**
 * Waits so long, as the timer or the clock has it, whichever is over first: a machine that slept wakes up late but once, and a clock that is set back holds
 * nothing up.
 */
export async function wait(ms: number, now: () => Date, sleep: Sleep, signal: AbortSignal): Promise<void> {
  for (let left = ms; left > 0 && !signal.aborted;) {
    const slept = Math.min(left, MOST_AT_ONCE)
    const began = now().getTime()
    await sleep(slept, signal)
    left -= Math.max(slept, now().getTime() - began)
  }
}
