const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** A size for people: `512 B`, `7.6 MB`, units of 1024. */
export function fileSize(bytes: number): string {
  let size = bytes
  let unit = 0
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024
    unit++
  }
  return `${size >= 100 || unit === 0 ? Math.round(size) : size.toFixed(1)} ${UNITS[unit]}`
}
