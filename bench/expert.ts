import path from 'node:path'
import type { Data } from './data.js'

/** The tables of the script that a PostgreSQL expert would write: no partitions, a primary key and a foreign key. */
const TABLES = `
create unlogged table raw (ticker text, volume numeric, open numeric, close numeric, high numeric, low numeric, window_start bigint, transactions bigint);
create table tickers (symbol_id integer generated always as identity primary key, symbol text not null unique);
create table ohlcv_daily (
  symbol_id integer not null references tickers, time date not null, open numeric not null, high numeric not null, low numeric not null,
  close numeric not null, volume numeric not null, primary key (symbol_id, time));
`

const quoted = (file: string): string => `'zcat "${file}"'`

/** Makes the expert's tables and the universe of the files given. */
export function expertSetup(files: string[]): string {
  const universe = files.map((file) => `\\copy raw from program ${quoted(file)} csv header\n`).join('')
  return `${TABLES}${universe}insert into tickers (symbol) select distinct ticker from raw order by 1;\ntruncate raw;\nanalyze tickers;\n`
}

/** The script itself: for each file one transaction that copies, joins, filters and upserts. */
export function expertScript({ files }: Pick<Data, 'files'>): string {
  return files.map((file) => `begin;
truncate raw;
\\copy raw from program ${quoted(file)} csv header
insert into ohlcv_daily select t.symbol_id, '${path.basename(file, '.csv.gz')}', open, high, low, close, volume from raw join tickers t on t.symbol = raw.ticker
  where low <= least(open, close) and high >= greatest(open, close)
  on conflict (symbol_id, time) do update set open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume;
commit;
`).join('')
}
