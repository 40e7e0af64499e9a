import type { Rest } from '../../../store/fetches/rests.js'

/** After so many failures one after the other a provider is left alone. */
const FAILURES = 5
const MINUTE_MS = 60_000
/** It never rests longer. */
const MOST_MINUTES = 60

/** How a provider may be asked: as any other; not at all; by one unit, whose end decides. */
export type Access = 'open' | 'resting' | 'trial'

export const NO_REST: Readonly<Rest> = { failures: 0, restsUntil: null, code: null, message: null }

/** How a provider may be asked at the moment. */
export function accessOf({ failures, restsUntil }: Rest, now: Date): Access {
  if (restsUntil !== null && restsUntil > now) return 'resting'
  return failures >= FAILURES ? 'trial' : 'open'
}

/** 1 minute after the first five failures, then twice as long after each trial that fails, up to an hour. */
function restFrom(failures: number, now: Date): Date {
  return new Date(now.getTime() + Math.min(2 ** (failures - FAILURES), MOST_MINUTES) * MINUTE_MS)
}

/** While a unit tries whether the provider is back all others leave it alone; who dies meanwhile keeps nobody from trying later. */
export function trialOf(rest: Rest, now: Date): Rest {
  return { ...rest, restsUntil: restFrom(rest.failures, now) }
}

/**
 * After a failure.
 * @param isTrial whether it was the unit that tries: others that were on their way when the rest began say nothing new
 */
export function afterFailure(rest: Rest, now: Date, isTrial: boolean, { code, message }: { code: string; message: string }): Rest {
  if (!isTrial && accessOf(rest, now) !== 'open') return rest
  const failures = rest.failures + 1
  return { failures, restsUntil: failures >= FAILURES ? restFrom(failures, now) : null, code, message }
}

/** After a limit was told to be used up: until it is renewed. */
export function untilRenewed(rest: Rest, renewed: Date, { code, message }: { code: string; message: string }): Rest {
  return { ...rest, restsUntil: renewed, code, message }
}
