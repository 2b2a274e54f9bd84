/**
 * Between the schema engine and PostgreSQL: Prisma's own adapter, with two things put right. It cuts a script at each
 * semicolon, also inside quotes and comments; here the script goes to the server whole, which reads it right and runs it as
 * one transaction, so that a migration that fails has changed nothing. And it cannot read `"char"`, the type of many catalogue
 * columns, without which the engine cannot look at a database.
 */
import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum, DriverAdapterError } from '@prisma/driver-adapter-utils';
import type { SqlMigrationAwareDriverAdapterFactory, SqlQuery, SqlResultSet } from '@prisma/driver-adapter-utils';
import pg from 'pg';

/** The column types of the catalogue queries that hold a `"char"`, by the number PostgreSQL gives each type. */
const catalogueTypes = new Map<number, SqlResultSet['columnTypes'][number]>([
  [16, ColumnTypeEnum.Boolean],
  [18, ColumnTypeEnum.Character],
  [19, ColumnTypeEnum.Text], // name
  [21, ColumnTypeEnum.Int32], // int2
  [23, ColumnTypeEnum.Int32],
  [25, ColumnTypeEnum.Text],
  [26, ColumnTypeEnum.Int64], // oid
]);

export function createEngineAdapter(databaseUrl: string): {
  factory: SqlMigrationAwareDriverAdapterFactory;
  stop: () => Promise<void>;
} {
  // One connection, because the engine's advisory lock belongs to the connection that took it.
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1, application_name: 'lookout migrate' });
  const factory = new PrismaPg(pool);
  const connect = async () => {
    const adapter = await factory.connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      try {
        return await queryRaw(query);
      } catch (error) {
        const kind = error instanceof DriverAdapterError ? error.cause.kind : undefined;
        if (kind !== 'UnsupportedNativeDataType') throw error;
        return readCatalogue(pool, query);
      }
    };
    adapter.executeScript = async (script) => {
      try {
        await pool.query(script);
      } catch (error) {
        throw error instanceof pg.DatabaseError ? new DriverAdapterError(describe(error)) : error;
      }
    };
    return adapter;
  };
  return {
    factory: { provider: factory.provider, adapterName: factory.adapterName, connect, connectToShadowDb: connect },
    stop: () => pool.end(),
  };
}

async function readCatalogue(pool: pg.Pool, { sql, args }: SqlQuery): Promise<SqlResultSet> {
  const { fields, rows } = await pool.query<unknown[]>({ text: sql, values: args, rowMode: 'array' });
  return {
    columnNames: fields.map((field) => field.name),
    columnTypes: fields.map(({ name, dataTypeID }) => {
      const type = catalogueTypes.get(dataTypeID);
      if (type === undefined)
        throw new TypeError(`The schema engine read a catalogue column ${name} of unknown type ${dataTypeID}.`);
      return type;
    }),
    rows,
  };
}

function describe({ code = '', severity = '', message, detail, column, hint }: pg.DatabaseError) {
  return { kind: 'postgres', code, severity, message, detail, column, hint } as const;
}
