-- Runs and what happened in them. Times are epoch milliseconds. Placeholders stand for the few
-- types the databases spell differently; see store.Dialect.

create table run (
  id varchar(64) not null primary key,
  system varchar(200) not null,
  environment varchar(200) not null,
  purpose varchar(40) not null,
  created_at bigint not null,
  plan_schema integer not null,
  plan text not null,
  plan_hash varchar(64) not null,
  finished_at bigint,
  result varchar(20)
);

-- one run per system and environment at a time, whoever asks and from wherever
create unique index run_one_unfinished on run (system, environment) where finished_at is null;

create index run_newest on run (created_at);

-- Append-only. Each hash covers the entry and the hash before it; the first one the plan's.
create table run_event (
  run varchar(64) not null references run (id),
  seq bigint not null,
  at bigint not null,
  epoch bigint not null,
  kind varchar(40) not null,
  body text not null,
  hash varchar(64) not null,
  primary key (run, seq)
);

-- What people said to a run; taken_seq is the entry it became.
create table signal (
  id ${identity},
  run varchar(64) not null references run (id),
  dedup varchar(200) not null,
  body text not null,
  at bigint not null,
  taken_seq bigint,
  unique (run, dedup)
);

-- The table of db-scheduler 16, as its documentation says; the instance is the run.
create table scheduled_tasks (
  task_name varchar(100) not null,
  task_instance varchar(100) not null,
  task_data ${bytes},
  execution_time ${instant} not null,
  picked ${bool} not null,
  picked_by varchar(50),
  last_success ${instant},
  last_failure ${instant},
  consecutive_failures integer,
  last_heartbeat ${instant},
  version bigint not null,
  priority smallint,
  primary key (task_name, task_instance)
);

create index scheduled_tasks_due on scheduled_tasks (execution_time);
create index scheduled_tasks_heartbeat on scheduled_tasks (last_heartbeat);
