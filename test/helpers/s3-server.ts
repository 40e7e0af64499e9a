import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { memoryObject, type S3Object } from './s3-objects.js'
import { checkSignature, type Credentials, type S3Failure } from './sigv4.js'

/** Something that goes wrong with the next request it fits. */
export interface Fault {
  /** Which requests; all of the operation when only that is given. */
  operation?: Operation
  key?: string
  /** How many requests it meets; 1 unless told. */
  times?: number
  /** Answer so instead; `page` is the body of a 200 that is not S3's. */
  status?: number
  code?: string
  page?: string
  /** More headers, for instance Retry-After, or others than the server would send. */
  headers?: Record<string, string>
  /** Milliseconds before anything is answered. */
  delay?: number
  /** Break the connection (RST) before answering. */
  refuse?: boolean
  /** After so many bytes of the body: break the connection (RST), close it (FIN), or fall silent. */
  resetAfter?: number
  endAfter?: number
  stallAfter?: number
  /** Claim this length and send only so many bytes (or what there is). */
  contentLength?: number
  /** Flip the lowest bit of the byte at this position of the object. */
  flipBitAt?: number
  /** After this request, which still gets the old one, the object is this one. */
  replaceBy?: S3Object
}

export type Operation = 'list' | 'get' | 'head' | 'put' | 'delete'

/** A request as it was answered. */
export interface Logged {
  operation: Operation
  /** The object's key, or the prefix listed. */
  key: string
  range: string | undefined
  ifMatch: string | undefined
  status: number
  /** Bytes of the body given to the socket. */
  sent: number
  /** Whether the client went before the answer was complete. */
  broken: boolean
}

export interface S3ServerOptions {
  objects?: Map<string, S3Object>
  bucket?: string
  region?: string
  sessionToken?: string
  /** Most keys of one page of a listing. */
  pageSize?: number
  port?: number
}

/** A running server; `objects`, `forbidden` and `faults` may be changed at any time. */
export interface S3Server {
  endpoint: string
  bucket: string
  /** What a client needs to know. */
  env: Record<string, string>
  objects: Map<string, S3Object>
  /** Keys that answer 403, listed or not. */
  forbidden: Set<string>
  faults: Fault[]
  requests: Logged[]
  /** Open connections. */
  connections: () => Promise<number>
  close: () => Promise<void>
}

const CREDENTIALS = { accessKeyId: 'AKIATESTTESTTESTTEST', secretAccessKey: 'secret/of+the/test+server' }

