import type { CorporateActions, Dividend, Split } from '../../lib/domain/action.js'
import type { Decimal } from '../../lib/domain/bar.js'
import { isoDate } from '../../lib/domain/dates.js'
import { yahooAnswer } from '../helpers/yahoo-answers.js'

/** Whose bars the samples have. */
export const SYMBOL = 'BRK.B'
export const DATE = '2026-03-06'

interface Samples {
  /** What it calls symbols; null: it has no name for it. */
  symbols: Readonly<Record<string, string | null>>
  /** An answer with two days, the 5th and the 6th of March 2026. */
  days: string
  /** Its bars, in its order, as `slot open high low close volume transactions`. */
  bars: readonly string[]
  /** An answer without a bar. */
  nothing: string
  /** Fields without which an answer is another format, and how one is called something else. */
  needed: readonly string[]
  renamed: (answer: string, field: string) => string
  /** Whether an answer says whom it is about. */
  namesSymbol: boolean
  /** An answer as it says that its prices are adjusted, of providers that can give both; else null. */
  adjusted: ((answer: string) => string) | null
  /** An answer with both days, of which the provider says that the last may still change; null where it never says so. */
  provisional: string | null
  /** An answer with all symbols of the 6th, its bars as the others with their symbols in front; null where there is none such. */
  grouped: { answer: string; bars: readonly string[]; needed: readonly string[] } | null
  details: { answer: string; name: string } | null
  /** A file with both days and lines that end with LF, its bars as the others; null where there are none such. */
  files: { text: string; bars: readonly string[]; needed: readonly string[] } | null
  /** Answers to its questions about splits and dividends with an ex-date from 2026-01-01 to 2026-03-06, and others; null where it has none. */
  actions: { answers: readonly string[]; actions: CorporateActions; needed: readonly string[] } | null
  /** Responses by what they come to. */
  responses: Readonly<Record<'nothing' | 'stops' | 'again' | 'exhausted', readonly { status: number; body: string }[]>>
}

const row = (text: string): string => `{${text}}`

/** A field of JSON, called something else. */
const renamedInJson = (answer: string, field: string): string => answer.replace(`"${field}":`, `"${field}2":`)
/** A column of CSV, called something else. */
export const renamedInCsv = (text: string, column: string): string => text.replace(new RegExp(`(^|,)${column}(?=[,\\r\\n])`), `$1${column}2`)

/** A sentence in a 200. */
const told = (name: string, text: string): { status: number; body: string } => ({ status: 200, body: JSON.stringify({ [name]: text }) })

const STOOQ_HEADER = 'Date,Open,High,Low,Close,Volume\r\n'

