import type { Consistency } from '../../routines/report/consistency.js'
import type { HeldBeside } from '../../store/quality/report-days.js'
import type { RuleCount } from '../../store/quality/report-findings.js'
import { verifyFindings } from '../verify.js'
import { counting, notChecked, section, tableOf } from './figures.js'
import type { Figure, Section } from './parts.js'

const MOST = 10
const VERIFIED = { name: 'dates_verified', label: 'Loaded dates held against the ledger', definition: 'Dates that stand at a version of their day file whose bars were summed up anew and compared with what the load wrote down.' }
const CHANGED = { name: 'dates_not_as_loaded', label: 'Dates that are not as loaded', definition: 'Dates whose stored bars are not those of their load, whose ledger contradicts itself, or that have bars which no load or request accounts for.' }

/** The rules that hold bars against something else, and without which bars there is nothing to hold against. */
const RULES: readonly { rule: string; label: string; needs: keyof HeldBeside | null }[] = [
  { rule: 'weekly_against_daily', label: 'Weeks that contradict the days', needs: 'weeks' },
  { rule: 'monthly_against_daily', label: 'Months that contradict the days', needs: 'months' },
  { rule: 'day_against_minutes', label: 'Days that contradict the minutes', needs: 'minutes' },
  { rule: 'outside_listing', label: 'Bars outside the dates of a listing', needs: null },
]

function ruleFigure({ rule, label, needs }: (typeof RULES)[number], counts: readonly RuleCount[], isChecked: boolean, beside: HeldBeside | undefined): Figure {
  const meaning = { name: rule, label, definition: `Open findings of the rule ${rule} on the dates of the report.` }
  const missing = !isChecked ? 'no session was checked' : needs !== null && beside?.[needs] === false ? `no ${needs} of these dates are stored` : null
  return missing === null ? counting(meaning, counts.find((count) => count.rule === rule)?.open ?? 0, 'none') : notChecked(meaning, 'count', missing, 'none')
}

/** Whether what is stored agrees with the ledger and with itself. @param isChecked whether any session was checked by the rules */
export function consistencySection(consistency: Consistency | null, counts: readonly RuleCount[], isChecked: boolean): Section {
  const quick = 'a quick report leaves it out'
  const wrong = verifyFindings(consistency?.findings ?? [])
  return section('consistency', 'Consistency', {
    figures: [
      ...(consistency === null ? [notChecked(VERIFIED, 'count', quick), notChecked(CHANGED, 'count', quick, 'none')] : [
        counting(VERIFIED, consistency.dates),
        consistency.dates + wrong.length === 0 ? notChecked(CHANGED, 'count', 'no date is loaded', 'none') : counting(CHANGED, new Set(wrong.map(({ date }) => date)).size, 'none'),
      ]),
      ...RULES.map((rule) => ruleFigure(rule, counts, isChecked, consistency?.beside)),
    ],
    tables: [tableOf('not_as_loaded', 'Dates that are not as loaded', wrong.slice(0, MOST), [
      ['date', 'date', ({ date }) => date], ['what', 'what', ({ what }) => what], ['command', 'repair', ({ command }) => command],
    ], wrong.length)],
  })
}
