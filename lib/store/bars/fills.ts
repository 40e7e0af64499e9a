import type pg from 'pg'
import { DIFFERS, onDate, sameKey, type Scope } from './merge.js'

/**
 * Takes the fills of a date away before the staged bars are stored: all of them, or under an override those whose keys are staged.
 * The values of one go to bar_revisions where the file has other ones or no such bar.
 */
export async function takeFillsAway(client: pg.ClientBase, { dataset, date, symbolIds }: Scope, loadId: number): Promise<void> {
  await client.query(
    `with fills as materialized (
       select * from ${dataset.table} o where ${onDate(dataset)} and o.filled_by is not null
     ), gone as materialized (
       select o.*, s.open as new_open, s.high as new_high, s.low as new_low, s.close as new_close, s.volume as new_volume, s.transactions as new_transactions,
              s.symbol_id is null or ${DIFFERS} as differs
         from fills o
         left join pg_temp.staging s on ${sameKey(dataset)}
        where $2 or s.symbol_id is not null
     ), revised as (
       insert into bar_revisions (
         dataset, date, symbol_id, time, cause, old_open, old_high, old_low, old_close, old_volume, old_transactions, old_filled_by,
         new_open, new_high, new_low, new_close, new_volume, new_transactions, new_load_id)
       select $4::text, $1::date, symbol_id, ${dataset.times.ofRevision('time')}, 'vendor', open, high, low, close, volume, transactions, filled_by,
              new_open, new_high, new_low, new_close, new_volume, new_transactions, $3::bigint
         from gone
        where differs
        order by symbol_id, time
     )
     delete from ${dataset.table} o using gone where ${onDate(dataset)} and o.symbol_id = gone.symbol_id and o.time = gone.time`,
    [date, symbolIds === null, loadId, dataset.name],
  )
}
