import type { _Object as S3Object } from '@aws-sdk/client-s3'
import { setTimeout as sleep } from 'node:timers/promises'
import { SourceError, UsageError } from '../../domain/errors.js'
import { DEFAULT_RETRY, type RetryTools } from '../retry.js'
import type { ListedObject, Transport, Wanted } from '../transport.js'
import type { Persistence, S3Bucket } from './bucket.js'
import { s3Place } from './place.js'

export interface S3Options extends Partial<Omit<Persistence, 'tools'>> {
  /** Where the standard AWS variables are looked up. */
  env: NodeJS.ProcessEnv
  tools?: Partial<RetryTools>
}

const DEFAULT_IDLE_MS = 30_000
/** Children of a prefix that are looked into for a hint. */
const MAX_CHILDREN = 20

/** The objects below `s3://bucket/prefix`, read with the credentials of the standard AWS variables. @throws UsageError */
export function s3Transport(uri: string, { env, idleMs = DEFAULT_IDLE_MS, policy = DEFAULT_RETRY, tools }: S3Options): Transport {
  const place = s3Place(uri, env)
  const delay: RetryTools['delay'] = (ms, signal) => sleep(ms, undefined, { signal })
  const persistence = { idleMs, policy, tools: { random: Math.random, now: () => performance.now(), delay, onRetry: () => {}, ...tools } }
  // loaded when first needed: the SDK would cost every other command a tenth of a second and 20 MB
  let opened: Promise<S3Bucket> | undefined
  const open = () => (opened ??= import('./bucket.js').then(({ S3Bucket }) => new S3Bucket(place, env, persistence)))
  const root = place.prefix === '' ? '' : `${place.prefix}/`
  return {
    uri: `s3://${place.bucket}/${place.prefix}`,
    list: async function* (wanted, signal) {
      yield* listWanted(await open(), root, wanted, signal)
    },
    async probe(path, signal) {
      const found = await (await open()).head(root + path, signal)
      return found === 'forbidden' ? 'forbidden' : 'absent' // one that came after the listing is in the next
    },
    versionOf: async (object) => object.version,
    async open({ key, size, version }, signal) {
      signal.throwIfAborted()
      if (size === undefined || version === undefined) throw new SourceError('SOURCE_NO_ETAG', `${key} is listed without a size or an ETag`)
      return (await open()).get({ key, size, etag: version.replace(/^etag:/, '') }, signal)
    },
    close: async () => (await opened)?.close(),
  }
}

/** Folders side by side are listed by one request for what they lie in: a page holds a thousand keys, some years of days. */
async function* listWanted(bucket: S3Bucket, root: string, wanted: Wanted, signal: AbortSignal): AsyncGenerator<ListedObject> {
  const folders = new Set(wanted.folders)
  let isEmpty = true
  for (const parent of new Set(wanted.folders.map((folder) => folder.slice(0, folder.lastIndexOf('/') + 1)))) {
    for await (const { Key: key = '', Size: size, ETag: etag } of listPrefix(bucket, root + parent, signal)) {
      isEmpty = false
      const path = key.slice(root.length)
      if (!folders.has(path.slice(0, path.lastIndexOf('/')))) continue
      yield { path, key, size, version: etag === undefined ? undefined : `etag:${etag.replaceAll('"', '')}` }
    }
  }
  if (isEmpty) await requireFolder(bucket, root, wanted, signal)
}

async function* listPrefix(bucket: S3Bucket, prefix: string, signal: AbortSignal): AsyncGenerator<S3Object> {
  let token: string | undefined
  do {
    const page = await bucket.page({ Prefix: prefix, ...(token !== undefined && { ContinuationToken: token }) }, signal)
    yield* page.Contents ?? []
    token = page.NextContinuationToken
  } while (token !== undefined)
}

/** An empty listing is an answer only where the folder has any object; otherwise the prefix is wrong. */
async function requireFolder(bucket: S3Bucket, root: string, { folder, form }: Wanted, signal: AbortSignal): Promise<void> {
  const some = async (prefix: string) => (await bucket.page({ Prefix: prefix, MaxKeys: 1 }, signal)).Contents !== undefined
  if (await some(`${root}${folder}/`)) return
  const here = `s3://${bucket.place.bucket}/${root}`
  const missing = (hint: string) => new UsageError('SOURCE_NO_DATASET', `${here} has no objects below ${folder}/`, { hint })
  const steps = root.split('/')
  const inside = steps.lastIndexOf(folder)
  if (inside >= 0) throw missing(`give the prefix that holds ${folder}/: s3://${[bucket.place.bucket, ...steps.slice(0, inside)].join('/')}`)
  const { CommonPrefixes: children = [] } = await bucket.page({ Prefix: root, Delimiter: '/' }, signal)
  for (const { Prefix: child = '' } of children.slice(0, MAX_CHILDREN)) {
    if (await some(`${child}${folder}/`)) throw missing(`did you mean s3://${bucket.place.bucket}/${child.slice(0, -1)}?`)
  }
  throw missing(`give the prefix that holds ${folder}/, with day files in ${form}`)
}
