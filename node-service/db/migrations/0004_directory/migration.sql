-- CreateTable
CREATE TABLE "directory_taken" (
    "version" INTEGER NOT NULL,
    "signed" TEXT NOT NULL,
    "is_rotation" BOOLEAN NOT NULL,
    "taken_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "directory_taken_pkey" PRIMARY KEY ("version")
);
