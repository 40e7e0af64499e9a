import type { Judgement } from '../bar-provider.js'
import { failed, judgeStatus } from '../judge-status.js'
import { said } from '../json-answer.js'

const NAME = 'stooq'

/** What a response comes to. Whatever is wrong is told in the body of a 200, in English or Polish. */
export function judge({ status, body }: { status: number; body: Buffer }): Judgement {
  const text = body.subarray(0, 400).toString().trim()
  const why = `HTTP ${status}${said(text.split(/\r?\n/)[0])}`
  if (status === 401 || status === 403 || /^(?:Access denied|Unauthorized)/i.test(text)) {
    return failed('PROVIDER_REFUSED', NAME, 'does not answer this address', why, { stops: true, hint: 'it refuses those of data centers: use another provider, or files that were downloaded elsewhere' })
  }
  if (status !== 200) return judgeStatus(NAME, status, why)
  if (/^(?:No data|Brak danych)/i.test(text)) return { kind: 'nothing' }
  if (/^(?:Exceeded the daily hits limit|Przekroczony dzienny limit)/i.test(text)) {
    return failed('QUOTA_USED_UP', NAME, 'has been asked as often as it allows in a day', why, { stops: true, hint: 'fetch again tomorrow, or ask it less: providers.yaml' })
  }
  if (/^Get your apikey/i.test(text)) return failed('PROVIDER_KEY_REFUSED', NAME, 'does not know the key', why, { stops: true, hint: 'check STOOQ_API_KEY; https://stooq.com/q/d/?s=aapl.us&get_apikey gives one' })
  if (text.startsWith('<')) {
    return failed('PROVIDER_WANTS_BROWSER', NAME, 'answers with a page that only a browser gets past', why, { stops: true, hint: 'download the files with one and run: ohlcv import csv FILE --provider stooq' })
  }
  return { kind: 'answer' }
}
