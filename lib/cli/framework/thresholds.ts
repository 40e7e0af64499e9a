import { RULES } from '../../features/quality/rules/rules.js'
import type { Thresholds } from '../../features/quality/rules/rule.js'
import type { Settings } from './settings.js'

/** The settings that rules are asked with, by name. */
export function thresholdsOf(settings: Settings): Thresholds {
  const values: Readonly<Record<string, unknown>> = settings
  return Object.fromEntries(RULES.flatMap(({ thresholds }) => thresholds).map((name) => [name, Number(values[name])]))
}
