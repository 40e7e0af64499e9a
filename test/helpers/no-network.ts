import { BAR_PROVIDERS } from '../../lib/providers/bar-providers.js'

/** Where nobody answers. */
const NOWHERE = 'http://127.0.0.1:1'

/** Settings by which no provider can be reached, whoever is chosen: a test says itself where those are that it asks. */
export const NO_NETWORK: Readonly<Record<string, string>> = Object.fromEntries(BAR_PROVIDERS.map(({ api: { baseUrl } }) => [baseUrl.env, NOWHERE]))
