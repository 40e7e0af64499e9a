import type { Judgement } from '../bar-provider.js'
import { failed, judgeStatus } from '../judge-status.js'
import { said } from '../json-answer.js'

const NAME = 'yahoo'
/** Refusals have no more bytes. */
const SHORT = 1000
const NOTHING = /No data found|Data doesn't exist for startDate/

/** What a response comes to. Refusals are JSON or plain text, now and then with the status of an answer. */
export function judge({ status, body }: { status: number; body: Buffer }): Judgement {
  const text = body.length < SHORT ? body.toString() : ''
  const why = `HTTP ${status}${said(text.trim())}`
  if (status === 429 || /^\W*Too Many Requests/i.test(text)) return judgeStatus(NAME, 429, why)
  if (status === 404 || ([200, 400, 422].includes(status) && NOTHING.test(text))) return { kind: 'nothing' }
  if (status === 200) return { kind: 'answer' }
  if (status === 401 || status === 403) {
    return failed('PROVIDER_REFUSED', NAME, 'does not answer without a cookie and a crumb', why, { stops: true, hint: 'such refusals are of an address, and pass after hours or days: use another provider until then' })
  }
  return judgeStatus(NAME, status, why)
}
