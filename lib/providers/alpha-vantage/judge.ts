import type { Judgement } from '../bar-provider.js'
import { failed, judgeStatus } from '../judge-status.js'
import { said } from '../json-answer.js'
import { NAMES } from './name.js'

/** No message is longer: what is, has bars. */
const LONGEST_MESSAGE = 4096

/** The names under which something else than data is told. */
const TOLD = ['Error Message', 'Information', 'Note']

const PLANS = 'https://www.alphavantage.co/premium/'

/** What a sentence comes to. */
interface Meaning {
  code: string
  what: string
  more: { hint?: string; again?: boolean; stops?: boolean }
}

/**
 * What is told in a 200, by what it says. The first that fits: the text about requests a second names the limit of a day too, and both name plans and keys.
 */
const MEANINGS: readonly [RegExp, Meaning][] = [
  [/per second|sparingly/i, { code: 'RATE_LIMITED', what: 'wants fewer requests a second', more: { again: true } }],
  [/per minute/i, { code: 'RATE_LIMITED', what: 'wants fewer requests a minute', more: { again: true } }],
  [/(?:requests|calls) per day|daily (?:rate )?limit/i, { code: 'QUOTA_USED_UP', what: 'gives nothing more to the key today', more: {
    stops: true, hint: `it does not say when its day begins: fetch again after midnight in New York; ${PLANS} has plans without a limit for the day, and per_day in providers.yaml may say that of yours`,
  } }],
  [/apikey|api key/i, { code: 'PROVIDER_KEY_REFUSED', what: 'refuses the key', more: { stops: true, hint: 'check ALPHA_VANTAGE_API_KEY' } }],
  [/premium/i, { code: 'PROVIDER_NOT_ENTITLED', what: 'does not give this to the plan of the key', more: {
    stops: true, hint: `the free plan has days of the last 100 sessions, weeks and months; ${PLANS} shows the others`,
  } }],
]

/** What a response comes to: whatever is wrong is told in a sentence, with 200. */
export function judge({ status, body }: { status: number; body: Buffer }): Judgement {
  const message = messageIn(body)
  const why = `HTTP ${status}${said(message)}`
  if (status !== 200) return judgeStatus(NAMES.name, status, why)
  if (message === undefined) return { kind: 'answer' }
  if (/^invalid api call/i.test(message)) return { kind: 'nothing' }
  const { code, what, more }: Meaning = MEANINGS.find(([form]) => form.test(message))?.[1] ?? { code: 'PROVIDER_REFUSED', what: 'refuses the request', more: {} }
  return failed(code, NAMES.name, what, why, more)
}

/** The sentence of an answer that has nothing else in it. */
function messageIn(body: Buffer): string | undefined {
  if (body.length > LONGEST_MESSAGE) return undefined
  try {
    const answer = JSON.parse(body.toString()) as Readonly<Record<string, unknown>> | null
    return TOLD.map((name) => answer?.[name]).find((value) => typeof value === 'string')
  } catch {
    return undefined
  }
}
