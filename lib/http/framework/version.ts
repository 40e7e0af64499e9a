import type pg from 'pg'

/** What tells whether anything may have changed since an answer was made. */
export interface Version {
  current: () => Promise<string>
  /** Ask again at once: something was begun here. */
  forget: () => void
}

/**
 * What the database's transactions have come to, and the minute. A snapshot differs once any transaction that writes has begun or ended: so nothing that answers are made of can be forgotten here, and asking takes no
 * look at a table. Answers are made after it was asked, so what is kept is never older than its version says. It is asked at most once in `age` milliseconds, by one request for all.
 */
export function databaseVersion(pool: pg.Pool, now: () => Date, age: number): Version {
  let asked: { at: number; snapshot: Promise<string> } | undefined
  const ask = async (): Promise<string> => {
    const { rows: [row] } = await pool.query<{ snapshot: string }>('select pg_current_snapshot()::text as snapshot')
    return row!.snapshot
  }
  return {
    async current() {
      if (!asked || performance.now() - asked.at >= age) {
        const asking = { at: performance.now(), snapshot: ask() }
        asking.snapshot.catch(() => {
          if (asked === asking) asked = undefined
        })
        asked = asking
      }
      return `${await asked.snapshot} ${Math.floor(now().getTime() / 60_000)}`
    },
    forget() {
      asked = undefined
    },
  }
}
