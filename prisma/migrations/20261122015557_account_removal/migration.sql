-- CreateEnum
CREATE TYPE "deletion_mode" AS ENUM ('ANONYMIZE', 'ERASE');

-- CreateTable
CREATE TABLE "account_removal" (
    "user_id" UUID NOT NULL,
    "mode" "deletion_mode" NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_removal_pkey" PRIMARY KEY ("user_id")
);

-- AddForeignKey
ALTER TABLE "account_removal" ADD CONSTRAINT "account_removal_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
