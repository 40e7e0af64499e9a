import type { Exchange } from './exchange.js'
import { XNYS } from './exchanges/xnys.js'
import { XTSE } from './exchanges/xtse.js'

/** Every exchange whose days are known. */
const EXCHANGES: readonly Exchange[] = [XNYS, XTSE]

/** The exchange whose sessions are loaded. */
export const DEFAULT_EXCHANGE = XNYS

/** Every code that names an exchange, aliases too. */
export const EXCHANGE_CODES: readonly string[] = EXCHANGES.flatMap(({ code, aliases }) => [code, ...aliases])

/** The exchange that has the code, or for which it is an alias; undefined where there is none. */
export function exchangeNamed(code: string): Exchange | undefined {
  return EXCHANGES.find((exchange) => exchange.code === code || exchange.aliases.includes(code))
}
