import { none } from 'stream-chain'

export { none }

/** A step on one row: what the next stage gets, or `none` when the row ends here (and the tally knows why). */
export type Stage<In, Out> = (row: In) => Out | typeof none

type AnyStage = Stage<never, unknown>
type OutOf<S> = S extends (row: never) => infer Out ? Exclude<Out, typeof none> : never

/** Stages as they have to be after one that gives `Given`: each takes what the one before it gives. */
type Fitting<Given, Stages extends readonly unknown[]> = Stages extends readonly [infer Next, ...infer Rest]
  ? [(row: Given) => unknown, ...Fitting<OutOf<Next>, Rest>]
  : []

/** The first stage's input to the last one's output. */
type Composed<First, Stages extends readonly unknown[]> =
  First extends (row: infer In) => unknown ? Stage<In, Stages extends readonly [...unknown[], infer Last] ? OutOf<Last> : OutOf<First>> : never

/** Stages as one. What one gives the next has to take, or it does not compile. */
export function inOrder<First extends AnyStage, Rest extends readonly AnyStage[]>(first: First, ...rest: Rest & Fitting<OutOf<First>, Rest>): Composed<First, Rest> {
  const all = [first, ...rest] as Stage<unknown, unknown>[]
  return all.reduce((before, next) => (row) => {
    const given = before(row)
    return given === none ? none : next(given)
  }) as Composed<First, Rest>
}
