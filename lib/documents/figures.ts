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

/** A share for people, rounded down: what is not everything is not told as 100 %, and what is not nothing not as 0 %. */
export function percentText(share: number): string {
  const tenths = Math.floor(share * 10) / 10
  return tenths === 0 && share > 0 ? 'less than 0.1 %' : `${tenths.toFixed(1)} %`
}
