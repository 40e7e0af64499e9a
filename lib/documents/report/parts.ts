import * as v from 'valibot'
import { count } from '../fields.js'

// What a report is made of: sections, each with figures, charts, tables and notes. Whoever shows one needs to know these and no section.

/** Units of figures. */
const UNITS = ['count', 'percent', 'score', 'milliseconds', 'bytes'] as const

export const figureFields = v.strictObject({
  name: v.string(),
  label: v.string(),
  unit: v.picklist(UNITS),
  /** Percents and scores are cut after the fourth decimal, not rounded; null: it was not checked, or there is nothing to count. */
  value: v.nullable(v.number()),
  /** Of a share, so many of so many; null of anything else. */
  part: v.nullable(count),
  whole: v.nullable(count),
  /** The value for people, or why there is none. */
  text: v.string(),
  definition: v.string(),
  /** Null: there is none. */
  goal: v.nullable(v.string()),
  /** By the exact figures; null where there is no goal, or it was not checked. */
  met: v.nullable(v.boolean()),
})

export const chartFields = v.strictObject({
  name: v.string(),
  title: v.string(),
  /** Bars from 0 to 100; null where there is none to draw. `state`: how good that is. */
  points: v.array(v.strictObject({ label: v.string(), value: v.nullable(v.number()), text: v.string(), state: v.picklist(['good', 'poor', 'bad', 'none']) })),
})

export const tableFields = v.strictObject({
  name: v.string(),
  title: v.string(),
  columns: v.array(v.strictObject({ name: v.string(), title: v.string(), align: v.picklist(['left', 'right']) })),
  rows: v.array(v.array(v.nullable(v.union([v.string(), v.number()])))),
  /** Rows beyond those told. */
  left_out: count,
})

/** What a report is about, in order. */
export const SECTIONS = [
  'completeness', 'gaps', 'accuracy', 'consistency', 'anomalies', 'revisions', 'duplicates', 'providers', 'mended', 'work', 'handled',
] as const

export const sectionFields = v.strictObject({
  name: v.picklist(SECTIONS),
  title: v.string(),
  figures: v.array(figureFields),
  charts: v.array(chartFields),
  tables: v.array(tableFields),
  notes: v.array(v.string()),
})

export type Figure = v.InferInput<typeof figureFields>
export type Chart = v.InferInput<typeof chartFields>
export type Point = Chart['points'][number]
export type Table = v.InferInput<typeof tableFields>
export type Section = v.InferInput<typeof sectionFields>
