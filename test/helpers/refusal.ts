import { SourceError } from '../../lib/domain/errors.js'

/** Why a reader refuses what it is given; null where it reads it. @throws errors that are no refusal */
export function refusedBy(read: () => unknown): SourceError | null {
  try {
    read()
    return null
  } catch (error) {
    if (error instanceof SourceError) return error
    throw error
  }
}

/** The same as text: `CODE: message`, or `read`. */
export function refusal(read: () => unknown): string {
  const refused = refusedBy(read)
  return refused === null ? 'read' : `${refused.code}: ${refused.message}`
}
