/** What a database lacks to be what a Prisma schema says. Used to write migrations, and to prove that none is missing. */
import { noFilters, openSchemaEngine } from './schema-engine.ts';

/** @returns SQL that leads from the database to the schema; empty when they agree. */
export async function findDifference(databaseUrl: string, schema: string): Promise<string> {
  const files = [{ path: 'schema.prisma', content: schema }];
  await using open = await openSchemaEngine(databaseUrl);
  const { exitCode, stdout } = await open.engine.diff({
    from: { tag: 'schemaDatasource', files, configDir: '.' },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: true,
    filters: noFilters,
  });
  return exitCode === 0 ? '' : (stdout ?? '');
}
