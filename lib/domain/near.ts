import { distance } from 'fastest-levenshtein'

/** The names nearest to one that is not there, if near enough to be what was meant: a third of the letters may differ, so that two swapped ones do. */
export function near(name: string, known: readonly string[]): string[] {
  const distances = known.map((candidate) => distance(name, candidate))
  const least = Math.min(...distances)
  return least <= Math.ceil(name.length / 3) ? known.filter((_, index) => distances[index] === least) : []
}
