import { SETTINGS } from '../../lib/cli/framework/settings.js'
import { RULES } from '../../lib/features/quality/rules/rules.js'

const settings: Readonly<Record<string, { name: string; fallback: unknown }>> = SETTINGS
const KINDS = { bar: 'a bar', date: 'a date', query: 'what is stored beside' } as const

/** The table of rules in docs/QUALITY.md, the dearest first. */
export function ruleTable(): string {
  const rows = RULES.toSorted((a, b) => b.weight - a.weight).map(({ name, kind, weight, meaning, thresholds }) => {
    const asked = thresholds.map((threshold) => `\`${settings[threshold]!.name}\` ${String(settings[threshold]!.fallback)}`)
    return `| \`${name}\` | ${KINDS[kind]} | ${weight} | ${meaning} | ${asked.join(', ')} |`
  })
  return ['| rule | judges | costs | finds that | thresholds |', '| --- | --- | --- | --- | --- |', ...rows].join('\n')
}
