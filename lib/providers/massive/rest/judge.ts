import type { Judgement } from '../../bar-provider.js'
import { NAMES } from '../name.js'
import { said } from '../../json-answer.js'

/** What a response comes to. Refusals of 400 and 429 say why in `error`, those of 403 and 404 in `message`. */
export function judge({ status, body }: { status: number; body: Buffer }): Judgement {
  if (status === 200) return { kind: 'answer' }
  if (status === 404) return { kind: 'nothing' }
  const why = `(HTTP ${status}${reasonOf(body)})`
  const failed = (code: string, what: string, more: { hint?: string; again?: boolean; stops?: boolean } = {}): Judgement =>
    ({ kind: 'failed', code, message: `${NAMES.name} ${what} ${why}`, again: false, stops: false, ...more })
  if (status === 401) return failed('PROVIDER_KEY_REFUSED', 'refuses the key', { stops: true, hint: 'check MASSIVE_API_KEY' })
  if (status === 403) return failed('PROVIDER_NOT_ENTITLED', 'does not give this to the plan of the key', { stops: true, hint: 'https://massive.com/pricing shows what each plan covers' })
  if (status === 429) return failed('RATE_LIMITED', 'wants fewer requests', { again: true })
  if (status >= 500 || status === 408) return failed('PROVIDER_UNAVAILABLE', 'cannot answer now', { again: true })
  return failed('PROVIDER_REFUSED', 'refuses the request')
}

function reasonOf(body: Buffer): string {
  try {
    const { error, message } = JSON.parse(body.toString()) as Record<string, unknown>
    return said(error ?? message)
  } catch {
    return ''
  }
}
