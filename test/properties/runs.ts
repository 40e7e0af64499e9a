import type { Test } from 'tap'

/** `PROPERTY_RUNS` asks for so many times the inputs of the suite; `PROPERTY_SEED` for other ones: `make fuzz` sets both. */
const TIMES = Number(process.env['PROPERTY_RUNS'] ?? 1)
export const SEED = Number(process.env['PROPERTY_SEED'] ?? 1)

/** How many inputs to try where the suite tries so many, and says with which seed. */
export function inputs(t: Pick<Test, 'comment'>, inSuite: number): number {
  t.comment(`${inSuite * TIMES} inputs; again with: make fuzz PROPERTY_SEED=${SEED} PROPERTY_RUNS=${TIMES}`)
  return inSuite * TIMES
}
