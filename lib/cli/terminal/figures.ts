/** A whole number with thousands separated: `12,345`. */
export function figure(value: number): string {
  return value.toLocaleString('en-US')
}

/** So many of something: `1 row`, `2,345 rows`, `3 securities`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${figure(count)} ${count === 1 ? one : many}`
}

/** A few of many: `A, B, C and 7 more`. */
export function few(items: readonly string[], most = 5): string {
  return items.length <= most ? items.join(', ') : `${items.slice(0, most).join(', ')} and ${figure(items.length - most)} more`
}
