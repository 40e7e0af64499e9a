/** The kinds of bars that come in day files, of all securities at once: what each is called, by the length of its bars. */
export const DAY_FILES = { day: 'day_aggs', minute: 'minute_aggs' } as const
