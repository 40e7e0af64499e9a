import type { Queryable } from '../../postgres/database.js'

// Statements that give what is told of securities the one that the symbol it was asked for by names now: the bars that are held beside, splits, dividends and
// rulings on them. What its symbol names nothing for any more goes; asked for again it comes again.

/** A table of such rows. */
interface Following {
  table: string
  /** What tells the rows of a security apart. */
  key: readonly string[]
  /** Which pieces (p) a row (b) follows, and what else that is asked of, as SQL. */
  asks?: string
  follows: string
  /** Of two rows with the same key the one that has more of it counts. */
  later: string
}

const BY_SYMBOL = 'b.symbol = p.symbol and b.ex_date >= p.valid_from and b.ex_date < p.valid_to'

const FOLLOWING: readonly Following[] = [
  {
    table: 'provider_bars',
    key: ['timespan', 'time', 'provider', 'basis'],
    asks: '(select fetch_id, symbol, start_date from fetches where symbol is null or symbol in (select symbol from identity_pieces))',
    // A week or month may begin before its symbol was asked for.
    follows: 'a.fetch_id = b.fetch_id and (a.symbol is null or a.symbol = p.symbol) and greatest(b.time, a.start_date) >= p.valid_from and greatest(b.time, a.start_date) < p.valid_to',
    later: 'fetch_id',
  },
  { table: 'splits', key: ['ex_date', 'source'], follows: BY_SYMBOL, later: 'pulled_at' },
  { table: 'dividends', key: ['ex_date', 'source', 'kind'], follows: BY_SYMBOL, later: 'pulled_at' },
  { table: 'split_rulings', key: ['ex_date'], follows: BY_SYMBOL, later: 'ruled_at' },
]

async function move(db: Queryable, { table, key, asks, follows, later }: Following, oldIds: readonly number[] | null): Promise<void> {
  const moved = `identity_${table}`
  const sameKey = ['symbol_id', ...key].map((name) => `o.${name} = m.${name}`).join(' and ')
  await db.query(`create temp table ${moved} on commit drop as select b.*, null::integer as new_symbol_id from ${table} b with no data`)
  const { rowCount } = await db.query(`
    with pieces as materialized (
      select * from identity_pieces
    )${asks === undefined ? '' : `, asked as materialized ${asks}`}, taken as (
      delete from ${table} b
      using pieces p${asks === undefined ? '' : ', asked a'}
      where ($1::integer[] is null or b.symbol_id = any ($1)) and b.symbol_id = p.old_symbol_id and ${follows}
      returning b.*, p.new_symbol_id
    )
    insert into ${moved} select * from taken`, [oldIds])
  if (rowCount === 0) return
  await db.query(`
    delete from ${moved} where new_symbol_id is null;
    update ${moved} set symbol_id = new_symbol_id;
    alter table ${moved} drop column new_symbol_id;
    delete from ${table} o using ${moved} m where ${sameKey} and o.${later} < m.${later};
    insert into ${table}
    select distinct on (${['symbol_id', ...key].join(', ')}) * from ${moved} order by ${['symbol_id', ...key].join(', ')}, ${later} desc
    on conflict do nothing`)
}

/** Moves all of it, by the pieces of an identity change. The securities are named, as for bars: `oldIds`, or null where they are too many. */
export async function moveWithSymbols(db: Queryable, oldIds: readonly number[] | null): Promise<void> {
  for (const following of FOLLOWING) await move(db, following, oldIds)
}
