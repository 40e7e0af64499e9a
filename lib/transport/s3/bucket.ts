import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, type GetObjectCommandOutput, type ListObjectsV2CommandOutput, type S3Client } from '@aws-sdk/client-s3'
import type { Readable } from 'node:stream'
import { OhlcvError, SourceError } from '../../domain/errors.js'
import { resumedBody } from '../resumed-body.js'
import { retry, TransientError, type RetryPolicy, type RetryTools } from '../retry.js'
import { s3Client } from './client.js'
import { brokenBody, keptError, listError, objectError, refusal } from './errors.js'
import type { S3Place } from './place.js'
import { withinTime } from '../time-limit.js'

export interface Persistence {
  /** Longest silence of the server, milliseconds; also the longest one answer without a body may take. */
  idleMs: number
  policy: RetryPolicy
  tools: RetryTools
}

/** One version of an object, as listed. */
export interface ObjectVersion {
  key: string
  size: number
  /** Without quotes. */
  etag: string
}

type ListQuery = { Prefix: string; ContinuationToken?: string; MaxKeys?: number; Delimiter?: string }
/** What to throw when an object that we keep cannot be used, for the reason. */
type Failed = (reason: string, cause: Error) => Error
type Ask<T> = (signal: AbortSignal) => Promise<T>
type Translate = (error: unknown) => Error

const MD5 = /^[0-9a-f]{32}$/

/** The requests that reading a bucket and keeping small objects in it needs, each persistent against what may pass. */
export class S3Bucket {
  readonly #client: S3Client
  /** Whether the endpoint has ever answered. */
  #answered = false

  constructor(readonly place: S3Place, env: NodeJS.ProcessEnv, readonly persistence: Persistence) {
    this.#client = s3Client(place, env)
  }

  /** Frees the sockets. */
  close(): void {
    this.#client.destroy()
  }

  /** One page of a listing. @throws UsageError */
  page(query: ListQuery, signal: AbortSignal): Promise<ListObjectsV2CommandOutput> {
    return this.#persist(signal, async (signal) => {
      const page = await this.#client.send(new ListObjectsV2Command({ Bucket: this.place.bucket, ...query }), { abortSignal: signal })
      // a login page answered with 200 parses as an empty listing
      if (page.IsTruncated === undefined || (page.IsTruncated && page.NextContinuationToken === undefined)) throw new Error('the answer is no listing')
      return page
    }, (error) => listError(error, this.place, this.#answered))
  }

  /** Whether there is an object, as far as a HEAD may tell. @throws SourceError */
  head(key: string, signal: AbortSignal): Promise<'present' | 'absent' | 'forbidden'> {
    return this.#persist(signal, async (signal) => {
      try {
        await this.#client.send(new HeadObjectCommand({ Bucket: this.place.bucket, Key: key }), { abortSignal: signal })
        return 'present'
      } catch (error) {
        const refused = refusal(error)
        if (refused) return refused
        throw error
      }
    }, (error) => objectError(error, this.place, key, 0))
  }

  /** The bytes of exactly this version. @throws SourceError, ForbiddenError; the stream fails with the former */
  async get(version: ObjectVersion, signal: AbortSignal): Promise<Readable> {
    const { key, size, etag } = version
    const translate = (offset: number) => (error: unknown) => objectError(error, this.place, key, offset)
    const first = await this.#persist(signal, (signal) => this.#getFrom(version, 0, signal), translate(0))
    let unread: GetObjectCommandOutput | undefined = first
    return resumedBody({
      key, size, md5: MD5.test(etag) && !encrypted(first) ? etag : undefined, ...this.persistence,
      get: async (offset, signal) => {
        const answer = unread ?? await this.#once(signal, (signal) => this.#getFrom(version, offset, signal), translate(offset))
        unread = undefined
        return answer.Body as Readable
      },
      broken: (error, offset) => brokenBody(error, key, offset),
    }, signal)
  }

  /** Writes an object. */
  async put(key: string, body: Buffer, failed: Failed, signal: AbortSignal): Promise<void> {
    await this.#keep(signal, failed, (signal) => this.#client.send(new PutObjectCommand({ Bucket: this.place.bucket, Key: key, Body: body }), { abortSignal: signal }))
  }

  /** All bytes of an object, of whatever version; undefined where there is none. */
  whole(key: string, failed: Failed, signal: AbortSignal): Promise<Buffer | undefined> {
    return this.#keep(signal, failed, async (signal) => {
      const { Body: body, ContentLength: size } = await this.#client.send(new GetObjectCommand({ Bucket: this.place.bucket, Key: key }), { abortSignal: signal })
      const bytes = Buffer.from(await body!.transformToByteArray())
      if (size !== undefined && bytes.length !== size) throw Object.assign(new Error('the answer was cut'), { code: 'ECONNRESET' })
      return bytes
    }, ['absent'])
  }

  /** Removes an object; nothing where there is none. */
  async remove(key: string, failed: Failed, signal: AbortSignal): Promise<void> {
    await this.#keep(signal, failed, (signal) => this.#client.send(new DeleteObjectCommand({ Bucket: this.place.bucket, Key: key }), { abortSignal: signal }), ['absent'])
  }

  /** @param fine refusals that are an answer: undefined */
  #keep<T>(signal: AbortSignal, failed: Failed, ask: Ask<T>, fine: readonly string[] = []): Promise<T | undefined> {
    return this.#persist(signal, async (signal) => {
      try {
        return await ask(signal)
      } catch (error) {
        if (fine.includes(refusal(error) ?? '')) return undefined
        throw error
      }
    }, (error) => keptError(error, this.place, failed))
  }

  async #getFrom({ key, size, etag }: ObjectVersion, offset: number, signal: AbortSignal): Promise<GetObjectCommandOutput> {
    const range = offset === 0 ? {} : { Range: `bytes=${offset}-` }
    const answer = await this.#client.send(new GetObjectCommand({ Bucket: this.place.bucket, Key: key, IfMatch: `"${etag}"`, ...range }), { abortSignal: signal })
    const body = answer.Body as Readable
    if (answer.ETag !== undefined && bareEtag(answer.ETag) !== etag) {
      body.destroy()
      throw new SourceError('SOURCE_REPLACED', `${key} was replaced while it was being loaded`, { hint: 'load the date again: it is listed anew' })
    }
    if (answer.ContentLength !== size - offset) {
      body.destroy()
      throw brokenBody(new Error(`the answer has ${answer.ContentLength} bytes where ${size - offset} were expected`), key, offset)
    }
    return answer
  }

  /** Asks until there is an answer, or an error that will not pass. */
  #persist<T>(signal: AbortSignal, ask: Ask<T>, translate: Translate): Promise<T> {
    return retry(() => this.#once(signal, ask, translate), this.persistence.policy, this.persistence.tools, signal)
  }

  async #once<T>(signal: AbortSignal, ask: Ask<T>, translate: Translate): Promise<T> {
    try {
      const answer = await withinTime(this.persistence.idleMs, signal, ask)
      this.#answered = true
      return answer
    } catch (error) {
      signal.throwIfAborted()
      throw error instanceof OhlcvError || error instanceof TransientError ? error : translate(error)
    }
  }
}

/** An ETag without what compression proxies and HTTP add to it. */
function bareEtag(etag: string): string {
  return etag.replace(/^W\//, '').replaceAll('"', '')
}

/** Whether the ETag is no MD5 although it looks like one. */
function encrypted(answer: GetObjectCommandOutput): boolean {
  return (answer.ServerSideEncryption ?? '').startsWith('aws:kms') || answer.SSECustomerAlgorithm !== undefined
}
