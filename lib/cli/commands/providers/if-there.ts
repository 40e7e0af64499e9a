import { OhlcvError } from '../../../domain/errors.js'

/** What needs the database; null where there is none. */
export async function ifThere<T>(open: () => Promise<T>): Promise<T | null> {
  try {
    return await open()
  } catch (error) {
    if (error instanceof OhlcvError && error.code === 'DATABASE_NONE') return null
    throw error
  }
}
