-- Keys are bytea, so that they are ordered bytewise and a range may end at any byte string. Times are
-- milliseconds since 1970. A record has at most one place in each index, so that its places are columns
-- of its own: they change with it, and no entry can be left behind. tie is a hash of the key: it orders
-- equal places of an index and names the key's lock. checksum is over what a put writes, seal over
-- checksum and the numbers that the server counts (row.rs).
CREATE TABLE {s}.records (
    partition         bytea  NOT NULL,
    sort              bytea  NOT NULL,
    version           bigint NOT NULL,
    count             bigint NOT NULL,
    expires_at        bigint,
    checksum          bigint NOT NULL,
    seal              bigint NOT NULL,
    tie               bigint NOT NULL,
    body              bytea  NOT NULL,
    owner_partition   bytea,
    owner_sort        bytea,
    listing_partition bytea,
    listing_sort      bytea,
    due_partition     bytea,
    due_sort          bytea,
    PRIMARY KEY (partition, sort)
) WITH (fillfactor = 85);

CREATE INDEX records_by_owner ON {s}.records (owner_partition, owner_sort, tie)
    WHERE owner_partition IS NOT NULL;
CREATE INDEX records_by_listing ON {s}.records (listing_partition, listing_sort, tie)
    WHERE listing_partition IS NOT NULL;
CREATE INDEX records_by_due ON {s}.records (due_partition, due_sort, tie)
    WHERE due_partition IS NOT NULL;
CREATE INDEX records_by_expiry ON {s}.records (expires_at) WHERE expires_at IS NOT NULL;

-- Each number is turned by another count of bits, so that a change of one never goes unnoticed.
CREATE FUNCTION {s}.seal_v1(checksum bigint, version bigint, count bigint, expires_at bigint)
RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT checksum
        # ((version << 21) | ((version >> 43) & 2097151))
        # ((count << 43) | ((count >> 21) & 8796093022207))
        # ((coalesce(expires_at, -1) << 7) | ((coalesce(expires_at, -1) >> 57) & 127))
$$;

