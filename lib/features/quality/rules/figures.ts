/** From so many values on a median is taken. */
const LEAST = 10

const scratch = new Float64Array(128)

/** The middle of what the bars before a place in a window show; null with less than ten. */
export function medianBefore(at: number, figure: (place: number) => number): number | null {
  if (at < LEAST) return null
  for (let place = 0; place < at; place++) scratch[place] = figure(place)
  const sorted = scratch.subarray(0, at).sort()
  return (sorted[(at - 1) >> 1]! + sorted[at >> 1]!) / 2
}

/** What a change of so many percent upward is as a log return. */
export const logOf = (percent: number): number => Math.log1p(percent / 100)

/** A price or volume as it is told. */
export const told = (value: number): string => String(value)

/** A ratio as it is told: with four significant digits. */
export const roughly = (value: number): string => String(Number(value.toPrecision(4)))
