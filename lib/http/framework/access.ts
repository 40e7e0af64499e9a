import { createHash, timingSafeEqual } from 'node:crypto'
import { UsageError } from '../../domain/errors.js'
import { Problem } from './problem.js'

/** Who asks: anybody, who holds the readers' token, or who holds an administrator's. */
export interface Access {
  access: 'everybody' | 'reader' | 'admin'
  /** Who an administrator is, as actions are told to be by. */
  name: string | null
}

const MIN_LENGTH = 16
/** Who has no token. */
export const EVERYBODY: Access = { access: 'everybody', name: null }

/** A token that is known, of which only the hash is kept. */
interface KnownToken extends Access {
  hash: Buffer
}

/** Who is let in by which token. */
export interface Tokens {
  known: readonly KnownToken[]
  /** Whether reading needs a token. */
  readersOnly: boolean
  /** Whether anybody may act at all. */
  admins: boolean
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

/** A token that may go into a header, long enough not to be guessed. @throws UsageError that does not repeat it */
function checked(token: string, variable: string): string {
  if (token.length < MIN_LENGTH || !/^[\x21-\x7e]+$/.test(token)) {
    throw new UsageError('TOKEN_INVALID', `${variable} holds no token: one has at least ${MIN_LENGTH} characters, without spaces and of ASCII`, { hint: 'make one: openssl rand -hex 32' })
  }
  return token
}

/** An administrator's token, with the name before the colon; without one it is that of "admin". */
function adminOf(entry: string): KnownToken {
  const [, name = 'admin', token = ''] = /^(?:([\w.@-]{1,64}):)?(.*)$/s.exec(entry.trim()) ?? []
  return { access: 'admin', name, hash: hashOf(checked(token, 'OHLCV_ADMIN_TOKEN')) }
}

/** The tokens as they are set: that of readers, and those of administrators, several divided by commas. @throws UsageError TOKEN_INVALID */
export function tokensOf({ reader = '', admin = '' }: { reader?: string | undefined; admin?: string | undefined }): Tokens {
  const readers: KnownToken[] = reader === '' ? [] : [{ access: 'reader', name: null, hash: hashOf(checked(reader, 'OHLCV_READER_TOKEN')) }]
  const admins = admin === '' ? [] : admin.split(',').map(adminOf)
  return { known: [...admins, ...readers], readersOnly: readers.length > 0, admins: admins.length > 0 }
}

/** A problem that a token is the answer to. */
const unauthorised = (code: string, detail: string, challenge = ''): Problem => new Problem(401, code, detail, { 'www-authenticate': `Bearer realm="ohlcv"${challenge}` })

/** Who holds the token of an Authorization header. @throws Problem where it holds none that is known */
export function accessOf({ known }: Tokens, header: string | undefined): Access {
  if (header === undefined) return EVERYBODY
  const given = hashOf(/^Bearer +(\S+) *$/i.exec(header)?.[1] ?? '')
  // All are compared, so that the time does not tell which was it.
  const same = known.map(({ hash }) => timingSafeEqual(hash, given))
  const found = known[same.indexOf(true)]
  if (!found) throw unauthorised('TOKEN_UNKNOWN', 'the Authorization header holds no token that is known here', ', error="invalid_token"')
  return { access: found.access, name: found.name }
}

/** Sees to it that who asks may. @throws Problem */
export function demand({ readersOnly, admins }: Tokens, needed: 'admin' | 'reader', { access }: Access): void {
  if (needed === 'reader' ? !readersOnly || access !== 'everybody' : access === 'admin') return
  if (needed === 'admin' && !admins) throw new Problem(403, 'ACTING_OFF', 'nobody may act here: no token of an administrator is set (OHLCV_ADMIN_TOKEN)')
  if (needed === 'admin' && access === 'reader') throw new Problem(403, 'TOKEN_READS_ONLY', 'this token lets its holder read only; acting needs that of an administrator')
  throw unauthorised('TOKEN_MISSING', `this needs the token of ${needed === 'admin' ? 'an administrator' : 'a reader'}: Authorization: Bearer TOKEN`)
}