/** Answers in the forms that were recorded, made by hand. */
export const BAR_SAMPLES: Readonly<Record<string, Samples>> = {
  massive: {
    symbols: { SPY: 'SPY', 'BRK.B': 'BRK.B', BCpC: 'BCpC', 'VST.WS.A': 'VST.WS.A' },
    days: `{"ticker":"BRK.B","queryCount":2,"resultsCount":2,"adjusted":false,"results":[${[
      row('"v":3.7039737e+07,"vw":155.5485,"o":154.89,"c":157.920,"h":158.85,"l":1.5423E2,"t":1772686800000,"n":1'),
      row('"v":12345678901234567.25,"o":0.0001,"c":12345678901.12345678,"h":12345678901.12345678,"l":0.0001,"t":1772773200000'),
    ].join(',')}],"status":"OK","request_id":"x","count":2}`,
    bars: ['0 154.89 158.85 154.23 157.92 37039737 1', '1 0.0001 12345678901.12345678 0.0001 12345678901.12345678 12345678901234567.25 null'],
    nothing: '{"ticker":"BRK.B","queryCount":0,"resultsCount":0,"adjusted":false,"status":"OK","request_id":"x","count":0}',
    needed: ['status', 'resultsCount', 'ticker', 'o', 'h', 'l', 'c', 'v', 't'],
    renamed: renamedInJson,
    namesSymbol: true,
    adjusted: (answer) => answer.replace('"adjusted":false', '"adjusted":true'),
    provisional: null,
    grouped: {
      answer: `{"queryCount":2,"resultsCount":2,"adjusted":false,"results":[${[
        row('"T":"PEBpF","v":16902.906,"vw":19.6913,"o":19.79,"c":19.66,"h":19.79,"l":19.48,"t":1772830800000,"n":175'),
        row('"T":"ZTST","v":0,"o":12345,"c":12345,"h":12345,"l":12345,"t":1772830800000'),
      ].join(',')}],"status":"OK","count":2}`,
      bars: ['PEBpF 0 19.79 19.79 19.48 19.66 16902.906 175', 'ZTST 0 12345 12345 12345 12345 0 null'],
      needed: ['status', 'resultsCount', 'T', 'o', 'h', 'l', 'c', 'v', 't'],
    },
    details: { answer: '{"request_id":"x","results":{"ticker":"BRK.B","name":"Berkshire Hathaway Inc. Class B","primary_exchange":"XNYS","type":"CS","active":true},"status":"OK"}', name: 'Berkshire Hathaway Inc. Class B' },
    files: null,
    actions: {
      answers: [
        `{"results":[${[
          '{"execution_date":"2026-03-06","id":"E1","split_from":1,"split_to":2e+06,"ticker":"BRK.B"}', '{"execution_date":"2026-02-02","id":"E2","split_from":8,"split_to":1,"ticker":"BRK.B"}',
          '{"execution_date":"2025-12-31","id":"E3","split_from":1,"split_to":4,"ticker":"BRK.B"}',
        ].join(',')}],"status":"OK","request_id":"x"}`,
        `{"results":[${[
          '{"cash_amount":1.680,"currency":"USD","declaration_date":"2026-01-28","dividend_type":"CD","ex_dividend_date":"2026-02-10","frequency":4,"id":"E4","pay_date":"2026-03-10","record_date":"2026-02-11","ticker":"BRK.B"}',
          '{"cash_amount":0.25,"dividend_type":"SC","ex_dividend_date":"2026-01-02","id":"E5","ticker":"BRK.B"}', '{"cash_amount":9,"dividend_type":"CD","ex_dividend_date":"2026-03-09","id":"E6","ticker":"BRK.B"}',
        ].join(',')}],"status":"OK","request_id":"x"}`,
      ],
      actions: {
        splits: [split('2026-03-06', '1', '2000000'), split('2026-02-02', '8', '1')],
        dividends: [
          { ...dividend('2026-02-10', '1.68'), currency: 'USD', declaredOn: isoDate('2026-01-28'), recordedOn: isoDate('2026-02-11'), paidOn: isoDate('2026-03-10') },
          { ...dividend('2026-01-02', '0.25'), kind: 'special' },
        ],
      },
      needed: ['status', 'ticker', 'split_from', 'split_to', 'cash_amount', 'dividend_type', 'ex_dividend_date'],
    },
    responses: {
      nothing: [{ status: 404, body: '{"status":"NOT_FOUND","message":"Data not found."}' }],
      stops: [{ status: 401, body: '{"status":"ERROR","error":"Unknown API Key"}' }, { status: 403, body: '{"status":"NOT_AUTHORIZED","message":"You are not entitled to this data."}' }],
      again: [{ status: 429, body: '{"status":"ERROR","error":"too many"}' }, { status: 500, body: '' }, { status: 503, body: '<html>' }],
      exhausted: [],
    },
  },
  alpha_vantage: {
    symbols: { SPY: 'SPY', 'BRK.B': 'BRK-B', BCpC: 'BC-P-C', ABRp: 'ABR-P', ABRpD: 'ABR-P-D', 'ACHR.WS': 'ACHR-WS', 'VST.WS.A': 'VST-WS-A', 'AAC.U': 'AAC-U', ACPr: 'ACP-R', ACPrw: null, 'MRTpA.CL': null, 'A/B': null },
    days: dailyAnswer('2026-03-06', [
      '"2026-03-06":{"1. open":"0.0001","2. high":"12345678901.12345678","3. low":"0.0001","4. close":"12345678901.12345678","5. volume":"12345678901234567"}',
      '"2026-03-05":{"1. open":"154.8900","2. high":"158.8500","3. low":"154.2300","4. close":"157.9200","5. volume":"37039737"}',
      '"2026-03-04":{"1. open":"1.0000","2. high":"1.0000","3. low":"1.0000","4. close":"1.0000","5. volume":"1"}',
    ]),
    bars: ['1 0.0001 12345678901.12345678 0.0001 12345678901.12345678 12345678901234567 null', '0 154.89 158.85 154.23 157.92 37039737 null'],
    nothing: dailyAnswer('2026-03-04', ['"2026-03-04":{"1. open":"1.0000","2. high":"1.0000","3. low":"1.0000","4. close":"1.0000","5. volume":"1"}']),
    needed: ['Meta Data', 'Symbol', 'Last Refreshed', 'Time Zone', 'Time Series (Daily)', '1. open', '2. high', '3. low', '4. close', '5. volume'],
    renamed: (answer, field) => answer.replace(new RegExp(`"(\\d\\. )?${field.replaceAll(/[().]/g, '\\$&')}":`), (found) => `${found.slice(0, -2)}2":`),
    namesSymbol: true,
    adjusted: null,
    provisional: dailyAnswer('2026-03-06 13:05:00', ['06', '05'].map((day) => `"2026-03-${day}":{"1. open":"1.0000","2. high":"1.0000","3. low":"1.0000","4. close":"1.0000","5. volume":"1"}`)),
    grouped: null,
    details: null,
    files: {
      text: 'timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient\n2026-03-06,219.3,220.91,217.615,219.3,217.85821743109733,6154450,0.0000,1.0\n2026-03-05,0.0001,1,0.0001,1,0.5,0,0.0000,1.0\n2026-03-04,1,1,1,1,1,1,0.0000,1.0\n',
      bars: ['1 219.3 220.91 217.615 219.3 6154450 null', '0 0.0001 1 0.0001 1 0 null'],
      needed: ['timestamp', 'open', 'high', 'low', 'close', 'volume'],
    },
    actions: {
      answers: [
        '{"symbol":"BRK-B","data":[{"effective_date":"2026-03-09","split_factor":"2.0000"},{"effective_date":"2026-03-06","split_factor":"0.0667"},{"effective_date":"2026-02-02","split_factor":"1.0460"},{"effective_date":"2010-01-21","split_factor":"50.0000"}]}',
        `{"symbol":"BRK-B","data":[${[
          '{"ex_dividend_date":"None","declaration_date":"2026-03-01","record_date":"None","payment_date":"None","amount":"1.40"}',
          '{"ex_dividend_date":"2026-02-10","declaration_date":"2026-01-28","record_date":"2026-02-11","payment_date":"2026-03-10","amount":"1.680"}',
          '{"ex_dividend_date":"2026-01-29","declaration_date":"None","record_date":"None","payment_date":"None","amount":"0"}',
          '{"ex_dividend_date":"2026-01-02","declaration_date":"None","record_date":"None","payment_date":"None","amount":"0.25"}',
          '{"ex_dividend_date":"2025-12-31","declaration_date":"None","record_date":"None","payment_date":"None","amount":"9"}',
        ].join(',')}]}`,
      ],
      actions: {
        splits: [split('2026-03-06', '15', '1'), split('2026-02-02', '1', '1.046')],
        dividends: [
          { ...dividend('2026-02-10', '1.68'), declaredOn: isoDate('2026-01-28'), recordedOn: isoDate('2026-02-11'), paidOn: isoDate('2026-03-10') },
          dividend('2026-01-02', '0.25'),
        ],
      },
      needed: ['symbol', 'data', 'split_factor', 'amount', 'ex_dividend_date'],
    },
    responses: {
      nothing: [told('Error Message', 'Invalid API call. Please retry or visit the documentation (https://www.alphavantage.co/documentation/) for TIME_SERIES_DAILY.')],
      stops: [
        told('Error Message', 'the parameter apikey is invalid or missing. Please claim your free API key on (https://www.alphavantage.co/support/#api-key). It should take less than 20 seconds.'),
        told('Information', 'The **demo** API key is for demo purposes only. Please claim your free API key at (https://www.alphavantage.co/support/#api-key) to explore our full API offerings.'),
        told('Information', 'Thank you for using Alpha Vantage! This is a premium endpoint. You may subscribe to any of the premium plans at https://www.alphavantage.co/premium/ to instantly unlock all premium endpoints'),
        told('Information', 'Thank you for using Alpha Vantage! The outputsize=full parameter value is a premium feature for the TIME_SERIES_DAILY endpoint. You may subscribe to any of the premium plans at https://www.alphavantage.co/premium/ to instantly unlock all premium features'),
      ],
      again: [
        told('Information', 'Please consider spreading out your free API requests more sparingly (1 request per second). You may subscribe to any of the premium plans at https://www.alphavantage.co/premium/ to lift the free key rate limit (25 requests per day), raise the per-second burst limit.'),
        told('Note', 'Thank you for using Alpha Vantage! Our standard API call frequency is 5 calls per minute and 500 calls per day. Please visit https://www.alphavantage.co/premium/.'),
        { status: 429, body: '' }, { status: 503, body: '<html>' },
      ],
      exhausted: [told('Information', 'We have detected your API key as REDACTED and our standard API rate limit is 25 requests per day. Please subscribe to any of the premium plans at https://www.alphavantage.co/premium/ to instantly remove all daily rate limits.')],
    },
  },
  stooq: {
    symbols: { SPY: 'spy.us', 'BRK.B': 'brk-b.us', BCpC: 'bc_c.us', ETIp: 'eti_.us', 'NE.WS.A': 'ne-ws-a.us', 'AAC.U': 'aac-u.us', AIIAr: 'aiia-r.us', AANw: null, 'A/B': null },
    days: `${STOOQ_HEADER}2026-03-05,154.89,158.85,154.23,157.920,37039737\r\n2026-03-06,0.0001,12345678901.12345678,0.0001,12345678901.12345678,12345678901234567.250000\r\n`,
    bars: ['0 154.89 158.85 154.23 157.92 37039737 null', '1 0.0001 12345678901.12345678 0.0001 12345678901.12345678 12345678901234567.25 null'],
    nothing: STOOQ_HEADER,
    needed: ['Date', 'Open', 'High', 'Low', 'Close', 'Volume'],
    renamed: renamedInCsv,
    namesSymbol: false,
    adjusted: null,
    provisional: null,
    grouped: null,
    details: null,
    files: {
      text: 'Data,Otwarcie,Najwyzszy,Najnizszy,Zamkniecie,Wolumen\n2026-03-04,1,1,1,1,1\n2026-03-05,1.13333,1.13333,1.13333,1.13333,0\n2026-03-06,42.9362,43.2708,42.9099,43.118,31516851.906099\n',
      bars: ['0 1.13333 1.13333 1.13333 1.13333 0 null', '1 42.9362 43.2708 42.9099 43.118 31516851.906099 null'],
      needed: ['Data', 'Otwarcie', 'Najwyzszy', 'Najnizszy', 'Zamkniecie', 'Wolumen'],
    },
    actions: null,
    responses: {
      nothing: [{ status: 200, body: 'No data' }],
      stops: [
        { status: 200, body: 'Get your apikey:\n1. Open https://stooq.com/q/d/?s=aapl.us&get_apikey\n2. Enter the captcha code.' }, { status: 200, body: 'Access denied' },
        { status: 200, body: '<!DOCTYPE html><html><head><title>Verifying your browser</title></head></html>' },
      ],
      again: [{ status: 429, body: '' }, { status: 503, body: '<html>' }],
      exhausted: [{ status: 200, body: 'Exceeded the daily hits limit' }],
    },
  },
  yahoo: {
    symbols: { SPY: 'SPY', 'BRK.B': 'BRK-B', BCpC: 'BC-PC', ETIp: 'ETI-P', 'NE.WS.A': 'NE-WTA', 'AAC.U': 'AAC-UN', AIIAr: 'AIIA-RI', AANw: null, 'A/B': null },
    days: yahooAnswer([
      '2026-03-04 1 1 1 1 1', '2026-03-05 154.89 158.85 1.5423E2 157.920 3.7039737e+07',
      '2026-03-06 0.0001 12345678901.12345678 0.0001 12345678901.12345678 12345678901234567.25', '2026-03-09 1 1 1 1 1',
    ], { symbol: 'BRK-B' }),
    bars: ['0 154.89 158.85 154.23 157.92 37039737 null', '1 0.0001 12345678901.12345678 0.0001 12345678901.12345678 12345678901234567.25 null'],
    nothing: yahooAnswer([], { symbol: 'BRK-B' }),
    needed: ['chart', 'result', 'meta', 'symbol', 'currency', 'instrumentType', 'exchangeTimezoneName', 'dataGranularity', 'timestamp', 'indicators', 'quote', 'open', 'high', 'low', 'close', 'volume'],
    renamed: renamedInJson,
    namesSymbol: true,
    adjusted: null,
    provisional: yahooAnswer(['2026-03-05 1 1 1 1 1', '2026-03-06T16:00:01 1 1 1 1 1'], { symbol: 'BRK-B' }),
    grouped: null,
    details: null,
    files: {
      text: 'Date,Open,High,Low,Close,Adj Close,Volume\n2026-03-04,null,null,null,null,null,null\n2026-03-05,154.889999,158.850006,154.229996,157.919998,155.548500,37039700\n2026-03-06,1,1,1,1,0.5,0\n',
      bars: ['0 154.889999 158.850006 154.229996 157.919998 37039700 null', '1 1 1 1 1 0 null'],
      needed: ['Date', 'Open', 'High', 'Low', 'Close', 'Adj Close', 'Volume'],
    },
    actions: {
      answers: [yahooAnswer(['2026-03-05 1 1 1 1 1', '2026-03-06 1 1 1 1 1'], {
        symbol: 'BRK-B', splits: ['2010-01-21 50:1', '2026-02-02 4.0:1.0', '2026-02-03 1281:1000'], dividends: ['2026-02-10 1.680', '2026-03-06 0.123456', '2026-01-02 9', '2025-12-31 9'],
      })],
      actions: {
        splits: [split('2026-02-02', '1', '4'), split('2026-02-03', '1000', '1281')],
        // What was paid before a spin-off is not known.
        dividends: [{ ...dividend('2026-02-10', '1.68'), currency: 'USD' }, { ...dividend('2026-03-06', '0.123456'), currency: 'USD' }],
      },
      needed: ['chart', 'symbol', 'date', 'amount', 'numerator', 'denominator'],
    },
    responses: {
      nothing: [
        { status: 404, body: '{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found, symbol may be delisted"}}}' },
        { status: 400, body: "400 Bad Request: Data doesn't exist for startDate = 1262304000, endDate = 1262995200" },
      ],
      stops: [{ status: 401, body: '{"finance":{"result":null,"error":{"code":"Unauthorized","description":"Invalid Crumb"}}}' }],
      again: [{ status: 429, body: 'Too Many Requests\r\n' }, { status: 200, body: 'Too Many Requests\r\n' }, { status: 502, body: '<html>' }],
      exhausted: [],
    },
  },
}

/** Days as Alpha Vantage gives them. */
function dailyAnswer(refreshed: string, rows: readonly string[]): string {
  return `{"Meta Data":{"1. Information":"Daily Prices (open, high, low, close) and Volumes","2. Symbol":"BRK-B","3. Last Refreshed":"${refreshed}","4. Output Size":"Compact","5. Time Zone":"US/Eastern"},"Time Series (Daily)":{${rows.join(',')}}}`
}

function split(date: string, from: string, to: string): Split {
  return { exDate: isoDate(date), from: from as Decimal, to: to as Decimal }
}

function dividend(date: string, amount: string): Dividend {
  return { exDate: isoDate(date), kind: 'regular', amount: amount as Decimal, currency: null, declaredOn: null, recordedOn: null, paidOn: null }
}
