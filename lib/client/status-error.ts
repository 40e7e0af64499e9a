/** A problem as RFC 9457 writes it down. */
interface Problem {
  type: string
  title: string
  status: number
  code: string
  detail: string
  request_id: string
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string' && 'detail' in body && typeof body.detail === 'string'
}

/** Why a question was not answered: the problem that the service told, or that it could not be reached. */
export class StatusError extends Error {
  override readonly name = 'StatusError'
  /** As docs/ERRORS.md lists it; `UNREACHABLE` where nobody answered, `UNREADABLE` where something else than the service did. */
  readonly code: string
  /** Of the answer; 0 where there was none. */
  readonly status: number
  readonly type: string
  readonly title: string
  /** What is wrong, and what to do. */
  readonly detail: string
  /** By which the service's log has the request. */
  readonly requestId: string | null
  /** In how many seconds it may be asked again; null where the service has not said. */
  readonly retryAfter: number | null

  private constructor({ type, title, status, code, detail, request_id: requestId }: Omit<Problem, 'request_id'> & { request_id: string | null }, options: { retryAfter?: number | null; cause?: unknown } = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = status
    this.type = type
    this.title = title
    this.detail = detail
    this.requestId = requestId
    this.retryAfter = options.retryAfter ?? null
  }

  /** What an answer that refuses says. */
  static async of(response: Response): Promise<StatusError> {
    const body: unknown = await response.json().catch(() => null)
    if (!isProblem(body)) return StatusError.unreadable(response, undefined)
    const wait = Number(response.headers.get('retry-after') ?? Number.NaN)
    return new StatusError({ ...body, status: response.status }, { retryAfter: Number.isFinite(wait) ? wait : null })
  }

  static unreachable(cause: unknown): StatusError {
    return new StatusError({ type: 'about:blank', title: 'Unreachable', status: 0, code: 'UNREACHABLE', detail: 'the service cannot be reached', request_id: null }, { cause })
  }

  static unreadable({ status }: Response, cause: unknown): StatusError {
    return new StatusError({ type: 'about:blank', title: 'Unreadable', status, code: 'UNREADABLE', detail: `the answer (status ${status}) is none of the status service`, request_id: null }, { cause })
  }
}
