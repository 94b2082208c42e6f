-- The headline counted anew from the rows it is made of, as plain SQL that anybody can run and read.
--
-- None of it uses the sums that the pages read, so it checks them. Days are Asia/Ho_Chi_Minh dates, both inclusive.
-- Variables are psql's: psql -v province=66 -v from=2020-03-01 -v to=2020-10-19

-- name: pages_verified
select count(*) from (
    select distinct on (d.account) d.account, d.verified, d.followers
    from stats.page_days d
    where d.province = :'province' and d.day <= date :'to'
    order by d.account, d.day desc
) seen
left join stats.accounts a on a.account = seen.account and a.kind = 'page'
where (a.valid_to is null or a.valid_to >= date :'to') and seen.verified;

-- name: followers
with last as (
    select distinct on (account, subject) account, present
    from stats.presence_events
    where province = :'province' and stock = 'followers'
        and at < (date :'to' + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh'
    order by account, subject, at desc, id desc
), gone as (
    select account, count(*) as people from (
        select distinct on (account, subject) account, present
        from stats.presence_events
        where province = :'province' and stock = 'followers'
            and at < (date :'to' + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh'
        order by account, subject, at, id
    ) first where not present group by account
), before as (
    select greatest(0, s.followers - s.known - greatest(0, coalesce(g.people, 0) - s.left_before)) as people
    from stats.page_starts s left join gone g on g.account = s.account
    where s.province = :'province' and s.followers > s.known
        and s.at < (date :'to' + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh'
)
select (select count(*) from last where present) + (select coalesce(sum(people), 0) from before)::bigint;

-- name: communes_with_a_verified_page
select count(distinct case when date :'to' < date '2025-07-01' then a.commune_2020 else a.commune_2025 end) from (
    select distinct on (d.account) d.account, d.verified, d.followers
    from stats.page_days d
    where d.province = :'province' and d.day <= date :'to'
    order by d.account, d.day desc
) seen
left join stats.accounts a on a.account = seen.account and a.kind = 'page'
where (a.valid_to is null or a.valid_to >= date :'to') and seen.verified;

-- name: village_groups
select count(*) from (
    select distinct on (account, subject) present
    from stats.presence_events
    where province = :'province' and stock = 'village_groups'
        and at < (date :'to' + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh'
    order by account, subject, at desc, id desc
) last where present;

-- name: posts
select count(*) from stats.posts
where province = :'province'
    and published_at >= (date :'from')::timestamp at time zone 'Asia/Ho_Chi_Minh'
    and published_at < (date :'to' + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh';

-- name: post_views
select coalesce(sum(views), 0)::bigint from (
    select distinct on (account, post) views
    from stats.post_views
    where province = :'province' and day <= date :'to'
    order by account, post, day desc
) last;

-- name: tips_received_and_resolved
select count(*) from stats.case_facts
where province = :'province' and category in ('tip', 'emergency')
    and opened_at >= (date :'from')::timestamp at time zone 'Asia/Ho_Chi_Minh'
    and opened_at < (date :'to' + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh'
    and resolved_at >= (date :'from')::timestamp at time zone 'Asia/Ho_Chi_Minh'
    and resolved_at < (date :'to' + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh';

-- name: procedure_questions_answered
select count(*) from stats.case_facts
where province = :'province' and category = 'admin_question'
    and answered_at >= (date :'from')::timestamp at time zone 'Asia/Ho_Chi_Minh'
    and answered_at < (date :'to' + 1)::timestamp at time zone 'Asia/Ho_Chi_Minh';

-- name: public_order_offences_change_percent
with months as (
    select month::date from generate_series(
        date_trunc('year', date :'to'), date_trunc('month', date :'to' + 1) - interval '1 month', interval '1 month'
    ) as month
), sums as (
    select sum(n.offences) as this_year, sum(b.offences) as year_before, count(n.month) as known, count(b.month) as of
    from months m
    left join stats.offence_months n on n.province = :'province' and n.month = m.month
    left join stats.offence_months b on b.province = :'province' and b.month = (m.month - interval '1 year')::date
)
select round(100.0 * (this_year - year_before) / nullif(year_before, 0), 2)
from sums where known = of and known = (select count(*) from months);
