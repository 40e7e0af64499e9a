import { InterruptedError } from '../../../domain/errors.js'
import type { FetchResult } from '../../../features/fetch/fetch.js'
import { EXIT } from '../../framework/exit.js'
import { exitCodeOfError } from '../../framework/failure.js'

/** A fetch that failed in part ends like a load that did; one that could not even begin for want of a key like any other mistake of configuration. */
export function exitCodeOfFetch({ symbols, notReached, stopped }: FetchResult, { reason }: AbortSignal): number {
  if (reason instanceof InterruptedError) return exitCodeOfError(reason)
  if (stopped !== null && symbols.every(({ error }) => error !== null) && stopped.code === 'PROVIDER_KEY_REFUSED') return EXIT.usage
  return stopped !== null || notReached > 0 || symbols.some(({ error }) => error !== null) ? EXIT.dateFailed : EXIT.ok
}
