-- CreateEnum
CREATE TYPE "presence_status" AS ENUM ('ONLINE', 'AWAY', 'OFFLINE');

-- AlterEnum
ALTER TYPE "event_topic" ADD VALUE 'MESSAGE';
ALTER TYPE "event_topic" ADD VALUE 'PRESENCE';
ALTER TYPE "event_topic" ADD VALUE 'AUDIT';
ALTER TYPE "event_topic" ADD VALUE 'SYSTEM';

-- AlterTable
ALTER TABLE "logged_event" ADD COLUMN     "audience" TEXT;

-- CreateTable
CREATE TABLE "connection_lease" (
    "instance_id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "connections" INTEGER NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "connection_lease_pkey" PRIMARY KEY ("instance_id","session_id")
)
-- Room on each page for the next renewal of its rows, which then writes no index.
WITH (fillfactor = 50);

-- CreateTable
CREATE TABLE "user_presence" (
    "user_id" UUID NOT NULL,
    "chosen" "presence_status" NOT NULL DEFAULT 'ONLINE',
    "told" "presence_status" NOT NULL DEFAULT 'OFFLINE',
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_presence_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "message" (
    "id" UUID NOT NULL,
    "sender_id" UUID,
    "recipient_id" UUID,
    "channel" TEXT,
    "conversation" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "sent_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "read_at" TIMESTAMPTZ(3),

    CONSTRAINT "message_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user_block" (
    "blocker_id" UUID NOT NULL,
    "blocked_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_block_pkey" PRIMARY KEY ("blocker_id","blocked_id")
);

-- CreateIndex
CREATE INDEX "connection_lease_session_id_idx" ON "connection_lease"("session_id");

-- CreateIndex
CREATE INDEX "connection_lease_user_id_idx" ON "connection_lease"("user_id");

-- CreateIndex
CREATE INDEX "user_presence_told_idx" ON "user_presence"("told");

-- CreateIndex
CREATE INDEX "message_conversation_id_idx" ON "message"("conversation", "id");

-- CreateIndex
CREATE INDEX "message_sender_id_idx" ON "message"("sender_id");

-- CreateIndex
CREATE INDEX "message_recipient_id_idx" ON "message"("recipient_id");

-- CreateIndex
CREATE INDEX "user_block_blocked_id_idx" ON "user_block"("blocked_id");

-- Most events have no audience, and need not pay for the index.
CREATE INDEX "logged_event_audience_sequence_idx" ON "logged_event"("audience", "sequence")
  WHERE "audience" IS NOT NULL;

-- AddForeignKey
ALTER TABLE "user_presence" ADD CONSTRAINT "user_presence_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "message" ADD CONSTRAINT "message_sender_id_fkey" FOREIGN KEY ("sender_id") REFERENCES "user"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "message" ADD CONSTRAINT "message_recipient_id_fkey" FOREIGN KEY ("recipient_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user_block" ADD CONSTRAINT "user_block_blocker_id_fkey" FOREIGN KEY ("blocker_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user_block" ADD CONSTRAINT "user_block_blocked_id_fkey" FOREIGN KEY ("blocked_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
