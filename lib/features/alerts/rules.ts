import type { Situation } from './situation.js'
import type { Trouble } from './trouble.js'

/** Finds what is wrong of one kind; a pure function of what was seen. */
export type AlertRule = (situation: Situation) => Trouble[]

/** All rules, one file each below `rules/`, in the order in which what they find is told. */
export const ALERT_RULES: readonly AlertRule[] = []
