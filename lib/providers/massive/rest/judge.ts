import type { Judgement } from '../../bar-provider.js'
import { said } from '../../json-answer.js'
import { failed, judgeStatus } from '../../judge-status.js'
import { NAMES } from '../name.js'

/** What a response comes to. Refusals of 400 and 429 say why in `error`, those of 403 and 404 in `message`. */
export function judge({ status, body }: { status: number; body: Buffer }): Judgement {
  if (status === 200) return { kind: 'answer' }
  if (status === 404) return { kind: 'nothing' }
  const why = `HTTP ${status}${reasonOf(body)}`
  if (status === 401) return failed('PROVIDER_KEY_REFUSED', NAMES.name, 'refuses the key', why, { stops: true, hint: 'check MASSIVE_API_KEY' })
  if (status === 403) return failed('PROVIDER_NOT_ENTITLED', NAMES.name, 'does not give this to the plan of the key', why, { stops: true, hint: 'https://massive.com/pricing shows what each plan covers' })
  return judgeStatus(NAMES.name, status, why)
}

function reasonOf(body: Buffer): string {
  try {
    const { error, message } = JSON.parse(body.toString()) as Record<string, unknown>
    return said(error ?? message)
  } catch {
    return ''
  }
}
