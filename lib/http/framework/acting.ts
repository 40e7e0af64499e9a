import * as v from 'valibot'
import { IDEMPOTENCY_KEY, type Wanted } from '../../routines/acting/request.js'
import type { Asked } from './route.js'
import type { Site } from './site.js'

// What routes have in common by which something is done.

/** The header by which the same request again is the same action. */
export const KEYED = v.strictObject({ 'idempotency-key': v.optional(IDEMPOTENCY_KEY) })

export const TAKEN_ON = `It is done by a process of its own, with the login that is set for it, which goes on when the service ends; \`GET /actions/{id}\` follows it. With an Idempotency-Key the same request again is the
same action (\`existing\`), whatever has become of that.`.replaceAll('\n', ' ')

export const PROBLEMS = {
  409: 'The Idempotency-Key was given to another request',
  429: 'As many actions are being done as may be at once (or too many requests): again after the seconds of Retry-After',
} as const

/** Has something done, by who holds the token. */
export async function take({ action, request }: Wanted, { who, headers }: Pick<Asked<never, never, never, typeof KEYED>, 'who' | 'headers'>, { act }: Site) {
  const { actionId, existing } = await act({ action, request: { ...request }, requestedBy: who.name ?? 'admin', idempotencyKey: headers['idempotency-key'] ?? null })
  return { action_id: actionId, existing }
}
