import { figure } from '../figures.js'
import type { Figure, Section, Table } from './parts.js'

/** More, or fewer, than a share in hundredths of a percent. */
export interface Goal {
  over?: number
  under?: number
}

interface Meaning {
  name: string
  label: string
  definition: string
}

/** A goal is judged by whole numbers: 99.00001 % is over 99 %. */
function isMet(part: number, whole: number, { over, under }: Goal): boolean {
  return (over === undefined || 10_000 * part > over * whole) && (under === undefined || 10_000 * part < under * whole)
}

function goalText({ over, under }: Goal): string {
  return over === undefined ? `under ${under! / 100} %` : `over ${over / 100} %`
}

/** A share in percent, cut after the fourth decimal: what is not everything is not told as 100 %, and what is not nothing not as 0 %. */
export function shareText(part: number, whole: number): string {
  const percent = cutPercent(part, whole)
  return percent === 0 && part > 0 ? 'less than 0.0001 %' : `${percent} %`
}

/** The same as a number. */
export function cutPercent(part: number, whole: number): number {
  return Math.floor((part * 1_000_000) / whole) / 10_000
}

const bare = { part: null, whole: null, goal: null, met: null }

/** What there is no value of, and why. */
export function notChecked(meaning: Meaning, unit: Figure['unit'], why: string, goal: Goal | 'none' | null = null): Figure {
  return { ...meaning, ...bare, unit, value: null, text: `not checked: ${why}`, goal: goal === 'none' ? 'none' : goal && goalText(goal) }
}

/** So many of so many. Of nothing it is not checked. */
export function share(meaning: Meaning, part: number, whole: number, goal: Goal | null, nothing: string): Figure {
  if (whole === 0) return notChecked(meaning, 'percent', nothing, goal)
  return {
    ...meaning, unit: 'percent', value: cutPercent(part, whole), part, whole, text: `${shareText(part, whole)} (${figure(part)} of ${figure(whole)})`,
    goal: goal && goalText(goal), met: goal && isMet(part, whole, goal),
  }
}

/** So many; with the goal of none. */
export function counting(meaning: Meaning, value: number, goal: 'none' | null = null): Figure {
  return { ...meaning, ...bare, unit: 'count', value, text: figure(value), goal, met: goal && value === 0 }
}

/** A share of nothing, of which the goal cannot be missed. */
export function ofNothing(meaning: Meaning, goal: Goal, why: string): Figure {
  return { ...meaning, ...bare, unit: 'percent', value: null, text: why, goal: goalText(goal), met: true }
}

/** A section of what there is. */
export function section(name: Section['name'], title: string, parts: Partial<Pick<Section, 'figures' | 'charts' | 'tables' | 'notes'>>): Section {
  const { figures = [], charts = [], tables = [], notes = [] } = parts
  return { name, title, figures, charts, tables: tables.filter(({ rows }) => rows.length > 0), notes }
}

type Cell = Table['rows'][number][number]

/** A column of a table: its title, and which side its cells are on. */
export type ColumnOf<R> = [name: string, title: string, cell: (row: R) => Cell, align?: 'right']

/** A table of rows. @param all how many there are, where not all of them are given */
export function tableOf<R>(name: string, title: string, rows: readonly R[], columns: readonly ColumnOf<R>[], all = rows.length): Table {
  return {
    name, title, columns: columns.map(([column, head, , align]) => ({ name: column, title: head, align: align ?? 'left' })),
    rows: rows.map((row) => columns.map(([, , cell]) => cell(row))), left_out: Math.max(0, all - rows.length),
  }
}

/** A duration in seconds, or from two minutes on in minutes. */
export function durationText(ms: number): string {
  return ms < 120_000 ? `${(ms / 1000).toFixed(1)} s` : `${figure(Math.round(ms / 60_000))} min`
}

/** A size in units of 1024 times 1024. */
export function sizeText(bytes: number): string {
  return `${figure(Math.ceil(bytes / 1024 ** 2))} MB`
}

/** A share of so many for a cell, nothing where there is none. */
export function cellShare(part: number, whole: number): string | null {
  return whole === 0 ? null : shareText(part, whole)
}
