const NAME = 'ohlcv.token'

/** The token that was taken in this tab; null: none, or the browser keeps nothing. */
export function keptToken(): string | null {
  try {
    return sessionStorage.getItem(NAME)
  } catch {
    return null
  }
}

/** Keeps the token as long as this tab is open; null: no longer. */
export function keepToken(token: string | null): void {
  try {
    if (token === null) sessionStorage.removeItem(NAME)
    else sessionStorage.setItem(NAME, token)
  } catch {
    // Then it is kept until the page is left.
  }
}
