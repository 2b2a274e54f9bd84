-- CreateTable
CREATE TABLE "judged_suspensions" (
    "origin" TEXT NOT NULL,
    "suspensions" JSONB NOT NULL,

    CONSTRAINT "judged_suspensions_pkey" PRIMARY KEY ("origin")
);
