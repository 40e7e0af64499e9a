-- Several providers of bars beside each other: what each of them gave, splits and dividends with who told of them, and how the
-- providers do.

create table provider_bars (
  symbol_id integer not null, timespan text not null check (timespan in ('day', 'week', 'month')), time date not null,
  provider text not null, basis text not null check (basis in ('none', 'split', 'total')),
  open numeric not null, high numeric not null, low numeric not null, close numeric not null, volume numeric not null, transactions bigint,
  partial boolean not null, fetch_id bigint not null, created_at timestamptz not null default clock_timestamp(),
  primary key (symbol_id, timespan, time, provider, basis)
);
create index provider_bars_time on provider_bars using brin (time);
comment on table provider_bars is
  'What each provider gave for a security and day, week (its Sunday) or month (its first), side by side. basis: what the prices are adjusted for (none: as traded; split; total: splits and dividends); partial: provisional or not over when asked for.';

create table provider_authority (
  provider text primary key,
  authority integer not null
);
comment on table provider_authority is 'Whose word counts where providers disagree: the lowest number. Written by the program from its list of providers.';

create table splits (
  symbol_id integer not null, ex_date date not null, source text not null,
  split_from numeric not null check (split_from > 0), split_to numeric not null check (split_to > 0),
  usual boolean not null, known_since date not null, symbol text collate "C" not null, answer text not null, pulled_at timestamptz not null,
  primary key (symbol_id, ex_date, source)
);
comment on table splits is
  'Splits as each source tells them: of split_from old shares split_to new ones, traded so from ex_date on. usual: a ratio that splits have, and not one that a spin-off leaves; known_since: the announcement, or else ex_date; symbol: by which it was asked for; answer: SHA-256 of the kept body.';

create table dividends (
  symbol_id integer not null, ex_date date not null, source text not null, kind text not null check (kind in ('regular', 'special', 'long_term_gain', 'short_term_gain')),
  amount numeric not null check (amount >= 0), currency text, declared_on date, recorded_on date, paid_on date,
  known_since date not null, symbol text collate "C" not null, answer text not null, pulled_at timestamptz not null,
  primary key (symbol_id, ex_date, source, kind)
);
comment on table dividends is
  'Cash dividends as each source tells them. amount: for one share as there were on ex_date, unadjusted; known_since: the declaration, or else ex_date; symbol: by which it was asked for; answer: SHA-256 of the kept body.';

create table split_rulings (
  symbol_id integer not null, ex_date date not null, applies boolean not null, symbol text collate "C" not null, ruled_at timestamptz not null default clock_timestamp(),
  primary key (symbol_id, ex_date)
);
comment on table split_rulings is 'What a person has decided of a split: that it applies though its ratio is unusual, or that it does not.';

create view splits_applied as
select distinct on (s.symbol_id, s.ex_date) s.symbol_id, s.ex_date, s.source, s.split_from, s.split_to, s.known_since
from splits s
left join provider_authority a on a.provider = s.source
left join split_rulings r on r.symbol_id = s.symbol_id and r.ex_date = s.ex_date
where coalesce(r.applies, s.usual)
order by s.symbol_id, s.ex_date, a.authority nulls last, s.source;
comment on view splits_applied is 'The splits that prices are adjusted by: of each date that of the source whose word counts most.';

create view dividends_applied as
select d.symbol_id, d.ex_date, d.source, d.amount, d.known_since
from (
  select d.symbol_id, d.ex_date, d.source, sum(d.amount) as amount, max(d.known_since) as known_since,
         row_number() over (partition by d.symbol_id, d.ex_date order by min(a.authority) nulls last, d.source) as place
  from dividends d
  left join provider_authority a on a.provider = d.source
  where d.currency is null or d.currency = 'USD'
  group by d.symbol_id, d.ex_date, d.source
) d
where d.place = 1;
comment on view dividends_applied is 'The dividends that prices are adjusted by: of each date all of the source whose word counts most, of those in the currency of the prices.';

alter table ingestion_audit add settles_at timestamptz;
comment on column ingestion_audit.settles_at is 'From when on its provisional bars are final, and a resumed job asks again; null where none is provisional.';

alter table provider_metrics add expected bigint not null default 0;
alter table provider_metrics add counted bigint not null default 0;
comment on table provider_metrics is
  'What each provider did on each day (UTC): tries sent and how they ended; latency_ms is their sum; of the bars that the calendar lets expect (expected) those that came (counted).';

create table provider_rests (
  provider text primary key,
  failures integer not null check (failures >= 0),
  rests_until timestamptz,
  code text,
  message text,
  changed_at timestamptz not null default clock_timestamp()
);
comment on table provider_rests is 'Providers that failed of late: how often one after the other, why the last time, and until when they are left alone.';

alter table fetches add form text not null default 'answer' check (form in ('answer', 'file'));
comment on column fetches.form is 'answer: of a request; file: of an export that was imported, which is read by another reader.';

insert into ohlcv_rights values
  ('provider_bars', 'insert, update, delete'), ('provider_authority', 'insert, update, delete'), ('splits', 'insert, update, delete'), ('dividends', 'insert, update, delete'),
  ('split_rulings', 'insert, update, delete'), ('provider_rests', 'insert, update, delete'), ('splits_applied', null), ('dividends_applied', null);

select ohlcv_grant_roles();
