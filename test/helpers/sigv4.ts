import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  /** When set, requests must carry it. */
  sessionToken?: string
}

/** An error as S3 answers it. */
export interface S3Failure {
  status: number
  code: string
  message: string
}

const MAX_SKEW_MS = 15 * 60_000
const AUTHORIZATION = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/

/**
 * Checks the signature of a request and of its body, as AWS Signature Version 4 defines it for S3:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 * Returns what S3 would answer when it does not hold.
 */
export function checkSignature(request: IncomingMessage, body: Buffer, credentials: Credentials, region: string): S3Failure | undefined {
  const parts = AUTHORIZATION.exec(request.headers.authorization ?? '')
  if (!parts) return { status: 403, code: 'AccessDenied', message: 'Access Denied' }
  const [, accessKeyId = '', day = '', scopeRegion = '', signedHeaders = '', signature = ''] = parts
  if (accessKeyId !== credentials.accessKeyId) {
    return { status: 403, code: 'InvalidAccessKeyId', message: 'The AWS Access Key Id you provided does not exist in our records.' }
  }
  if (scopeRegion !== region) {
    return { status: 400, code: 'AuthorizationHeaderMalformed', message: `the region '${scopeRegion}' is wrong; expecting '${region}'` }
  }
  if (request.headers['x-amz-security-token'] !== credentials.sessionToken) {
    return { status: 400, code: 'InvalidToken', message: 'The provided token is malformed or otherwise invalid.' }
  }
  const stamp = String(request.headers['x-amz-date'])
  const time = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  if (!(Math.abs(Date.now() - time) <= MAX_SKEW_MS)) {
    return { status: 403, code: 'RequestTimeTooSkewed', message: 'The difference between the request time and the current time is too large.' }
  }
  const names = signedHeaders.split(';')
  const mustSign = Object.keys(request.headers).filter((name) => name === 'host' || name.startsWith('x-amz-'))
  const payload = request.headers['x-amz-content-sha256']
  const complete = mustSign.every((name) => names.includes(name)) && (payload === sha256(body) || payload === 'UNSIGNED-PAYLOAD')
  const scope = `${day}/${region}/s3/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', stamp, scope, sha256(canonicalRequest(request, names))].join('\n')
  const expected = hmac(signingKey(credentials.secretAccessKey, day, region), toSign)
  if (complete && stamp.startsWith(day) && timingSafeEqual(expected, Buffer.from(signature, 'hex'))) return undefined
  return { status: 403, code: 'SignatureDoesNotMatch', message: 'The request signature we calculated does not match the signature you provided.' }
}

function canonicalRequest(request: IncomingMessage, names: string[]): string {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const path = url.pathname.split('/').map((segment) => encode(decodeURIComponent(segment))).join('/')
  const query = [...url.searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).toSorted((a, b) => (a < b ? -1 : 1)).join('&')
  const headers = names.map((name) => `${name}:${String(request.headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}\n`).join('')
  return [request.method, path, query, headers, names.join(';'), request.headers['x-amz-content-sha256']].join('\n')
}

function signingKey(secret: string, day: string, region: string): Buffer {
  return [day, region, 's3', 'aws4_request'].reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secret}`))
}

/** RFC 3986: everything but the unreserved characters is escaped. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex')
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
