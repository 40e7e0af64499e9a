/** An instant for people, in UTC: `2026-11-21 03:16:42Z`. */
export function instant(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')}Z`
}

/** A duration for people: `0.4 s`, `12 s`, `3 m 05 s`, `2 h 10 m`. */
export function duration(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60]
  if (minutes < 60) return `${minutes} m ${String(rest).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} m`
}

/** How long an answer took, for people: `214 ms`, and from a second on as a duration. */
export function latency(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : duration(ms)
}
