/** Whose bars the samples have. */
export const SYMBOL = 'BRK.B'
export const DATE = '2026-03-06'

interface Samples {
  /** An answer with two days, the 5th and the 6th of March 2026. */
  days: string
  /** Its bars as `slot open high low close volume transactions`. */
  bars: readonly string[]
  /** An answer without a bar. */
  nothing: string
  /** Fields without which an answer is another format. */
  needed: readonly string[]
  /** An answer with all symbols of the 6th, its bars as the others with their symbols in front; null where there is none such. */
  grouped: { answer: string; bars: readonly string[]; needed: readonly string[] } | null
  details: { answer: string; name: string } | null
  /** Responses by what they come to. */
  responses: Readonly<Record<'nothing' | 'stops' | 'again', readonly { status: number; body: string }[]>>
}

const row = (text: string): string => `{${text}}`

/** Answers in the forms that were recorded, made by hand. */
export const BAR_SAMPLES: Readonly<Record<string, Samples>> = {
  massive: {
    days: `{"ticker":"BRK.B","queryCount":2,"resultsCount":2,"adjusted":false,"results":[${[
      row('"v":3.7039737e+07,"vw":155.5485,"o":154.89,"c":157.920,"h":158.85,"l":1.5423E2,"t":1772686800000,"n":1'),
      row('"v":12345678901234567.25,"o":0.0001,"c":12345678901.12345678,"h":12345678901.12345678,"l":0.0001,"t":1772773200000'),
    ].join(',')}],"status":"OK","request_id":"x","count":2}`,
    bars: ['0 154.89 158.85 154.23 157.92 37039737 1', '1 0.0001 12345678901.12345678 0.0001 12345678901.12345678 12345678901234567.25 null'],
    nothing: '{"ticker":"BRK.B","queryCount":0,"resultsCount":0,"adjusted":false,"status":"OK","request_id":"x","count":0}',
    needed: ['status', 'resultsCount', 'ticker', 'o', 'h', 'l', 'c', 'v', 't'],
    grouped: {
      answer: `{"queryCount":2,"resultsCount":2,"adjusted":false,"results":[${[
        row('"T":"PEBpF","v":16902.906,"vw":19.6913,"o":19.79,"c":19.66,"h":19.79,"l":19.48,"t":1772830800000,"n":175'),
        row('"T":"ZTST","v":0,"o":12345,"c":12345,"h":12345,"l":12345,"t":1772830800000'),
      ].join(',')}],"status":"OK","count":2}`,
      bars: ['PEBpF 0 19.79 19.79 19.48 19.66 16902.906 175', 'ZTST 0 12345 12345 12345 12345 0 null'],
      needed: ['status', 'resultsCount', 'T', 'o', 'h', 'l', 'c', 'v', 't'],
    },
    details: { answer: '{"request_id":"x","results":{"ticker":"BRK.B","name":"Berkshire Hathaway Inc. Class B","primary_exchange":"XNYS","type":"CS","active":true},"status":"OK"}', name: 'Berkshire Hathaway Inc. Class B' },
    responses: {
      nothing: [{ status: 404, body: '{"status":"NOT_FOUND","message":"Data not found."}' }],
      stops: [{ status: 401, body: '{"status":"ERROR","error":"Unknown API Key"}' }, { status: 403, body: '{"status":"NOT_AUTHORIZED","message":"You are not entitled to this data."}' }],
      again: [{ status: 429, body: '{"status":"ERROR","error":"too many"}' }, { status: 500, body: '' }, { status: 503, body: '<html>' }],
    },
  },
}
