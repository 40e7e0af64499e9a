import type { Exchange } from './exchange.js'
import { XNYS } from './exchanges/xnys.js'
import { XTSE } from './exchanges/xtse.js'

/** Every exchange whose days are known; the first is the one whose day files are loaded. */
export const EXCHANGES: readonly [Exchange, ...Exchange[]] = [XNYS, XTSE]
