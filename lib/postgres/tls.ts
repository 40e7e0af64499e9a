import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { ConnectionOptions, SecureVersion } from 'node:tls'
import { UsageError } from '../domain/errors.js'
import type { ConnectionSettings, Given } from './connection-settings.js'

/** What node-postgres is to do about TLS: nothing, or these options. */
export type Tls = ConnectionOptions | false

function read({ value, where }: Given): string {
  try {
    return readFileSync(value, 'utf8')
  } catch (cause) {
    throw new UsageError('DATABASE_SETTING', `${where} names the file ${value}, which cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause })
  }
}

/** The text of a file that is named, else of the one libpq looks for in its folder, if there. */
function fileText(given: Given | undefined, fallback: string, home: string | undefined): string | undefined {
  if (given) return read(given)
  const file = path.join(home ?? '', '.postgresql', fallback)
  return home !== undefined && existsSync(file) ? read({ value: file, where: 'the default' }) : undefined
}

/** How the server's certificate is checked. */
function checks(mode: string, ca: string | undefined): ConnectionOptions {
  if (mode === 'verify-full') return ca === undefined ? {} : { ca }
  // With a root certificate libpq's `require` is `verify-ca`.
  if (ca !== undefined && (mode === 'require' || mode === 'verify-ca')) return { ca, checkServerIdentity: () => undefined }
  if (mode === 'verify-ca') {
    throw new UsageError('DATABASE_SETTING', 'sslmode verify-ca needs the certificate of the server\'s CA: any server that a public CA knows would pass', {
      hint: 'name its file with sslrootcert in DATABASE_URL or PGSSLROOTCERT, or use sslmode=verify-full',
    })
  }
  return { rejectUnauthorized: false }
}

function refuseWeak(mode: string, { sslrootcert, sslnegotiation }: ConnectionSettings): void {
  const demands = sslrootcert?.value === 'system' && mode !== 'verify-full' ? sslrootcert
    : sslnegotiation?.value === 'direct' && ['disable', 'allow', 'prefer'].includes(mode) ? sslnegotiation
    : undefined
  if (demands) throw new UsageError('DATABASE_SETTING', `sslmode ${mode} is too weak for ${demands.where}, which is "${demands.value}"`, { hint: 'use sslmode=verify-full' })
}

/**
 * What a connection may do about TLS, the first choice first: `prefer` and `allow` have two. As libpq does it, which does
 * without on a Unix socket; without a root certificate verify-full goes by those that Node knows.
 * Source: https://www.postgresql.org/docs/current/libpq-ssl.html
 * @param home the user's home folder, whose .postgresql may have certificates
 */
export function tlsChoices(settings: ConnectionSettings, socket: boolean, home: string | undefined): [Tls, ...Tls[]] {
  if (socket) return [false]
  const system = settings.sslrootcert?.value === 'system'
  const mode = settings.sslmode?.value ?? (system ? 'verify-full' : 'prefer')
  refuseWeak(mode, settings)
  if (mode === 'disable') return [false]
  const cert = fileText(settings.sslcert, 'postgresql.crt', home)
  const key = fileText(settings.sslkey, 'postgresql.key', home)
  const passphrase = settings.sslpassword?.value
  const minVersion = settings.ssl_min_protocol_version?.value as SecureVersion | undefined
  const encrypted: Tls = {
    ...checks(mode, system ? undefined : fileText(settings.sslrootcert, 'root.crt', home)),
    ...(cert !== undefined && { cert }), ...(key !== undefined && { key }), ...(passphrase !== undefined && { passphrase }), ...(minVersion !== undefined && { minVersion }),
  }
  if (mode === 'prefer') return [encrypted, false]
  return mode === 'allow' ? [false, encrypted] : [encrypted]
}
