/** The decimal with its whole part in groups of three: `1,442,048,636.45`. */
function grouped(value: string): [string, string] {
  const [whole = '', fraction] = value.split('.')
  return [whole.replace(/\B(?=(\d{3})+$)/g, ','), fraction === undefined ? '' : `.${fraction}`]
}

/** An exact decimal for people: every digit it has, thousands separated. */
export function exact(value: string): string {
  return grouped(value).join('')
}

/** A column of exact decimals with their points below each other; nothing is rounded and no zero is added. */
export function exactColumn(values: string[]): string[] {
  const parts = values.map(grouped)
  const width = Math.max(0, ...parts.map(([, fraction]) => fraction.length))
  return parts.map(([whole, fraction]) => whole + fraction.padEnd(width, ' '))
}
