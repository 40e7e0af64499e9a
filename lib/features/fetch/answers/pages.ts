import { SourceError } from '../../../domain/errors.js'
import type { ListedFetch } from '../../../store/fetches/list.js'
import type { KeptAnswers } from '../../../transport/answers/answers.js'

/** A body of an answer, as it was found where it was kept. */
export interface KeptPage {
  /** Counted from 1. */
  page: number
  sha256: string
  bytes: number | null
  /** Why there is none to be had; null where there is one. */
  fault: SourceError | null
}

/** Looks for the bodies of a fetch, one after the other. */
export async function keptPages(answers: KeptAnswers, { provider, pulledAt, pages }: ListedFetch): Promise<KeptPage[]> {
  const found: KeptPage[] = []
  for (const [index, sha256] of pages.entries()) {
    const page = { page: index + 1, sha256 }
    try {
      const { length } = await answers.get(provider, pulledAt, sha256)
      found.push({ ...page, bytes: length, fault: null })
    } catch (error) {
      if (!(error instanceof SourceError)) throw error
      found.push({ ...page, bytes: null, fault: error })
    }
  }
  return found
}

/** Bodies of a fetch as they came, one at a time in memory; closes where they are kept when the last has been had. @throws SourceError */
export async function* bodiesOf(answers: KeptAnswers, { provider, pulledAt }: ListedFetch, pages: readonly KeptPage[]): AsyncGenerator<Buffer> {
  try {
    for (const { sha256 } of pages) yield await answers.get(provider, pulledAt, sha256)
  } finally {
    await answers.close()
  }
}
