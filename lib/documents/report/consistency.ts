import type { Consistency } from '../../routines/report/consistency.js'
import type { RuleCount } from '../../store/quality/report-findings.js'
import { verifyFindings } from '../verify.js'
import { counting, notChecked, section, tableOf } from './figures.js'
import type { Figure, Section } from './parts.js'

const MOST = 10
const VERIFIED = { name: 'dates_verified', label: 'Loaded dates held against the ledger', definition: 'Dates that stand at a version of their day file whose bars were summed up anew and compared with what the load wrote down.' }
const CHANGED = { name: 'dates_not_as_loaded', label: 'Dates that are not as loaded', definition: 'Dates whose stored bars are not those of their load, whose ledger contradicts itself, or that have bars which no load or request accounts for.' }

/** The rules that hold one length of bars against another, and what each compares. */
const RULES: readonly [rule: string, label: string][] = [
  ['weekly_against_daily', 'Weeks that contradict the days'], ['monthly_against_daily', 'Months that contradict the days'],
  ['day_against_minutes', 'Days that contradict the minutes'], ['outside_listing', 'Bars outside the dates of a listing'],
]

function ruleFigure([rule, label]: (typeof RULES)[number], counts: readonly RuleCount[], isChecked: boolean): Figure {
  const meaning = { name: rule, label, definition: `Open findings of the rule ${rule} on the dates of the report.` }
  return isChecked ? counting(meaning, counts.find((count) => count.rule === rule)?.open ?? 0, 'none') : notChecked(meaning, 'count', 'no session was checked', 'none')
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
      ...RULES.map((rule) => ruleFigure(rule, counts, isChecked)),
    ],
    tables: [tableOf('not_as_loaded', 'Dates that are not as loaded', wrong.slice(0, MOST), [
      ['date', 'date', ({ date }) => date], ['what', 'what', ({ what }) => what], ['command', 'repair', ({ command }) => command],
    ], wrong.length)],
  })
}
