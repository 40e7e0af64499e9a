import { RULES } from '../../../features/quality/rules/rules.js'
import { SETTINGS, type SettingName, type Settings } from '../../framework/settings.js'
import { thresholdsOf } from '../../framework/thresholds.js'

/** What a threshold is called as a setting. */
export const settingOf = (threshold: string): string => SETTINGS[threshold as SettingName].name

/** What a rule costs, for people. */
export function costText(rule: string, weight: number): string {
  if (rule === 'absent') return 'costs all of it'
  return weight === 0 ? 'costs no score' : `costs ${weight} of 100`
}

/** What a rule is asked with, after what it means: ` (thin-below 80, thick-above 125)`. */
export function askedWith(rule: string, settings: Settings): string {
  const thresholds = thresholdsOf(settings)
  const asked = RULES.find(({ name }) => name === rule)?.thresholds.map((threshold) => `${settingOf(threshold)} ${thresholds[threshold]}`) ?? []
  return asked.length === 0 ? '' : ` (${asked.join(', ')})`
}
