import { ABSENT } from './absent.js'
import { NEGATIVE } from './negative.js'
import type { Rule } from './rule.js'

/** Every rule of quality, those of bars first. Their weights add up to 100. */
export const RULES: readonly Rule[] = [ABSENT, NEGATIVE]
