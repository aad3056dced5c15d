-- Lets names and addresses be searched by any part of them.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- CreateEnum
CREATE TYPE "data_export_status" AS ENUM ('PENDING', 'READY', 'FAILED');

-- AlterEnum
ALTER TYPE "mailed_token_purpose" ADD VALUE 'ACCEPT_INVITE';

-- AlterEnum
ALTER TYPE "revoke_reason" ADD VALUE 'REVOKED_BY_ADMIN';
ALTER TYPE "revoke_reason" ADD VALUE 'SUSPENDED';
ALTER TYPE "revoke_reason" ADD VALUE 'DELETED';
ALTER TYPE "revoke_reason" ADD VALUE 'EXPIRED';

-- AlterEnum
ALTER TYPE "user_status" ADD VALUE 'DELETION_SCHEDULED';

-- AlterTable
ALTER TABLE "audit_event" ADD COLUMN     "origin_digest" BYTEA;

-- AlterTable
ALTER TABLE "audit_origin" ADD COLUMN     "salt" BYTEA;

-- AlterTable
ALTER TABLE "user" ADD COLUMN     "deleted_at" TIMESTAMPTZ(3),
ADD COLUMN     "deletion_due_at" TIMESTAMPTZ(3),
ADD COLUMN     "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT '1970-01-01 00:00:00 +00:00',
ADD COLUMN     "suspended_for" TEXT,
ADD COLUMN     "suspended_until" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "avatar" (
    "user_id" UUID NOT NULL,
    "digest" TEXT NOT NULL,
    "uploaded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "avatar_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "avatar_rendition" (
    "user_id" UUID NOT NULL,
    "size" INTEGER NOT NULL,
    "content" BYTEA NOT NULL,

    CONSTRAINT "avatar_rendition_pkey" PRIMARY KEY ("user_id","size")
);

-- CreateTable
CREATE TABLE "data_export" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "status" "data_export_status" NOT NULL DEFAULT 'PENDING',
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "data_export_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "data_export_archive" (
    "data_export_id" UUID NOT NULL,
    "content" BYTEA NOT NULL,

    CONSTRAINT "data_export_archive_pkey" PRIMARY KEY ("data_export_id")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "user_id" UUID NOT NULL,
    "operation" TEXT NOT NULL,
    "key" BYTEA NOT NULL,
    "input_digest" BYTEA NOT NULL,
    "result_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("user_id","operation","key")
);

-- CreateTable
CREATE TABLE "audit_unlinked" (
    "audit_event_id" UUID NOT NULL,

    CONSTRAINT "audit_unlinked_pkey" PRIMARY KEY ("audit_event_id")
);

-- CreateTable
CREATE TABLE "audit_link" (
    "position" BIGINT NOT NULL,
    "audit_event_id" UUID NOT NULL,
    "hash" BYTEA NOT NULL,
    "linked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_link_pkey" PRIMARY KEY ("position")
);

-- CreateTable
CREATE TABLE "audit_checkpoint" (
    "position" BIGINT NOT NULL,
    "statement" TEXT NOT NULL,
    "public_jwk" JSONB NOT NULL,
    "signed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_checkpoint_pkey" PRIMARY KEY ("position")
);

-- CreateIndex
CREATE INDEX "avatar_digest_idx" ON "avatar"("digest");

-- CreateIndex
CREATE INDEX "data_export_user_id_requested_at_idx" ON "data_export"("user_id", "requested_at");

-- CreateIndex
CREATE INDEX "data_export_expires_at_idx" ON "data_export"("expires_at");

-- CreateIndex
CREATE INDEX "idempotency_key_created_at_idx" ON "idempotency_key"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "audit_link_audit_event_id_key" ON "audit_link"("audit_event_id");

-- CreateIndex
CREATE INDEX "audit_origin_ip_address_audit_event_id_idx" ON "audit_origin"("ip_address", "audit_event_id");

-- CreateIndex
CREATE INDEX "user_last_seen_at_id_idx" ON "user"("last_seen_at", "id");

-- CreateIndex
CREATE INDEX "user_status_created_at_id_idx" ON "user"("status", "created_at", "id");

-- CreateIndex
CREATE INDEX "user_email_trgm_idx" ON "user" USING GIN ("email" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "user_display_name_trgm_idx" ON "user" USING GIN ("display_name" gin_trgm_ops);

-- AddForeignKey
ALTER TABLE "avatar" ADD CONSTRAINT "avatar_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "avatar_rendition" ADD CONSTRAINT "avatar_rendition_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "avatar"("user_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "data_export" ADD CONSTRAINT "data_export_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "data_export_archive" ADD CONSTRAINT "data_export_archive_data_export_id_fkey" FOREIGN KEY ("data_export_id") REFERENCES "data_export"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "idempotency_key" ADD CONSTRAINT "idempotency_key_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_unlinked" ADD CONSTRAINT "audit_unlinked_audit_event_id_fkey" FOREIGN KEY ("audit_event_id") REFERENCES "audit_event"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_link" ADD CONSTRAINT "audit_link_audit_event_id_fkey" FOREIGN KEY ("audit_event_id") REFERENCES "audit_event"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Users were seen when their sessions were last used.
UPDATE "user" u SET "last_seen_at" = seen.at
FROM (SELECT "user_id", max("last_used_at") AS at FROM "session" GROUP BY "user_id") seen
WHERE seen."user_id" = u."id";

-- Every audit event waits for its place in the chain, whoever writes it.
INSERT INTO "audit_unlinked" ("audit_event_id") SELECT "id" FROM "audit_event";

CREATE FUNCTION "await_audit_link"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "audit_unlinked" ("audit_event_id") SELECT "id" FROM added;
  RETURN NULL;
END
$$;

CREATE TRIGGER "audit_event_unlinked" AFTER INSERT ON "audit_event"
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION "await_audit_link"();

-- The chain is append-only like the events.
CREATE TRIGGER "audit_link_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_link"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "audit_checkpoint_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_checkpoint"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
