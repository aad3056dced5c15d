-- CreateIndex
CREATE INDEX "logged_event_user_id_topic_sequence_idx" ON "logged_event"("user_id", "topic", "sequence");

-- CreateIndex
CREATE INDEX "logged_event_topic_sequence_idx" ON "logged_event"("topic", "sequence");

-- Most events have no audience, and need not pay for the index.
CREATE INDEX "logged_event_audience_topic_sequence_idx" ON "logged_event"("audience", "topic", "sequence")
  WHERE "audience" IS NOT NULL;