-- Takes the locks of all keys in ascending order, which excludes deadlocks, until the transaction ends.
-- Each statement after this one sees whatever was committed before, if the isolation is READ COMMITTED.
CREATE FUNCTION {s}.lock_v1(locks bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'homeroom needs transactions that are READ COMMITTED'
            USING ERRCODE = 'feature_not_supported';
    END IF;
    IF current_setting('synchronous_commit') = 'off' THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
    PERFORM pg_advisory_xact_lock(lock) FROM unnest(locks) AS lock;
END
$$;

-- Applies many transactions of the port in one of the server's, each all or none. Those of one wave have
-- no key in common, so that they are judged and applied together; a later wave sees what an earlier one
-- wrote. Answers the places of the writes that were refused: verdict 1 by their condition, 2 for damage.
-- kind: 1 put, 2 delete, 3 check, 4 add. guard: a version, -1 any, -2 absent, -3 present, -4 never.
CREATE FUNCTION {s}.transact_v1(
    now_ms bigint, locks bigint[], waves integer, w_wave integer[], w_group integer[], w_kind smallint[],
    w_partition bytea[], w_sort bytea[], w_guard bigint[], w_delta bigint[], w_low bigint[],
    w_high bigint[], w_expires_at bigint[], w_checksum bigint[], w_tie bigint[], w_body bytea[],
    w_owner_partition bytea[], w_owner_sort bytea[], w_listing_partition bytea[], w_listing_sort bytea[],
    w_due_partition bytea[], w_due_sort bytea[]
) RETURNS TABLE (place bigint, verdict integer) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off
SET enable_mergejoin = off SET lock_timeout = '3s'
AS $$
#variable_conflict use_column
BEGIN
    PERFORM {s}.lock_v1(locks);
    FOR the_wave IN 1..waves LOOP
        RETURN QUERY
        WITH writes AS MATERIALIZED (
            SELECT w.* FROM unnest(
                w_wave, w_group, w_kind, w_partition, w_sort, w_guard, w_delta, w_low, w_high,
                w_expires_at, w_checksum, w_tie, w_body, w_owner_partition, w_owner_sort,
                w_listing_partition, w_listing_sort, w_due_partition, w_due_sort
            ) WITH ORDINALITY AS w(
                wave, txn, kind, partition, sort, guard, delta, low, high,
                expires_at, checksum, tie, body, owner_partition, owner_sort,
                listing_partition, listing_sort, due_partition, due_sort, place)
            WHERE w.wave = the_wave
        ), met AS MATERIALIZED (
            SELECT w.*, r.version AS old_version, r.count AS old_count,
                r.version IS NOT NULL AND (r.expires_at IS NULL OR r.expires_at > now_ms) AS live,
                r.version IS NOT NULL
                    AND r.seal <> {s}.seal_v1(r.checksum, r.version, r.count, r.expires_at) AS damaged
            FROM writes w LEFT JOIN LATERAL (
                SELECT o.version, o.count, o.expires_at, o.checksum, o.seal FROM {s}.records o
                WHERE o.partition = w.partition AND o.sort = w.sort LIMIT 1
            ) r ON true
        ), judged AS MATERIALIZED (
            SELECT m.*, CASE WHEN m.live THEN m.old_version + 1 ELSE 1 END AS version,
                CASE
                    WHEN m.damaged THEN 2
                    WHEN m.kind = 4 THEN CASE WHEN
                        (CASE WHEN m.live THEN m.old_count ELSE 0 END)::numeric + m.delta
                        BETWEEN m.low AND m.high THEN 0 ELSE 1 END
                    WHEN m.guard = -1 THEN 0
                    WHEN m.guard = -2 THEN CASE WHEN m.live THEN 1 ELSE 0 END
                    WHEN m.guard = -3 THEN CASE WHEN m.live THEN 0 ELSE 1 END
                    WHEN m.guard >= 0 AND m.live AND m.old_version = m.guard THEN 0
                    ELSE 1
                END AS verdict
            FROM met m
        ), applied AS MATERIALIZED (
            SELECT j.* FROM judged j
            WHERE NOT EXISTS (SELECT FROM judged o WHERE o.txn = j.txn AND o.verdict > 0)
        ), added AS (
            UPDATE {s}.records r SET version = a.version, count = r.count + a.delta,
                seal = {s}.seal_v1(r.checksum, a.version, r.count + a.delta, r.expires_at)
            FROM applied a
            WHERE a.kind = 4 AND a.live AND r.partition = a.partition AND r.sort = a.sort
        ), deleted AS (
            DELETE FROM {s}.records r USING applied a
            WHERE a.kind = 2 AND r.partition = a.partition AND r.sort = a.sort
        ), placed AS (
            INSERT INTO {s}.records (
                partition, sort, version, count, expires_at, checksum, seal, tie, body, owner_partition,
                owner_sort, listing_partition, listing_sort, due_partition, due_sort)
            SELECT a.partition, a.sort, a.version, a.delta, a.expires_at, a.checksum,
                {s}.seal_v1(a.checksum, a.version, a.delta, a.expires_at), a.tie, a.body,
                a.owner_partition, a.owner_sort, a.listing_partition, a.listing_sort,
                a.due_partition, a.due_sort
            FROM applied a WHERE a.kind = 1 OR (a.kind = 4 AND NOT a.live)
            ON CONFLICT (partition, sort) DO UPDATE SET
                version = excluded.version, count = excluded.count, expires_at = excluded.expires_at,
                checksum = excluded.checksum, seal = excluded.seal, tie = excluded.tie,
                body = excluded.body, owner_partition = excluded.owner_partition,
                owner_sort = excluded.owner_sort, listing_partition = excluded.listing_partition,
                listing_sort = excluded.listing_sort, due_partition = excluded.due_partition,
                due_sort = excluded.due_sort
        )
        SELECT j.place, j.verdict FROM judged j WHERE j.verdict > 0;
    END LOOP;
END
$$;

-- Writes records as they are, in place of whatever occupies their keys.
CREATE FUNCTION {s}.restore_v1(
    locks bigint[], w_partition bytea[], w_sort bytea[], w_version bigint[], w_count bigint[],
    w_expires_at bigint[], w_checksum bigint[], w_tie bigint[], w_body bytea[],
    w_owner_partition bytea[], w_owner_sort bytea[], w_listing_partition bytea[], w_listing_sort bytea[],
    w_due_partition bytea[], w_due_sort bytea[]
) RETURNS void LANGUAGE plpgsql SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM {s}.lock_v1(locks);
    INSERT INTO {s}.records AS r (
        partition, sort, version, count, expires_at, checksum, seal, tie, body, owner_partition,
        owner_sort, listing_partition, listing_sort, due_partition, due_sort)
    SELECT w.partition, w.sort, w.version, w.count, w.expires_at, w.checksum,
        {s}.seal_v1(w.checksum, w.version, w.count, w.expires_at), w.tie, w.body, w.owner_partition,
        w.owner_sort, w.listing_partition, w.listing_sort, w.due_partition, w.due_sort
    FROM unnest(
        w_partition, w_sort, w_version, w_count, w_expires_at, w_checksum, w_tie, w_body,
        w_owner_partition, w_owner_sort, w_listing_partition, w_listing_sort, w_due_partition, w_due_sort
    ) AS w(
        partition, sort, version, count, expires_at, checksum, tie, body, owner_partition, owner_sort,
        listing_partition, listing_sort, due_partition, due_sort)
    ON CONFLICT (partition, sort) DO UPDATE SET
        version = excluded.version, count = excluded.count, expires_at = excluded.expires_at,
        checksum = excluded.checksum, seal = excluded.seal, tie = excluded.tie, body = excluded.body,
        owner_partition = excluded.owner_partition, owner_sort = excluded.owner_sort,
        listing_partition = excluded.listing_partition, listing_sort = excluded.listing_sort,
        due_partition = excluded.due_partition, due_sort = excluded.due_sort;
END
$$;

-- Removes those of these records that have expired and are not damaged.
CREATE FUNCTION {s}.remove_expired_v1(
    now_ms bigint, locks bigint[], w_partition bytea[], w_sort bytea[]
) RETURNS bigint LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off
SET enable_mergejoin = off SET lock_timeout = '3s'
AS $$
#variable_conflict use_column
DECLARE
    removed bigint;
BEGIN
    PERFORM {s}.lock_v1(locks);
    DELETE FROM {s}.records r USING unnest(w_partition, w_sort) AS w(partition, sort)
    WHERE r.partition = w.partition AND r.sort = w.sort AND r.expires_at <= now_ms
        AND r.seal = {s}.seal_v1(r.checksum, r.version, r.count, r.expires_at);
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END
$$;
