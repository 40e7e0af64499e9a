/** How the vendor is called, by files and by requests: as stored, and what else. It was Polygon.io once. */
export const NAMES = { name: 'massive', aliases: ['polygon'] } as const
