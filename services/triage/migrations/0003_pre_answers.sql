-- migrate:up

set local lock_timeout = '5s';
set local statement_timeout = '60s';

-- Of a person's turn: what it says beside its labels (domain/heard.py). Of the page's own: that it was said by itself,
-- about what, in which version of the text and how sure (domain/conversation.py: Automatic).
alter table turns add column heard jsonb, add column automatic jsonb;

-- The procedure last asked about, for which an answer is proposed; and whether the person says that it is settled.
alter table cases add column proposal jsonb, add column person_says text;

-- `not valid`: the rows that are there are not read while the table is locked; 0005 does so beside the service's work.
alter table cases add constraint cases_person_says_check check (person_says in ('settle', 'withdraw')) not valid;

-- What the channel told was left of its quota with a reply, and when it told so first.
alter table replies add column quota_left integer, add column quota_told_at timestamptz;

-- migrate:down

alter table replies drop column quota_left, drop column quota_told_at;
alter table cases drop column proposal, drop column person_says;
alter table turns drop column heard, drop column automatic;
