/** The database is in a state that no migration may touch; a person has to look. The message says what and what to do. */
const sentences = {
  failed: (name: string) =>
    `Migration ${name} did not finish on this database: repair it or restore it from a backup before starting again.`,
  unknown: (name: string) =>
    `The database has had migration ${name}, which this version does not know: start the version that brought it, or a later one.`,
  edited: (name: string) =>
    `Migration ${name} was changed after it was applied to this database: restore its file, and write changes as a new migration.`,
};

export type MigrationProblem = keyof typeof sentences;

export class MigrationRefused extends Error {
  override readonly name = 'MigrationRefused';
  readonly problem: MigrationProblem;
  readonly migration: string;

  constructor(problem: MigrationProblem, migration: string, options?: ErrorOptions) {
    super(sentences[problem](migration), options);
    this.problem = problem;
    this.migration = migration;
  }
}
