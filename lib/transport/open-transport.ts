import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { UsageError } from '../domain/errors.js'
import { directoryTransport } from './directory/directory.js'
import { statsOf } from './directory/regular-file.js'
import type { Refusals } from '../domain/refusals.js'
import type { RetryTools, TransientError } from './retry.js'
import { s3Transport } from './s3/s3.js'
import type { Transport } from './transport.js'

export interface TransportOptions {
  /** Where the standard AWS variables are looked up. */
  env: NodeJS.ProcessEnv
  /** Most bytes a file may have once decompressed. */
  maxFileBytes: number
  /** Told of each failure that is tried again after a wait, for the log. */
  onRetry?: (failure: TransientError, waitMs: number) => void
  /** Where what the place refuses is counted. */
  refusals?: Refusals
}

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i

/** The place that a URI names: `s3://bucket/prefix`, or a path or `file://` URL of a directory. @throws UsageError */
export function openTransport(uri: string, options: TransportOptions): Transport {
  const scheme = SCHEME.exec(uri)?.[1]?.toLowerCase()
  if (scheme === undefined) return openDirectory(uri, options)
  if (scheme === 'file') return openDirectory(pathOfUrl(uri), options)
  if (scheme === 's3') return s3Transport(uri, { env: options.env, tools: toldOf(options) })
  // the rest of the URI is not repeated: it may hold a password
  throw new UsageError('SOURCE_SCHEME', `a source cannot begin with ${scheme}://`, { hint: 'a source is s3://bucket/prefix or a directory' })
}

function toldOf({ onRetry, refusals }: TransportOptions): Pick<RetryTools, 'onRetry' | 'onGivenUp'> {
  return {
    onRetry(failure, waitMs) {
      if (failure.refusal !== undefined) refusals?.met(failure.refusal)
      onRetry?.(failure, waitMs)
    },
    onGivenUp({ refusal, message }) {
      if (refusal === undefined) return
      refusals?.met(refusal)
      refusals?.givenUp(refusal, message)
    },
  }
}

function openDirectory(name: string, options: TransportOptions): Transport {
  const root = path.resolve(name)
  const stats = statsOf(root)
  if (!stats) {
    throw new UsageError('SOURCE_NOT_FOUND', `the source directory ${root} is not there`, { hint: 'a source is s3://bucket/prefix or a directory' })
  }
  if (!stats.isDirectory()) {
    throw new UsageError('SOURCE_NOT_A_DIRECTORY', `the source ${root} is not a directory`, {
      hint: 'one file is loaded with: ohlcv load --file PATH --date YYYY-MM-DD',
    })
  }
  return directoryTransport(root, options)
}

function pathOfUrl(uri: string): string {
  try {
    return fileURLToPath(uri)
  } catch (cause) {
    throw new UsageError('SOURCE_NOT_FOUND', `the source is no usable file URL: ${(cause as Error).message}`, { cause, hint: 'write file:///absolute/path' })
  }
}
