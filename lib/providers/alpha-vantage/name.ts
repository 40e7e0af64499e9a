/** What the vendor is called: as stored, and otherwise. */
export const NAMES = { name: 'alpha_vantage', aliases: ['alphavantage'] } as const
