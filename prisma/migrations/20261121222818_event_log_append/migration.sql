-- CreateIndex
CREATE UNIQUE INDEX "logged_event_id_key" ON "logged_event"("id");

-- Appends events in the order given, in one round trip. VOLATILE and plpgsql, so that its statements
-- run one after the other, each on a snapshot of its own: a writer must hold its lock, whose key says
-- that its numbers are above, before the first number is handed to it.
CREATE FUNCTION "append_events"(lock_tag bigint, events jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared((lock_tag << 48)
    | (SELECT last_value - (NOT is_called)::int FROM logged_event_sequence_seq));
  INSERT INTO logged_event (sequence, id, topic, type, user_id, audience, data)
  SELECT nextval('logged_event_sequence_seq'), id, topic, type, user_id, audience, data
  FROM jsonb_to_recordset(events)
    AS event (id uuid, topic event_topic, type text, user_id uuid, audience text, data jsonb);
END
$$;
