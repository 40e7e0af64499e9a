/** An instant as it is written down: ISO 8601, UTC. */
export type Instant = string
