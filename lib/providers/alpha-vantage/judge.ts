import type { Judgement } from '../bar-provider.js'
import { said } from '../json-answer.js'
import { NAMES } from './name.js'

/** No message is longer: what is, has bars. */
const LONGEST_MESSAGE = 4096

/** The names under which something else than data is told. */
const TOLD = ['Error Message', 'Information', 'Note']

const PLANS = 'https://www.alphavantage.co/premium/'

type Failed = Omit<Extract<Judgement, { kind: 'failed' }>, 'kind' | 'message'>

/**
 * What is told in a 200, by what it says. The first that fits: the text about requests a second names the limit of a day too, both name plans, and that about
 * the day has the key in it, which is why the first word is of the limit.
 */
const MESSAGES: readonly [RegExp, Failed & { what: string }][] = [
  [/per second|sparingly/i, { code: 'RATE_LIMITED', what: 'wants fewer requests a second', again: true, stops: false }],
  [/per minute/i, { code: 'RATE_LIMITED', what: 'wants fewer requests a minute', again: true, stops: false }],
  [/(?:requests|calls) per day|daily (?:rate )?limit/i, {
    code: 'QUOTA_USED_UP', what: 'gives nothing more to the key today', again: false, stops: true,
    hint: `the vendor does not say when its day begins: try again after midnight in New York; ${PLANS} has plans without a limit for the day, and per_day in providers.yaml may say that of yours`,
  }],
  [/apikey|api key/i, { code: 'PROVIDER_KEY_REFUSED', what: 'refuses the key', again: false, stops: true, hint: 'check ALPHA_VANTAGE_API_KEY' }],
  [/premium/i, {
    code: 'PROVIDER_NOT_ENTITLED', what: 'does not give this to the plan of the key', again: false, stops: true,
    hint: `the free plan has days of the last 100 sessions, weeks and months; ${PLANS} shows the others`,
  }],
]

/** What a response comes to: refusals come with 200, and as a sentence. */
export function judge({ status, body }: { status: number; body: Buffer }): Judgement {
  const failed = ({ what, ...more }: Failed & { what: string }, why: string): Judgement => ({ kind: 'failed', message: `${NAMES.name} ${what} ${why}`, ...more })
  if (status === 429) return failed({ code: 'RATE_LIMITED', what: 'wants fewer requests', again: true, stops: false }, '(HTTP 429)')
  if (status >= 500 || status === 408) return failed({ code: 'PROVIDER_UNAVAILABLE', what: 'cannot answer now', again: true, stops: false }, `(HTTP ${status})`)
  const refusal = { code: 'PROVIDER_REFUSED', what: 'refuses the request', again: false, stops: false }
  if (status !== 200) return failed(refusal, `(HTTP ${status})`)
  const message = messageIn(body)
  if (message === undefined) return { kind: 'answer' }
  if (/^invalid api call/i.test(message)) return { kind: 'nothing' }
  return failed(MESSAGES.find(([form]) => form.test(message))?.[1] ?? refusal, `(HTTP 200${said(message)})`)
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
