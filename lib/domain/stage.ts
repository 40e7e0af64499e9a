import { none } from 'stream-chain'

export { none }

/** A step on one row: what the next stage gets, or `none` when the row ends here (and the tally knows why). */
export type Stage<In, Out> = (row: In) => Out | typeof none

/** Six stages as one. */
export function inOrder<A, B, C, D, E, F, G>(
  first: Stage<A, B>, second: Stage<B, C>, third: Stage<C, D>, fourth: Stage<D, E>, fifth: Stage<E, F>, sixth: Stage<F, G>,
): Stage<A, G> {
  return (row) => {
    const b = first(row)
    if (b === none) return none
    const c = second(b)
    if (c === none) return none
    const d = third(c)
    if (d === none) return none
    const e = fourth(d)
    if (e === none) return none
    const f = fifth(e)
    return f === none ? none : sixth(f)
  }
}
