import { addDays, isoDate } from '../../../lib/domain/dates.js'
import type { RestMarket } from '../rest-market.js'
import type { Answer } from './dialect.js'

/** Rows of a page, whatever is asked for: fewer than the vendor gives, so that pages are followed. */
const PAGE = 2

/** The reference endpoints of splits and dividends: by ticker and ex-date, a cursor standing for the question of the pages after the first. */
export function massiveActions({ securities }: RestMarket, kind: 'splits' | 'dividends', asked: URLSearchParams, id: string): Answer {
  const question = new URLSearchParams(asked.has('cursor') ? Buffer.from(asked.get('cursor')!, 'base64url').toString() : asked)
  const ticker = question.get('ticker') ?? ''
  const field = kind === 'splits' ? 'execution_date' : 'ex_dividend_date'
  const [from, to, after] = [question.get(`${field}.gte`) ?? '', question.get(`${field}.lte`) ?? '9999', Number(question.get('after') ?? 0)]
  const { splits = [], dividends = [] } = Object.hasOwn(securities, ticker) ? securities[ticker]! : {}
  // Numbers are written as they are given, amounts with all their digits.
  const all = kind === 'splits'
    ? splits.map((split) => ({ date: split.date, row: `{"execution_date":"${split.date}","id":"E${split.date}","split_from":${split.from},"split_to":${split.to},"ticker":"${ticker}"}` }))
    : dividends.map(({ date, amount }) => ({
      date,
      row: `{"cash_amount":${amount},"currency":"USD","declaration_date":"${addDays(isoDate(date), -8)}","dividend_type":"CD","ex_dividend_date":"${date}","frequency":4,"id":"E${date}","pay_date":"${addDays(isoDate(date), 6)}","record_date":"${date}","ticker":"${ticker}"}`,
    }))
  const rows = all.filter(({ date }) => from <= date && date <= to).sort((a, b) => (a.date < b.date ? -1 : 1)).map(({ row }) => row)
  question.set('after', String(after + PAGE))
  const next = rows.length > after + PAGE ? `,"next_url":"https://api.polygon.io/v3/reference/${kind}?cursor=${Buffer.from(question.toString()).toString('base64url')}"` : ''
  return { status: 200, rows: null, body: () => `{"results":[${rows.slice(after, after + PAGE).join(',')}],"status":"OK","request_id":"${id}"${next}}` }
}
