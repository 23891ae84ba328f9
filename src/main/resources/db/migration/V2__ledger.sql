-- The ledger: what was live when, and what people and soaks say of it. Rows are never changed, but for
-- the lifting of a hold and the going on of a sighting. Times are epoch milliseconds.

create table deployment (
  id ${identity},
  system varchar(200) not null,
  environment varchar(200) not null,
  component varchar(400) not null,
  release_id varchar(400) not null,
  version varchar(400),
  commit_id varchar(400),
  config_hash varchar(400),
  schema_revision varchar(400),
  since bigint,
  at bigint not null,
  by_name varchar(400) not null,
  by_account varchar(400) not null,
  source varchar(400) not null,
  state varchar(20) not null
);

create index deployment_scope on deployment (system, environment, at);

create table mark (
  id ${identity},
  system varchar(200) not null,
  environment varchar(200) not null,
  component varchar(400) not null,
  release_id varchar(400) not null,
  word varchar(20) not null,
  at bigint not null,
  by_name varchar(400) not null,
  by_account varchar(400) not null,
  reason varchar(2000) not null,
  fingerprint varchar(400)
);

create index mark_scope on mark (system, environment, id);

create table sighting (
  id ${identity},
  system varchar(200) not null,
  environment varchar(200) not null,
  since bigint not null,
  at bigint not null,
  looks integer not null,
  healthy integer not null,
  live text not null,
  says varchar(2000) not null
);

create index sighting_scope on sighting (system, environment, at);

create table hold (
  id ${identity},
  system varchar(200) not null,
  environment varchar(200) not null,
  component varchar(400),
  release_id varchar(400),
  by_name varchar(400) not null,
  by_account varchar(400) not null,
  reason varchar(2000) not null,
  from_at bigint not null,
  until_at bigint not null,
  lifted_at bigint,
  lifted_by_name varchar(400),
  lifted_by_account varchar(400),
  lifted_reason varchar(2000)
);

create index hold_scope on hold (system, environment, id);
