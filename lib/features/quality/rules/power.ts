/** How far a price may have moved beside being a power of ten off: as far as 25 percent. */
const NEAR = Math.log10(1.25)

/** The power of ten that a ratio is near to; 0 where it is near to none, or to one itself. */
export function powerOfTen(ratio: number): number {
  const power = Math.log10(ratio)
  const whole = Math.round(power)
  return Number.isFinite(power) && Math.abs(power - whole) <= NEAR ? whole : 0
}
