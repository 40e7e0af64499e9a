import type { Logger } from 'pino'
import { localFileSource, openSource, stdinSource, type Stdin } from '../../sources/open-source.js'
import type { Source } from '../../sources/source.js'
import type { LoadRequest } from './request.js'

/** What a request cannot carry. */
export interface SourceEnvironment {
  /** Where credentials of a source are looked up. */
  env: NodeJS.ProcessEnv
  /** What the file `-` is. */
  stdin: Stdin
}

/** Opens the source that a request names, to be closed by the caller; nothing is read yet. @throws UsageError when there is none */
export function openRequested({ source, dates, limits }: LoadRequest, { env, stdin }: SourceEnvironment, log: Logger): Source {
  const maxFileBytes = limits.max_file_bytes
  if ('uri' in source) {
    return openSource(source.uri, { env, maxFileBytes, onRetry: (failure, waitMs) => log.warn({ wait_ms: Math.round(waitMs) }, failure.message) })
  }
  // The schema gives a file one date.
  const { start } = dates as Extract<LoadRequest['dates'], { start: unknown }>
  return source.file === '-' ? stdinSource(stdin, start) : localFileSource(source.file, start, { maxFileBytes })
}
