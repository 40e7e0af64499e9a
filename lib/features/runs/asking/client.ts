import { setTimeout as sleep } from 'node:timers/promises'
import { SourceError, UsageError } from '../../../domain/errors.js'
import { Refusals, refusalOfStatus, type Refusal } from '../../../domain/refusals.js'
import type { BarProvider, Judgement, Question } from '../../../providers/bar-provider.js'
import { baseUrl } from '../../../transport/http/base-url.js'
import { HttpFailure } from '../../../transport/http/failure.js'
import { HttpClient, type HttpAnswer } from '../../../transport/http/http.js'
import { retry, TransientError, type RetryTools } from '../../../transport/retry.js'
import type { Runtime } from '../runtime.js'
import { QuotaUsedUp, type Gate } from './gate.js'
import { readKey, settingOf, type Key } from './key.js'

/** One request as it was sent, and what came of it. */
export interface Try {
  at: Date
  /** Of the answer; null where there was none. */
  status: number | null
  /** Why it failed; null where it did not. */
  code: string | null
  /** From the try before it, or from the asking, until it was sent: for what that try came to, and for leave to send it. */
  waitedMs: number
  durationMs: number
  /** Of the body, as they came. */
  bytes: number
}

/** A question that got no answer. */
export class AskFailure extends SourceError {
  constructor(
    code: string, message: string, readonly tries: readonly Try[],
    /** Whether the provider is of no further use in this job. */
    readonly stops: boolean,
    hint?: string,
    /** When it may be asked again; null where nobody knows. */
    readonly until: Date | null = null,
  ) {
    super(code, message, hint === undefined ? {} : { hint })
  }
}

/** What a question came to. */
export interface Asked {
  /** Decoded, without the key; null where the provider knows no such symbol. */
  body: Buffer | null
  tries: Try[]
  /** Of the last try. */
  durationMs: number
}

export interface ClientOptions extends Pick<Runtime, 'now' | 'log'> {
  env: NodeJS.ProcessEnv
  gate: Gate
  /** Most requests at a time. */
  connections: number
  tools?: Partial<Omit<RetryTools, 'onRetry'>>
}

type Failed = Extract<Judgement, { kind: 'failed' }>

/** Milliseconds before the second try; twice as long before each further one. */
const FIRST_WAIT_MS = 1000
const FIRST_WAIT_OF_LIMITED_MS = 5000
/** By how much of itself a wait is longer or shorter at most, so that those who failed together do not come back together. */
const JITTER = 0.1
/** No wait that a provider asks for is longer. */
const MOST_WAIT_MS = 5 * 60_000

/** Asks one provider: with leave for each request, again where it may help, and without a trace of its key. */
export class ProviderClient {
  /** What the provider refused. */
  readonly refusals = new Refusals()
  readonly #http: HttpClient
  readonly #key: Key
  /** Without the environment, which has the key in it. */
  readonly #options: Pick<ClientOptions, 'gate' | 'now' | 'log'>
  readonly #tools: Omit<RetryTools, 'onRetry'>
  /** Resolves when the first question has come to its end. */
  #first: Promise<void> | undefined

  /** @throws UsageError where the environment lacks the key, or has settings that cannot be used */
  constructor(readonly provider: BarProvider, { env, connections, tools, ...options }: ClientOptions) {
    const { api } = provider
    this.#options = options
    this.#key = readKey(api.key, env)
    const base = baseUrl(settingOf(env, api.baseUrl.env) ?? api.baseUrl.fallback, api.baseUrl.env)
    this.#http = new HttpClient({ base, timeoutMs: timeoutOf(settingOf(env, api.timeout.env) ?? String(api.timeout.fallback), api.timeout.env), connections })
    this.#tools = { random: Math.random, now: () => performance.now(), delay: (ms, signal) => sleep(ms, undefined, { signal }), ...tools }
  }

  /**
   * @param onTry told of each try as it ends, the first being number 1
   * @throws AskFailure, or the signal's reason
   */
  async ask(question: Question, signal: AbortSignal, onTry?: (tried: Try, attempt: number) => void): Promise<Asked> {
    const tries: Try[] = []
    let since = this.#tools.now()
    let refused: Refusal | undefined
    const first = this.#first
    const attempt = async (): Promise<Asked> => {
      await first
      // What takes its time comes first: leave is for an instant.
      await this.#http.ready()
      const leave = await this.#leave(tries, signal)
      const at = this.#options.now()
      const sent = this.#tools.now()
      const told = (status: number | null, bytes: number, code: string | null): void => {
        const ended = this.#tools.now()
        const tried = { at, status, code, waitedMs: Math.round(sent - since), durationMs: Math.round(ended - sent), bytes }
        since = ended
        tries.push(tried)
        // Some say so with a status that says otherwise.
        refused = refusalOfStatus(status) ?? (code === 'RATE_LIMITED' ? 'rate_limited' : undefined)
        if (refused !== undefined) this.refusals.met(refused)
        onTry?.(tried, tries.length)
      }
      let answer: HttpAnswer
      try {
        answer = await this.#http.get(pathOf({ ...question, query: { ...question.query, ...this.#key.query } }), { ...this.provider.api.headers, ...this.#key.headers }, signal)
      } catch (error) {
        if (!(error instanceof HttpFailure)) throw error
        if (!error.sent) await leave.giveBack()
        told(error.status, error.bytes, error.code)
        throw this.#failure({ kind: 'failed', stops: false, ...pick(error) }, null, tries)
      }
      const body = this.#key.redacted(answer.body)
      const judgement = this.provider.judge({ status: answer.status, body })
      told(answer.status, answer.bytes, judgement.kind === 'failed' ? judgement.code : null)
      if (judgement.kind === 'failed') throw this.#failure(judgement, answer.retryAfter, tries)
      return { body: judgement.kind === 'nothing' ? null : body, tries, durationMs: tries.at(-1)!.durationMs }
    }
    // Each failure says itself how long to wait, so that the policy adds nothing.
    const policy = { attempts: this.provider.tries, baseMs: 0, capMs: 0, budgetMs: Infinity }
    const onRetry = ({ final }: TransientError, waitMs: number): void => {
      this.#options.log.warn({ provider: this.provider.name, code: (final as AskFailure).code, waitMs: Math.round(waitMs) }, `${final.message}; asked again in ${(waitMs / 1000).toFixed(1)} s`)
    }
    const asked = retry(attempt, policy, { ...this.#tools, onRetry }, signal).catch((error: unknown) => {
      if (refused !== undefined) this.refusals.givenUp(refused, (error as Error).message)
      throw error
    })
    // It takes longer than any after it: with others it would arrive among those of the next second.
    this.#first ??= asked.then(() => undefined, () => undefined)
    return asked
  }

