import { UsageError } from '../../../domain/errors.js'
import type { BarProvider } from '../../../providers/bar-provider.js'

/** A provider's key. It is told to the provider alone: whatever else is kept or said goes through `redacted` first. */
export interface Key {
  headers: Readonly<Record<string, string>>
  /** Parameters to add to those of each question. */
  query: Readonly<Record<string, string>>
  /** The bytes with `REDACTED` in the key's place, also where it is written with escapes of URLs, JSON or HTML: some answers repeat it. */
  redacted(bytes: Buffer): Buffer
}

const NO_KEY: Key = { headers: {}, query: {}, redacted: (bytes) => bytes }

/** What a setting of the environment says, without spaces around it; undefined where it says nothing. */
export function settingOf(env: NodeJS.ProcessEnv, name: string): string | undefined {
  return env[name]?.trim() || undefined
}

/** The key by which a provider is asked. @throws UsageError PROVIDER_KEY_MISSING or PROVIDER_KEY_INVALID */
export function readKey(api: BarProvider['api']['key'], env: NodeJS.ProcessEnv): Key {
  if (api === null) return NO_KEY
  const key = settingOf(env, api.env)
  if (key === undefined) throw new UsageError('PROVIDER_KEY_MISSING', `${api.env} environment variable not set`)
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new UsageError('PROVIDER_KEY_INVALID', `${api.env} has spaces, control characters or letters outside ASCII in it, which no key has`, { hint: 'copy it once more' })
  }
  const written = new RegExp(key.split('').map(waysToWrite).join(''), 'g')
  return {
    headers: api.headers?.(key) ?? {},
    query: api.query?.(key) ?? {},
    redacted(bytes) {
      // As latin1 each byte is one character, and comes back as it was.
      const text = bytes.toString('latin1')
      const without = text.replace(written, 'REDACTED')
      return without === text ? bytes : Buffer.from(without, 'latin1')
    },
  }
}

/** What matches a character of a key: as it is, or as `\/`, `%2F`, `\u002f`, `&#47;` or `&#x2f;`. */
function waysToWrite(character: string): string {
  const code = character.charCodeAt(0)
  const hex = code.toString(16).replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)
  const plain = `\\u${code.toString(16).padStart(4, '0')}`
  const escaped = '"\\/'.includes(character) ? '\\\\*' : ''
  return `(?:%${hex}|\\\\+u00${hex}|&#(?:${code}|[xX]${hex});|${escaped}${plain})`
}
