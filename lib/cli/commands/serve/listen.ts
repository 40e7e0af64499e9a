import type { FastifyInstance } from 'fastify'
import { UsageError } from '../../../domain/errors.js'

/** What is wrong with an address, by the code of the error, and what to do. */
const FAULTS: Readonly<Record<string, (port: number, host: string) => [message: string, hint: string]>> = {
  EADDRINUSE: (port, host) => [`something listens at port ${port} of ${host} already`, 'choose another one with --port or OHLCV_PORT (0: any that is free), or end what is there'],
  EACCES: (port) => [`this user may not listen at port ${port}`, 'choose one above 1023 with --port or OHLCV_PORT, and put a reverse proxy before it, see docs/OPERATIONS.md'],
  EADDRNOTAVAIL: (_, host) => [`this machine has no address ${host}`, 'name one of its own with --host or OHLCV_HOST: 127.0.0.1, or 0.0.0.0 for all'],
  ENOTFOUND: (_, host) => [`${host} is no address, and no name of one`, 'name an address of this machine with --host or OHLCV_HOST: 127.0.0.1, or 0.0.0.0 for all'],
}

/** Listens, and returns the address. @throws UsageError ADDRESS_UNUSABLE */
export async function listen(service: FastifyInstance, { port, host }: { port: number; host: string }): Promise<string> {
  try {
    return await service.listen({ port, host, listenTextResolver: (address) => `serving ${address}` })
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? ''
    const [message, hint] = FAULTS[code === 'EAI_AGAIN' || code === 'EINVAL' ? 'ENOTFOUND' : code]?.(port, host) ?? []
    if (message === undefined) throw cause
    throw new UsageError('ADDRESS_UNUSABLE', message, { hint: hint!, cause })
  }
}
