import type { _Object as ListedObject } from '@aws-sdk/client-s3'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Dataset } from '../../datasets/dataset.js'
import { isIsoDate, type DateRange, type IsoDate } from '../../domain/dates.js'
import { SourceError, UsageError } from '../../domain/errors.js'
import { DEFAULT_RETRY, type RetryTools } from '../retry.js'
import type { Persistence, S3Bucket } from './bucket.js'
import { s3Place } from './place.js'
import { dayFilePath, type DayFile, type Source } from '../source.js'

export interface S3Options extends Partial<Omit<Persistence, 'tools'>> {
  /** Where the standard AWS variables are looked up. */
  env: NodeJS.ProcessEnv
  tools?: Partial<RetryTools>
}

const DEFAULT_IDLE_MS = 30_000
/** Children of a prefix that are looked into for a hint. */
const MAX_CHILDREN = 20

/** Day files below `s3://bucket/prefix`, read with the credentials of the standard AWS variables. @throws UsageError */
export function s3Source(uri: string, { env, idleMs = DEFAULT_IDLE_MS, policy = DEFAULT_RETRY, tools }: S3Options): Source {
  const place = s3Place(uri, env)
  const delay: RetryTools['delay'] = (ms, signal) => sleep(ms, undefined, { signal })
  const persistence = { idleMs, policy, tools: { random: Math.random, now: () => performance.now(), delay, onRetry: () => {}, ...tools } }
  // loaded when first needed: the SDK would cost every other command a tenth of a second and 20 MB
  let opened: Promise<S3Bucket> | undefined
  const open = () => (opened ??= import('./bucket.js').then(({ S3Bucket }) => new S3Bucket(place, env, persistence)))
  const root = place.prefix === '' ? '' : `${place.prefix}/`
  return {
    provider: 'massive',
    uri: `s3://${place.bucket}/${place.prefix}`,
    async list(dataset, range, signal) {
      const bucket = await open()
      const files = await listRange(bucket, root, dataset, range, signal)
      if (files.size === 0) await requireDataset(bucket, root, dataset, signal)
      return files
    },
    async probe(dataset, date, signal) {
      const found = await (await open()).head(root + dayFilePath(dataset, date), signal)
      return found === 'forbidden' ? 'forbidden' : 'absent' // one that came after the listing is in the next
    },
    identify: async (file) => file.identity,
    async open({ key, size, identity }, signal) {
      signal.throwIfAborted()
      if (size === undefined || identity === undefined) throw new SourceError('SOURCE_NO_ETAG', `${key} is listed without a size or an ETag`)
      return (await open()).get({ key, size, etag: identity.replace(/^etag:/, '') }, signal)
    },
    close: async () => (await opened)?.close(),
  }
}

async function listRange(bucket: S3Bucket, root: string, dataset: Dataset, range: DateRange, signal: AbortSignal): Promise<Map<IsoDate, DayFile>> {
  const files = new Map<IsoDate, DayFile>()
  for (let year = Number(range.start.slice(0, 4)); year <= Number(range.end.slice(0, 4)); year++) {
    const prefix = `${root}${dataset.folder}/${String(year).padStart(4, '0')}/`
    for await (const { Key: key = '', Size: size, ETag: etag } of listPrefix(bucket, prefix, signal)) {
      const date = key.slice(-'YYYY-MM-DD.csv.gz'.length, -'.csv.gz'.length)
      if (!isIsoDate(date) || key !== root + dayFilePath(dataset, date) || date < range.start || date > range.end) continue
      files.set(date, { date, key, size, identity: etag === undefined ? undefined : `etag:${etag.replaceAll('"', '')}` })
    }
  }
  return files
}

async function* listPrefix(bucket: S3Bucket, prefix: string, signal: AbortSignal): AsyncGenerator<ListedObject> {
  let token: string | undefined
  do {
    const page = await bucket.page({ Prefix: prefix, ...(token !== undefined && { ContinuationToken: token }) }, signal)
    yield* page.Contents ?? []
    token = page.NextContinuationToken
  } while (token !== undefined)
}

/** An empty listing is an answer only where the dataset has any file; otherwise the prefix is wrong. */
async function requireDataset(bucket: S3Bucket, root: string, dataset: Dataset, signal: AbortSignal): Promise<void> {
  const some = async (prefix: string) => (await bucket.page({ Prefix: prefix, MaxKeys: 1 }, signal)).Contents !== undefined
  if (await some(`${root}${dataset.folder}/`)) return
  const here = `s3://${bucket.place.bucket}/${root}`
  const missing = (hint: string) => new UsageError('SOURCE_NO_DATASET', `${here} has no objects below ${dataset.folder}/`, { hint })
  const steps = root.split('/')
  const inside = steps.lastIndexOf(dataset.folder)
  if (inside >= 0) throw missing(`give the prefix that holds ${dataset.folder}/: s3://${[bucket.place.bucket, ...steps.slice(0, inside)].join('/')}`)
  const { CommonPrefixes: children = [] } = await bucket.page({ Prefix: root, Delimiter: '/' }, signal)
  for (const { Prefix: child = '' } of children.slice(0, MAX_CHILDREN)) {
    if (await some(`${child}${dataset.folder}/`)) throw missing(`did you mean s3://${bucket.place.bucket}/${child.slice(0, -1)}?`)
  }
  throw missing(`give the prefix that holds ${dataset.folder}/, with day files in ${dataset.folder}/YYYY/MM/YYYY-MM-DD.csv.gz`)
}
