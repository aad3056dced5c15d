-- CreateIndex
CREATE INDEX "user_email_verified_at_created_at_id_idx" ON "user"("email_verified_at", "created_at", "id");