  /** Frees sockets. */
  async close(): Promise<void> {
    await this.#http.close()
  }

  async #leave(tries: Try[], signal: AbortSignal): ReturnType<Gate['pass']> {
    try {
      const leave = await this.#options.gate.pass(signal)
      if (signal.aborted) await leave.giveBack()
      signal.throwIfAborted()
      return leave
    } catch (error) {
      signal.throwIfAborted()
      throw error instanceof SourceError ? new AskFailure(error.code, error.message, tries, true, error.hint, error instanceof QuotaUsedUp ? error.renewed : null) : error
    }
  }

  /** What to throw for a try that failed, which is the last of the tries. */
  #failure(failed: Failed, retryAfter: string | null, tries: Try[]): Error {
    const final = new AskFailure(failed.code, failed.message, tries, failed.stops, failed.hint)
    if (!failed.again) return final
    const asked = askedWait(retryAfter, this.#options.now())
    if (asked !== undefined && asked > MOST_WAIT_MS) {
      const until = new Date(this.#options.now().getTime() + asked)
      return new AskFailure('RATE_LIMITED', `${this.provider.name} asks not to be asked again before ${until.toISOString()}`, tries, true, undefined, until)
    }
    const first = failed.code === 'RATE_LIMITED' ? FIRST_WAIT_OF_LIMITED_MS : FIRST_WAIT_MS
    const jitter = 1 + JITTER * (2 * this.#tools.random() - 1)
    return new TransientError(final, asked ?? first * 2 ** (tries.length - 1) * jitter)
  }
}

function pick({ code, message, hint, again }: HttpFailure): Pick<Failed, 'code' | 'message' | 'hint' | 'again'> {
  return { code, message, again, ...(hint !== undefined && { hint }) }
}

function timeoutOf(text: string, name: string): number {
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN
  if (seconds > 0 && seconds <= 3600) return seconds * 1000
  throw new UsageError('PROVIDER_TIMEOUT_INVALID', `${name} is no number of seconds above 0 and up to 3600`)
}

/** The path and query of a question as they travel. */
function pathOf({ path, query }: Question): string {
  const text = new URLSearchParams(query).toString()
  return text === '' ? path : `${path}?${text}`
}

/** Milliseconds that a Retry-After asks to wait, in seconds or until a date; undefined where it says nothing that can be read. */
function askedWait(retryAfter: string | null, now: Date): number | undefined {
  if (retryAfter === null) return undefined
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * 1000
  const until = Date.parse(retryAfter)
  return Number.isNaN(until) ? undefined : Math.max(0, until - now.getTime())
}

/** A page of an answer, read. */
interface Page {
  rows: number
  /** What to ask for the page after this one; null where it is the last. */
  next: Question | null
}

/** Most pages of one answer: those of a month of minutes are three. */
const MOST_PAGES = 1000

/**
 * The pages of an answer, each asked for when the one before it has been taken; a single one without a body where the provider knows no such symbol.
 * @param read reads a page whose first row has the number; what is to keep the body whatever the reader thinks of it, keeps it there first
 * @throws what `ask` and `read` throw, and SourceError ANSWER_LOOP or ANSWER_ENDLESS
 */
export async function* answers<P extends Page>(
  client: Pick<ProviderClient, 'ask'>, first: Question, read: (body: Buffer, firstRow: number) => P | Promise<P>, signal: AbortSignal,
): AsyncGenerator<{ body: Buffer | null; page: P | null; asked: Asked }, void, undefined> {
  const seen = new Set<string>()
  let firstRow = 1
  for (let question: Question | null = first; question !== null;) {
    const path = pathOf(question)
    if (seen.has(path)) throw new SourceError('ANSWER_LOOP', `page ${seen.size} of the answer names as the next one a page that has been read before`)
    if (seen.size === MOST_PAGES) throw new SourceError('ANSWER_ENDLESS', `the answer has more than ${MOST_PAGES} pages`)
    seen.add(path)
    const asked: Asked = await client.ask(question, signal)
    const page: P | null = asked.body === null ? null : await read(asked.body, firstRow)
    yield { body: asked.body, page, asked }
    firstRow += page?.rows ?? 0
    question = page?.next ?? null
  }
}
