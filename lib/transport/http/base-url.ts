import { UsageError } from '../../domain/errors.js'

/** The start of every URL of a server: its origin, and the path before the paths that are asked for (without a slash at its end). */
export interface BaseUrl {
  origin: string
  prefix: string
}

/** Reads a base URL as a setting gives it. @param name of the setting, for messages: the URL itself is not repeated, it may hold a password */
export function baseUrl(text: string, name: string): BaseUrl {
  const hint = 'write it as https://host or https://host/path'
  if (!URL.canParse(text)) throw new UsageError('HTTP_BASE_URL', `${name} is no URL`, { hint })
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new UsageError('HTTP_BASE_URL', `${name} begins neither with https:// nor with http://`, { hint })
  if (url.username !== '' || url.password !== '') throw new UsageError('HTTP_BASE_URL', `${name} has a user or password in it, which would end up in messages`, { hint })
  if (url.search !== '' || url.hash !== '') throw new UsageError('HTTP_BASE_URL', `${name} has something after its path`, { hint })
  return { origin: url.origin, prefix: url.pathname.replace(/\/+$/, '') }
}
