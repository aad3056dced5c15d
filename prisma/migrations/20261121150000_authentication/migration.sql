-- CreateEnum
CREATE TYPE "mailed_token_purpose" AS ENUM ('RESET_PASSWORD', 'SIGN_IN_CODE', 'CHANGE_EMAIL');

-- AlterEnum
ALTER TYPE "revoke_reason" ADD VALUE 'REVOKED_BY_USER';
ALTER TYPE "revoke_reason" ADD VALUE 'PASSWORD_CHANGED';

-- AlterTable
ALTER TABLE "sign_up" ADD COLUMN     "user_agent" TEXT;

-- AlterTable
ALTER TABLE "signing_key" ADD COLUMN     "signs_from" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- CreateTable
CREATE TABLE "mailed_token" (
    "id" UUID NOT NULL,
    "purpose" "mailed_token_purpose" NOT NULL,
    "email" TEXT NOT NULL,
    "user_id" UUID,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "consumed_at" TIMESTAMPTZ(3),
    "failed_tries" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "mailed_token_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "mailed_token_email_purpose_expires_at_idx" ON "mailed_token"("email", "purpose", "expires_at");

-- CreateIndex
CREATE INDEX "mailed_token_user_id_idx" ON "mailed_token"("user_id");

-- CreateIndex
CREATE INDEX "mailed_token_expires_at_idx" ON "mailed_token"("expires_at");

-- AddForeignKey
ALTER TABLE "mailed_token" ADD CONSTRAINT "mailed_token_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
