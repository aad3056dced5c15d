-- DropIndex
DROP INDEX "message_recipient_id_idx";

-- DropIndex
DROP INDEX "message_sender_id_idx";

-- AlterTable
ALTER TABLE "message" ADD COLUMN     "withheld" BOOLEAN NOT NULL DEFAULT false;

-- CreateIndex
CREATE INDEX "message_sender_id_id_idx" ON "message"("sender_id", "id");

-- CreateIndex
CREATE INDEX "message_recipient_id_withheld_id_idx" ON "message"("recipient_id", "withheld", "id");
