const MINUTE = 60_000
const FIRST_HOLD = 5 * MINUTE
const LONGEST_HOLD = 360 * MINUTE
const REOPEN_WITHIN = 60 * MINUTE
const REMIND_AFTER = 24 * 60 * MINUTE
/** How long news that was told counts as told: days. */
const NEWS_DAYS = 30

/** The later of two instants: what was written by a clock that has been set back since is not undone. */
export const later = (one: Date, other: Date): Date => (one > other ? one : other)

/** Milliseconds for which something must not have been found before it is over: longer, the more often it came back. */
export const holdOf = (flaps: number): number => Math.min(FIRST_HOLD * 3 ** flaps, LONGEST_HOLD)

/** Whether what was cleared then and is found now is the same again. */
export const isSoonAfter = (clearedAt: Date, now: Date): boolean => Math.abs(now.getTime() - clearedAt.getTime()) <= REOPEN_WITHIN

/** Whether people may be reminded of what they were last told of then. A day ahead is as good: the clock has been set back. */
export const isLongAgo = (toldAt: Date, now: Date): boolean => Math.abs(now.getTime() - toldAt.getTime()) >= REMIND_AFTER

/** From when on incidents that are over matter to a look. */
export const mattersSince = (now: Date): Date => new Date(now.getTime() - NEWS_DAYS * 24 * 60 * MINUTE)
