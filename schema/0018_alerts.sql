-- What is wrong, since when, who was told of it, and what is still to be sent.

alter table alerts
  add topic text,
  add kind text,
  add parts text[] not null default '{}',
  add details jsonb not null default '{}',
  add hint text,
  add seen_at timestamptz,
  add good_since timestamptz,
  add flaps integer not null default 0 check (flaps >= 0),
  add acknowledged_at timestamptz,
  add acknowledged_by text,
  add note text,
  drop constraint alerts_severity_check,
  add constraint alerts_severity_check check (severity in ('info', 'warning', 'critical'));
update alerts set topic = cause, kind = split_part(cause, ' ', 1), parts = '{""}', seen_at = coalesce(cleared_at, opened_at);
alter table alerts
  alter topic set not null,
  alter kind set not null,
  alter seen_at set not null,
  add check ((acknowledged_at is null) = (acknowledged_by is null));
create index alerts_cleared on alerts (cleared_at);
comment on table alerts is
  'One row an incident: what is wrong (cause: one open incident each), what it is about (null: everything), and from when to when. summary: in words for people; hint: what to do. '
  'topic and parts: what of the same is one incident (dates of a dataset, symbols); cause is the topic with the first part. seen_at: when it was last found; good_since: from when on it no longer was; '
  'flaps: how often it came back soon after it had been cleared. acknowledged: somebody looks after it, nobody is reminded.';

create table alert_mutes (
  mute_id bigint generated always as identity primary key,
  alert_id bigint references alerts,
  kind text,
  dataset text,
  symbol text collate "C",
  provider text,
  reason text,
  muted_by text not null,
  muted_at timestamptz not null default clock_timestamp(),
  until timestamptz not null,
  ended_at timestamptz,
  check (num_nonnulls(alert_id, kind, dataset, symbol, provider) > 0),
  check (until > muted_at)
);
comment on table alert_mutes is
  'Of which incidents nobody is told until when: those that agree with all that is set here. They are looked for all the same. ended_at: it was taken back.';

create table notices (
  notice_id bigint generated always as identity primary key,
  message_id uuid not null unique default gen_random_uuid(),
  alert_id bigint references alerts,
  event text not null check (event in ('opened', 'escalated', 'reopened', 'cleared', 'reminder', 'report', 'test')),
  dedup_key text unique,
  reply_to uuid references notices (message_id) on delete set null,
  document jsonb not null,
  created_at timestamptz not null default clock_timestamp()
);
create index notices_alert on notices (alert_id, notice_id);
create index notices_created on notices (created_at);
create index notices_reminders on notices (notice_id) where event = 'reminder';
create index notices_reply on notices (reply_to) where reply_to is not null;
comment on table notices is
  'What people are told, written in the transaction of the incident it tells of. message_id: by which a mail is known however often it is sent; reply_to: the one that it goes on from. '
  'dedup_key: the same is told once (a report of a date, the reminder of a day).';

create table deliveries (
  notice_id bigint not null references notices on delete cascade,
  channel text not null,
  tries integer not null default 0 check (tries >= 0),
  next_try_at timestamptz not null default clock_timestamp(),
  sent_at timestamptz,
  given_up_at timestamptz,
  code text,
  message text,
  primary key (notice_id, channel),
  check (sent_at is null or given_up_at is null)
);
create index deliveries_due on deliveries (channel, notice_id) where sent_at is null and given_up_at is null;
create index deliveries_sent on deliveries (channel, sent_at);
create index deliveries_given_up on deliveries (given_up_at) where given_up_at is not null;
comment on table deliveries is
  'A notice by a channel: sent, given up, or to be tried (again) at next_try_at. code and message: how the last try failed. Who sends one holds its row, so that two never send the same.';

create table alert_check (
  only_row boolean primary key default true check (only_row),
  checked_at timestamptz not null,
  milliseconds integer not null check (milliseconds >= 0),
  troubles integer not null check (troubles >= 0)
);
comment on table alert_check is 'When it was last looked whether anybody has to be told of anything: one row. troubles: how many things were found.';

insert into ohlcv_rights values
  ('alert_mutes', 'insert, update'), ('notices', 'insert'), ('deliveries', 'insert, update'), ('alert_check', 'insert, update');

select ohlcv_grant_roles();
