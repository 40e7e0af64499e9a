import type { DocumentOf } from '../../../documents/document.js'
import { counted } from '../../../documents/figures.js'
import { QUALITY_RULES, rulesDocument } from '../../../documents/quality-findings.js'
import { RULES } from '../../../features/quality/rules/rules.js'
import { defineCommand } from '../../framework/command.js'
import { EXIT } from '../../framework/exit.js'
import { SETTINGS } from '../../framework/settings.js'
import { thresholdsOf } from '../../framework/thresholds.js'

const KINDS = { bar: 'of bars', date: 'of dates as a whole', query: 'of what is stored beside' } as const

/** What a threshold is called as a setting. */
const nameOf = (threshold: string): string => SETTINGS[threshold as keyof typeof SETTINGS].name

function rulesText({ rules }: DocumentOf<typeof QUALITY_RULES>): string {
  const blocks = rules.map(({ rule, kind, weight, meaning, advice, thresholds }) => {
    const asked = Object.entries(thresholds).map(([name, value]) => `${name} ${value}`)
    return [`${rule}  (${KINDS[kind]}; ${weight === 0 ? 'costs no score' : `costs ${weight} of 100`})`, `  ${meaning}`, `  ${advice}`, ...(asked.length > 0 ? [`  Thresholds: ${asked.join(', ')}`] : [])].join('\n')
  })
  return [...blocks, `${counted(rules.length, 'rule')}. A bar has the score 1 less what the rules cost whose findings of it are open; one that was expected and is absent has 0.`].join('\n\n')
}

export const qualityRules = defineCommand({
  document: QUALITY_RULES,
  usage: 'rules',
  describe: 'List the rules by which bars and dates are judged: what each means, what it costs, its thresholds, and what to do about what it finds.',
  examples: [['quality rules', 'all of them, those that cost most first']],
  flags: { csv: { type: 'boolean', describe: 'print CSV' } },
  run(_args, { settings }) {
    const data = rulesDocument(RULES, thresholdsOf(settings), nameOf)
    return Promise.resolve({
      exitCode: EXIT.ok, data, text: () => rulesText(data),
      csv: () => [
        ['rule', 'kind', 'weight', 'meaning', 'advice', 'thresholds'],
        ...data.rules.map(({ rule, kind, weight, meaning, advice, thresholds }) => [rule, kind, weight, meaning, advice, Object.entries(thresholds).map(([name, value]) => `${name}=${value}`).join(' ')]),
      ],
    })
  },
})
