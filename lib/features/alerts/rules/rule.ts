import type { Situation } from '../situation.js'
import type { Trouble } from '../trouble.js'

/** Finds what is wrong of one kind; a pure function of what was seen. */
export type AlertRule = (situation: Situation) => Trouble[]
