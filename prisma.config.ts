/** Where Prisma finds the station's schema. Migrations are made and applied by node-service/db, not by Prisma's own command. */
import { defineConfig } from 'prisma/config';

export default defineConfig({
  schema: 'node-service/db/schema.prisma',
  migrations: { path: 'node-service/db/migrations' },
});