/** The part of S3 that reading and keeping small objects need, path-style only, with signatures checked, and with faults on demand. */
export async function startS3Server(options: S3ServerOptions = {}): Promise<S3Server> {
  const { bucket = 'flatfiles', region = 'us-east-1', pageSize = 1000, sessionToken } = options
  const credentials: Credentials = { ...CREDENTIALS, ...(sessionToken !== undefined && { sessionToken }) }
  const state = { bucket, pageSize, objects: options.objects ?? new Map<string, S3Object>(), forbidden: new Set<string>(), faults: [] as Fault[], requests: [] as Logged[] }
  const server = createServer((request, response) => {
    answer(state, (body) => checkSignature(request, body, credentials, region), request, response).catch(() => response.destroy())
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    ...state,
    endpoint,
    env: {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey, AWS_REGION: region, AWS_ENDPOINT_URL_S3: endpoint,
      ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
    },
    connections: () => new Promise((resolve, reject) => {
      server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
    }),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

type State = Pick<S3Server, 'bucket' | 'objects' | 'forbidden' | 'faults' | 'requests'> & { pageSize: number }

const OPERATIONS: Partial<Record<string, Operation>> = { HEAD: 'head', PUT: 'put', DELETE: 'delete' }

async function answer(state: State, check: (body: Buffer) => S3Failure | undefined, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const [, bucket = '', ...path] = decodeURIComponent(url.pathname).split('/')
  const named = path.join('/')
  const operation = OPERATIONS[request.method ?? ''] ?? (named === '' ? 'list' : 'get')
  const key = operation === 'list' ? (url.searchParams.get('prefix') ?? '') : named
  const logged: Logged = { operation, key, range: request.headers.range, ifMatch: request.headers['if-match'], status: 0, sent: 0, broken: false }
  state.requests.push(logged)
  response.on('close', () => Object.assign(logged, { status: response.statusCode, broken: !response.writableFinished }))
  const fault = takeFault(state.faults, operation, key)
  if (fault.delay !== undefined) await Promise.race([delay(fault.delay, undefined, { ref: false }), once(response, 'close')])
  if (fault.refuse) return void request.socket.resetAndDestroy()
  const body = await buffer(request)
  const failure = fault.status !== undefined ? { status: fault.status, code: fault.code ?? 'InternalError', message: 'as told' } : (check(body) ?? unusable(state, bucket, operation, key))
  const object = state.objects.get(key)
  if (fault.replaceBy) state.objects.set(key, fault.replaceBy)
  if (fault.page !== undefined) send(response, 200, fault.page)
  else if (failure) sendError(response, operation, failure, fault.headers)
  else if (operation === 'put' || operation === 'delete') change(state, operation, key, body, response)
  else if (operation === 'list') send(response, 200, listing(state, url.searchParams))
  else await sendObject(object, request, response, fault, logged)
}

function change({ objects }: State, operation: 'put' | 'delete', key: string, body: Buffer, response: ServerResponse): void {
  if (operation === 'put') objects.set(key, memoryObject(body))
  else objects.delete(key)
  response.writeHead(operation === 'put' ? 200 : 204, { 'Content-Length': 0, ...(operation === 'put' && { ETag: `"${objects.get(key)?.etag}"` }) }).end()
}

function takeFault(faults: Fault[], operation: Operation, key: string): Fault {
  const fault = faults.find((fault) => (fault.operation ?? operation) === operation && (fault.key ?? key) === key)
  if (!fault) return {}
  fault.times = (fault.times ?? 1) - 1
  if (fault.times === 0) faults.splice(faults.indexOf(fault), 1)
  return fault
}

function unusable(state: State, bucket: string, operation: Operation, key: string): S3Failure | undefined {
  if (bucket !== state.bucket) return { status: 404, code: 'NoSuchBucket', message: 'The specified bucket does not exist' }
  if (operation === 'list') return undefined
  if (state.forbidden.has(key)) return { status: 403, code: 'AccessDenied', message: 'Access Denied' }
  return state.objects.has(key) || operation === 'put' || operation === 'delete' ? undefined : { status: 404, code: 'NoSuchKey', message: 'The specified key does not exist.' }
}

async function sendObject(object: S3Object | undefined, request: IncomingMessage, response: ServerResponse, fault: Fault, logged: Logged): Promise<void> {
  if (!object) throw new Error('an object that is not there was judged usable')
  const ifMatch = request.headers['if-match']?.replaceAll('"', '')
  if (ifMatch !== undefined && ifMatch !== object.etag) {
    return sendError(response, logged.operation, { status: 412, code: 'PreconditionFailed', message: 'At least one of the pre-conditions you specified did not hold' })
  }
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')
  const start = Number(range?.[1] ?? 0)
  const end = range?.[2] ? Math.min(Number(range[2]) + 1, object.size) : object.size
  if (range && start >= object.size) return sendError(response, logged.operation, { status: 416, code: 'InvalidRange', message: 'The requested range is not satisfiable' })
  response.writeHead(range ? 206 : 200, {
    ETag: `"${object.etag}"`, 'Last-Modified': object.modified.toUTCString(), 'Accept-Ranges': 'bytes', 'Content-Type': 'binary/octet-stream',
    'Content-Length': fault.contentLength ?? end - start, ...(range && { 'Content-Range': `bytes ${start}-${end - 1}/${object.size}` }), ...fault.headers,
  })
  if (logged.operation === 'head') return void response.end()
  response.flushHeaders()
  await pipeline(Readable.from(body(object, start, end, fault, response, logged)), response)
}

async function* body(object: S3Object, start: number, end: number, fault: Fault, response: ServerResponse, logged: Logged): AsyncGenerator<Buffer> {
  const limit = fault.resetAfter ?? fault.endAfter ?? fault.stallAfter ?? fault.contentLength ?? Infinity
  for await (const chunk of object.read(start, end)) {
    const at = start + logged.sent
    const part = Buffer.from(chunk.subarray(0, limit - logged.sent))
    const flip = (fault.flipBitAt ?? -1) - at
    if (flip >= 0 && flip < part.length) part.writeUInt8(part.readUInt8(flip) ^ 1, flip)
    logged.sent += part.length
    if (part.length > 0) yield part
    if (logged.sent < limit) continue
    if (fault.stallAfter !== undefined) await once(response, 'close')
    if (fault.resetAfter !== undefined) response.socket?.resetAndDestroy()
    if (fault.endAfter !== undefined) response.socket?.end()
    return
  }
}

function listing(state: State, query: URLSearchParams): string {
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const after = Buffer.from(query.get('continuation-token') ?? '', 'base64url').toString() || (query.get('start-after') ?? '')
  const size = Math.min(Number(query.get('max-keys') ?? 1000), state.pageSize)
  const entries = new Map<string, string>()
  for (const [key, object] of [...state.objects].toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
    if (!key.startsWith(prefix)) continue
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    const name = cut < 0 ? key : key.slice(0, cut + delimiter.length)
    if (name <= after || entries.has(name)) continue
    entries.set(name, cut >= 0 ? `<CommonPrefixes><Prefix>${escape(name)}</Prefix></CommonPrefixes>` : [
      `<Contents><Key>${escape(key)}</Key><LastModified>${object.modified.toISOString()}</LastModified>`,
      `<ETag>&quot;${object.etag}&quot;</ETag><Size>${object.size}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
    ].join(''))
  }
  const page = [...entries].slice(0, size)
  const truncated = entries.size > size
  const next = truncated ? `<NextContinuationToken>${Buffer.from(page.at(-1)?.[0] ?? '').toString('base64url')}</NextContinuationToken>` : ''
  return xml('ListBucketResult', [
    `<Name>${state.bucket}</Name><Prefix>${escape(prefix)}</Prefix><MaxKeys>${size}</MaxKeys><KeyCount>${page.length}</KeyCount>`,
    `<IsTruncated>${truncated}</IsTruncated>${next}`, ...page.map(([, text]) => text),
  ].join(''))
}

function sendError(response: ServerResponse, operation: Operation, { status, code, message }: S3Failure, headers: Record<string, string> = {}): void {
  send(response, status, operation === 'head' ? '' : xml('Error', `<Code>${code}</Code><Message>${escape(message)}</Message><RequestId>0</RequestId>`), headers)
}

function send(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { ...headers, 'Content-Type': 'application/xml', 'Content-Length': Buffer.byteLength(text) }).end(text)
}

const xml = (root: string, content: string): string => `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</${root}>`
const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
