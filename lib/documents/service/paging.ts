import * as v from 'valibot'

/** How a list is asked for, a page at a time. */
export const paging = {
  /** How many of it at most. */
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)), 100),
  /** `next_cursor` of the page before; without it the first page. */
  cursor: v.optional(v.pipe(v.string(), v.maxLength(512))),
}

/** What the next page is asked for with; null: this was the last. */
export const nextCursor = v.nullable(v.string())
