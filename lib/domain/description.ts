/** What is known about a security besides its symbols; null is not known. */
export interface Description {
  name: string | null
  type: string | null
  exchange: string | null
  active: boolean | null
  sector: string | null
  industry: string | null
  /** Who issues a fund. */
  issuer: string | null
  /** The index that a fund follows. */
  underlyingIndex: string | null
}

export const NO_DESCRIPTION: Description = { name: null, type: null, exchange: null, active: null, sector: null, industry: null, issuer: null, underlyingIndex: null }
