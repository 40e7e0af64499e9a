import type pg from 'pg'
import type { IsoDate } from '../lib/domain/dates.js'
import type { Defect, Planted } from './quality-defects.js'
import type { Market } from './quality-market.js'

/** What was planted and found, of one sort of defect or by one rule. */
export interface Score {
  name: string
  /** Defects planted and those of them found; or what a rule told and what of that is a defect. */
  all: number
  right: number
}

/** How well defects were found. */
export interface Scores {
  /** By what was planted: how much of it was found. */
  recall: Score[]
  /** By rule: how much of what it told was planted. */
  precision: Score[]
  missed: Defect[]
  wrong: Told[]
}

/** An open finding, or a rule that a bar failed. */
export interface Told {
  rule: string
  symbol: string | null
  date: IsoDate
}

/** Everything that a person is told to look at: open findings, and what bars fail that were rejected or are absent. */
async function toldOf(pool: pg.Pool): Promise<Told[]> {
  const { rows } = await pool.query<Told>(`
    select rule, symbol, date::text as date from findings where state = 'open'
    union
    select f.rule, l.symbol, l.date::text from data_quality_log l cross join unnest(l.failed) f (rule)
    order by rule, symbol, date`)
  return rows
}

const concerns = ({ symbol, from, to, rules }: Defect, told: Told): boolean =>
  rules.includes(told.rule) && (symbol === null || symbol === told.symbol) && told.date >= from && told.date <= to

/** A bar that is rejected is absent as well. */
const goesWith = ({ symbol, from, to }: Defect, told: Told): boolean => told.rule === 'absent' && symbol === told.symbol && told.date >= from && told.date <= to

/** A security that is halted lacks bars: that is so, and nobody's fault. */
function isHalted({ listed, dates }: Market, told: Told): boolean {
  const halt = listed.find(({ symbol }) => symbol === told.symbol)?.halt
  return told.rule === 'absent' && halt !== undefined && dates.indexOf(told.date) >= halt[0] && dates.indexOf(told.date) <= halt[1]
}

function counted(names: readonly string[], rights: readonly boolean[]): Score[] {
  return [...new Set(names)].sort().map((name) => {
    const of = rights.filter((_, index) => names[index] === name)
    return { name, all: of.length, right: of.filter(Boolean).length }
  })
}

/** Holds what was told against what was planted. */
export async function scoresOf(pool: pg.Pool, planted: Planted): Promise<Scores> {
  const { defects } = planted
  const all = await toldOf(pool)
  const found = defects.map((defect) => all.some((told) => concerns(defect, told)))
  const right = all.map((told) => isHalted(planted, told) || defects.some((defect) => concerns(defect, told) || goesWith(defect, told)))
  return {
    recall: counted(defects.map(({ what }) => what), found),
    precision: counted(all.map(({ rule }) => rule), right),
    missed: defects.filter((_, index) => !found[index]),
    wrong: all.filter((_, index) => !right[index]),
  }
}

/** The share of all that is right, in percent. */
export function percentOf(scores: readonly Score[]): number {
  const sum = (of: (score: Score) => number) => scores.reduce((total, score) => total + of(score), 0)
  return (100 * sum(({ right }) => right)) / sum(({ all }) => all)
}
