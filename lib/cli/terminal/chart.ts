import { plot } from 'asciichart'

/** A value on a date, as exact decimal text. */
export interface Point {
  date: string
  value: string
}

const HEIGHT = 8
/** The most columns a value is drawn over: a few closes should look like steps, not like one long line. */
const WIDEST_STEP = 4

/** So many values that the chart fits: the last one of each stretch where there are too many, each repeated where there are few. */
function fitted(values: number[], width: number): number[] {
  if (values.length > width) {
    return Array.from({ length: width }, (_, column) => values[Math.ceil(((column + 1) * values.length) / width) - 1] ?? 0)
  }
  const step = Math.min(Math.floor(width / values.length), WIDEST_STEP)
  return values.flatMap((value) => Array<number>(step).fill(value))
}

/** Digits after the point that tell the rows of the scale apart, at least two. */
function scaleDigits(low: number, high: number): number {
  const row = (high - low) / HEIGHT
  return row === 0 ? 2 : Math.min(Math.max(2, Math.ceil(-Math.log10(row))), 8)
}

/** A line chart of the values over time, at most so many columns wide, with the first and last date below it. Drawn with floats: for the eye. */
export function lineChart(points: Point[], columns: number): string {
  const numbers = points.map(({ value }) => Number(value))
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)]
  const digits = scaleDigits(low, high)
  const label = Math.max(low.toFixed(digits).length, high.toFixed(digits).length)
  const series = fitted(numbers, Math.max(columns - label - 3, 10))
  const drawn = plot(series, { height: HEIGHT, padding: ' '.repeat(label), format: (value) => value.toFixed(digits).padStart(label) })
  const [first, last] = [points[0]?.date ?? '', points.at(-1)?.date ?? '']
  const axis = series.length >= first.length + last.length + 2 ? `${first}${' '.repeat(series.length - first.length - last.length)}${last}` : `${first} .. ${last}`
  return [...drawn.split('\n').map((line) => line.trimEnd()), `${' '.repeat(label + 2)}${axis}`].join('\n')
}
