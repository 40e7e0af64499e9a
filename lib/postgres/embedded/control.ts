import { rm, writeFile } from 'node:fs/promises'
import { UsageError } from '../../domain/errors.js'
import { type EmbeddedOptions, isServing, openEmbedded } from './embedded.js'
import { removeCluster } from './cluster.js'
import { findPlace, hasCluster, type Place } from './place.js'

/** Starts the embedded server, if need be, and lets it run on until it is told to stop. */
export async function keepRunning(options: EmbeddedOptions): Promise<Place> {
  const server = await openEmbedded(options)
  await writeFile(server.place.keepRunning, '')
  await server.release()
  return server.place
}

/** Stops the embedded server, or, while commands use it, lets the last of them do so. */
export async function stopEmbedded(options: EmbeddedOptions): Promise<'not_running' | 'stopped' | 'in_use'> {
  const place = findPlace(options.home)
  await rm(place.keepRunning, { force: true })
  if (!(await isServing(place))) return 'not_running'
  const server = await openEmbedded(options)
  return (await server.stop()) ? 'stopped' : 'in_use'
}

/**
 * Removes the embedded database with everything in it, also one whose server does not start any more.
 * @throws UsageError while another command uses it
 */
export async function removeEmbedded(options: EmbeddedOptions): Promise<void> {
  const place = findPlace(options.home)
  const stopped = await stopEmbedded(options)
  if (stopped !== 'in_use' && (!hasCluster(place) || (await removeCluster(place)))) return
  throw new UsageError('EMBEDDED_IN_USE', `the embedded PostgreSQL in ${place.base} is in use by another command`, { hint: 'wait for it to end, or end it' })
}
