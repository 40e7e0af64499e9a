import type { Judgement } from './bar-provider.js'

/** What to make of a response that is no answer. @param why it says itself, to stand in brackets */
export function failed(code: string, provider: string, what: string, why: string, more: { hint?: string; again?: boolean; stops?: boolean } = {}): Judgement {
  return { kind: 'failed', code, message: `${provider} ${what} (${why})`, again: false, stops: false, ...more }
}

/** What statuses come to that mean the same whoever answers. */
export function judgeStatus(provider: string, status: number, why: string): Judgement {
  if (status === 429) return failed('RATE_LIMITED', provider, 'wants fewer requests', why, { again: true })
  if (status >= 500 || status === 408) return failed('PROVIDER_UNAVAILABLE', provider, 'cannot answer now', why, { again: true })
  return failed('PROVIDER_REFUSED', provider, 'refuses the request', why)
}
