const SYMBOL = /^[\x21-\x7e]{1,32}$/

/** Whether the text can be a symbol: 1 to 32 visible ASCII characters. Those of day files have up to 10; case matters. */
export function isSymbol(text: string): boolean {
  return SYMBOL.test(text)
}
