import { STATUS_CODES } from 'node:http'
import * as v from 'valibot'

/** What a request that cannot be answered is answered with: a problem document (RFC 9457). */
export const problem = v.strictObject({
  /** Which kind of problem, as a relative reference. */
  type: v.string(),
  title: v.string(),
  status: v.pipe(v.number(), v.integer()),
  /** The code, as docs/ERRORS.md lists it. */
  code: v.string(),
  /** What is wrong with this request, and what to do. */
  detail: v.string(),
  /** The request, as the service's log has it. */
  request_id: v.string(),
})

/** A request that cannot be answered as it is. Its words are told to whoever asked: nothing of the machinery behind belongs there. */
export class Problem extends Error {
  constructor(readonly status: number, readonly code: string, detail: string, readonly headers: Readonly<Record<string, string>> = {}) {
    super(detail)
    this.name = 'Problem'
  }
}

/** The document of a problem. */
export function problemDocument({ status, code, message }: Pick<Problem, 'status' | 'code' | 'message'>, requestId: string): v.InferInput<typeof problem> {
  return { type: `/problems/${code}`, title: STATUS_CODES[status] ?? 'Error', status, code, detail: message, request_id: requestId }
}
